//! The tests drive the binary as its users do: through its arguments, its environment, its streams and its exit code.
//!
//! Every call runs in a cleared environment and an empty home, and its output is searched for leaks: see
//! `support::tool`. Tests that need more than Rust are ignored, with the need as the reason; `.ci/run` runs them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "the walls are the program's; tests read switches and write inputs")]

mod support;

mod rooms;
mod security;

mod action;
mod cache;
mod cli;
mod credential;
mod discovery;
mod doctor;
mod exec;
mod fleet;
mod http;
mod inspect;
mod keycloak;
mod oauth;
mod oidc_provider;
mod os;
mod renew;
mod revoke;
