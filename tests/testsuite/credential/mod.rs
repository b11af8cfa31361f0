//! The sources of the client secret.

mod sources;
mod terminal;
mod terminal_input;
