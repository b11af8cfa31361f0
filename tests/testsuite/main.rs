//! The tests drive the binary as its users do: through its arguments, its environment, its streams and its exit code.
//!
//! Every call runs in a cleared environment and an empty home, and is searched for leaks afterwards: see
//! `support::tool`. Tests that need more than Rust are ignored, with what they need as the reason; `.ci/run` runs them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "the walls are the program's; tests read switches and write inputs")]

mod support;

mod addresses;
mod answer;
mod cache;
mod cache_command;
mod cache_trouble;
mod doctor;
mod doctor_answer;
mod doctor_cache;
mod doctor_keycloak;
mod doctor_settings;
mod doctor_trust;
mod doctor_way;
mod exec;
mod exec_process;
mod exec_renew;
mod failure;
mod formats;
mod help;
mod inspect;
mod job_control;
mod keycloak;
mod keycloak_tokens;
mod linked_statically;
mod memory;
mod namespace;
mod proxy;
mod readme;
mod recipes;
mod refusals;
mod remembered;
mod renew;
mod request;
mod revoke;
mod revoke_all;
mod revoke_kept;
mod revoke_races;
mod secret_sources;
mod service;
mod settings;
mod single_flight;
mod streams;
mod terminal;
mod terminal_input;
mod token_file;
mod trust;
mod verify;
mod verify_keys;
