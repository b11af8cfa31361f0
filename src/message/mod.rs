//! Every sentence for a person: what failed, why, and what to do.
//!
//! Errors are data everywhere else. Here they get their words, and nothing is decided.

mod event;
mod given;
mod http;
mod jwt;
mod request;
pub mod settings;
mod token;

pub use event::text as of_event;
pub use jwt::not_jwt as of_not_jwt;
pub use token::words as of_token_error;

/// `error: WHAT: WHY`, and `hint: HINT` unless that is empty.
pub struct Words {
    pub what: String,
    pub why: String,
    pub hint: String,
}
