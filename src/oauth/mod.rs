//! OAuth 2.0 and Keycloak: what is asked of the realm, and what its answers mean.

pub(crate) mod access_token;
pub(crate) mod client_auth;
pub(crate) mod error;
pub(crate) mod issuer;
pub(crate) mod jwt;
pub(crate) mod realm;
pub(crate) mod scope;
pub(crate) mod token_response;
