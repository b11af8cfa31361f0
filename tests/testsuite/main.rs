//! The tests drive the binary as its users do: through its arguments, its environment, its streams and its exit code.
//!
//! Every call runs in a cleared environment and an empty home, and is searched for leaks afterwards: see
//! `support::tool`. Tests that need more than Rust are ignored, with what they need as the reason; `.ci/run` runs them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "the walls are the program's; tests read switches and write inputs")]

mod support;

mod rooms;

mod cache;
mod cli;
mod credential;
mod doctor;
mod exec;
mod http;
mod inspect;
mod keycloak;
mod oauth;
mod os;
mod renew;
mod revoke;
