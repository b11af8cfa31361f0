//! Tests against a real Keycloak, which `.ci/run` starts.

mod clients;
mod doctor;
mod tokens;
