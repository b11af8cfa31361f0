//! Tests against a real Keycloak, which `.ci/run` starts.

mod assertions;
mod clients;
mod doctor;
mod recovery;
mod signing;
mod tokens;
