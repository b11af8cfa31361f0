//! The sources of the credential: client secret, assertion, signing key.

mod assertion;
mod assertion_cache;
mod choice;
mod github;
mod leaks;
mod refused_assertion;
mod signing_key;
mod sources;
mod terminal;
mod terminal_input;
mod unusable_key;
