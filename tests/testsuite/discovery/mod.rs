//! Issuers that are no Keycloak: their discovery document names their endpoints.

mod documents;
mod endpoints;
mod proxy;
mod settings;
