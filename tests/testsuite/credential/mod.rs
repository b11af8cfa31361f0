//! Where the client secret comes from.

mod sources;
mod terminal;
mod terminal_input;
