//! Issuers that are no Keycloak: their discovery document names their endpoints.

mod credentials;
mod documents;
mod endpoints;
mod proxy;
mod settings;
