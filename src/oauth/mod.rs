//! OAuth 2.0 and Keycloak: requests to the realm, and its responses.

pub(crate) mod assertion;
pub(crate) mod client_auth;
pub(crate) mod discovery;
pub(crate) mod endpoints;
pub(crate) mod error;
pub(crate) mod issuer;
pub(crate) mod jwt;
pub(crate) mod parameter;
pub(crate) mod realm;
pub(crate) mod runner;
pub(crate) mod scope;
pub(crate) mod signing_key;
pub(crate) mod token_response;
pub(crate) mod token_url;
