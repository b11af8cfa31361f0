//! Every sentence for a person: what failed, why, and what to do.
//!
//! Errors are data everywhere else. Here they get their words, and nothing is decided.

mod event;
mod http;
pub mod local;
mod request;
pub mod revoke;
pub mod settings;
mod token;

pub use event::{no_connection as of_no_connection, text as of_event, warning as of_warning};
pub use request::json as of_json;
pub use token::words as of_token_error;

/// `error: WHAT: WHY`, and `hint: HINT` unless that is empty.
pub struct Words {
    pub what: String,
    pub why: String,
    pub hint: String,
}
