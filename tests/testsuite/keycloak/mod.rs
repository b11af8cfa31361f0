//! Tests against a real Keycloak, which `.ci/run` starts.

mod assertions;
mod certificates;
mod clients;
mod doctor;
mod realm_side;
mod recovery;
mod signing;
mod tokens;
