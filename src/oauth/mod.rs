//! OAuth 2.0 and Keycloak: what is asked of the realm, and what its answers mean.

pub mod access_token;
pub mod client_auth;
pub mod error;
pub mod issuer;
pub mod realm;
pub mod scope;
pub mod token_response;
