//! Every sentence for a person: what failed, why, and what to do.
//!
//! Errors are data everywhere else. Here they get their words, and nothing is decided.

pub mod doctor;
mod event;
mod given;
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

/// `error: WHAT: WHY`, and `hint: HINT` unless that is empty.
pub struct Words {
    pub what: String,
    pub why: String,
    pub hint: String,
}

impl Words {
    fn new(what: impl Into<String>, why: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { what: what.into(), why: why.into(), hint: hint.into() }
    }

    /// `WHAT: WHY`
    pub fn line(&self) -> String {
        format!("{}: {}", self.what, self.why)
    }
}

pub fn of(error: &Error) -> Words {
    match error {
        Error::Setting(error) => settings::words(error),
        Error::Token(error) | Error::Revocation(RevocationError::NotRevoked(error)) => token::words(error),
        Error::Revocation(RevocationError::InDoubt(error)) => {
            Words { hint: "revoke it again: to do so twice does no harm".to_owned(), ..token::words(error) }
        }
        Error::Verification(error) => jwt::words(error),
        Error::Given(error) => given::words(error),
        Error::File(error) => local::file(error),
        Error::Job(error) => local::job(error),
        Error::Cache(error) | Error::Revocation(RevocationError::Cache(error)) => local::cache(error),
        Error::Command(error) => local::command(error),
        Error::NotStarted(error) => of(error),
        Error::Output(error) => Words::new("cannot write to stdout", local::reason(&error.0), ""),
        Error::Defect(place) => Words::new(
            "a defect",
            format!("it broke off at {place}"),
            "please report it with the output of the same call with -vv, which holds no secret",
        ),
    }
}

pub fn of_token_error(error: &TokenError) -> Words {
    token::words(error)
}

/// What is printed of an error, for the tests of the tables.
#[cfg(test)]
fn printed(error: impl Into<Error>) -> (crate::error::Exit, String, String) {
    let error = error.into();
    let words = of(&error);
    (error.exit(), words.line(), words.hint)
}
