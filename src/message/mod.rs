//! Every sentence for a person: what failed, why, and what to do.
//!
//! Errors are data everywhere else. Here they get their words, and nothing is decided.

mod command;
pub mod doctor;
mod event;
mod http;
mod jwt;
pub mod local;
mod request;
pub mod revoke;
pub mod secret;
pub mod settings;
mod tls;
mod token;

use crate::error::Error;
use crate::token_source::{RevocationError, TokenError};
pub use event::{no_connection as of_no_connection, text as of_event, warning as of_warning};
pub use jwt::not_jwt as of_not_jwt;

/// `error: TEXT`, where the text reads `WHAT: WHY`, and `hint: HINT` unless that is empty.
pub struct Words {
    pub text: String,
    pub hint: String,
}

impl Words {
    fn new(text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { text: text.into(), hint: hint.into() }
    }
}

pub fn of(error: &Error) -> Words {
    match error {
        Error::Setting(error) => settings::words(error),
        Error::Token(error) | Error::Revocation(RevocationError::NotRevoked(error)) => token::words(error),
        Error::Revocation(RevocationError::InDoubt(error)) => {
            Words::new(token::words(error).text, "revoke it again: to do so twice does no harm")
        }
        Error::Verification(error) => jwt::words(error),
        Error::File(error) => local::file(error),
        Error::Job(error) => local::job(error),
        Error::Cache(error) | Error::Revocation(RevocationError::Cache(error)) => local::cache(error),
        Error::Command(error) => command::words(error),
        Error::NotStarted(error) => of(error),
        Error::Defect(place) => Words::new(
            format!("a defect: it broke off at {place}"),
            "please report it with the output of the same call with -vv, which holds no secret",
        ),
    }
}

/// Of an error that a step of `doctor` stands above: a failed request's says only why.
pub fn of_step_error(error: &TokenError) -> Words {
    match error {
        TokenError::Request(error) => request::reason(error),
        error => token::words(error),
    }
}

/// What is printed of an error, for the tests of the tables.
#[cfg(test)]
fn printed(error: impl Into<Error>) -> (crate::error::Exit, String, String) {
    let error = error.into();
    let words = of(&error);
    (error.exit(), words.text, words.hint)
}
