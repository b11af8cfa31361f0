//! OAuth 2.0 and Keycloak: what is asked of the realm, and what its answers mean.

pub mod access_token;
pub mod client_auth;
pub mod discovery;
pub mod error;
pub mod exchange;
mod fields;
pub mod issuer;
pub mod keys;
pub mod revocation;
pub mod scope;
pub mod token_endpoint;
pub mod token_response;
