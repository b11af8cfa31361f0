//! Every sentence for a person: what failed, why, and what to do.
//!
//! Errors are data everywhere else. Here they get their words, and nothing is decided.

mod command;
pub mod doctor;
pub mod event;
pub mod finding;
mod http;
pub mod jwt;
pub mod local;
mod request;
pub mod revoke;
pub mod secret;
pub mod settings;

use std::time::Duration;

use crate::base::clock;
use crate::base::duration::display;
use crate::cli::error::Error;
use crate::http::trust::TrustError;
use crate::token::source::{RevocationError, TokenError};

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
        Error::Token(error) | Error::Revocation(RevocationError::NotRevoked(error)) => of_token_error(error),
        Error::Revocation(RevocationError::InDoubt(error)) => {
            Words::new(of_token_error(error).text, "revoke it again: to do so twice does no harm")
        }
        Error::Verification(error) => jwt::words(error),
        Error::File(error) => local::file(error),
        Error::ChildCommand(error) => local::job(error),
        Error::Cache(error) | Error::Revocation(RevocationError::Cache(error)) => local::cache(error),
        Error::Command(error) => command::words(error),
        Error::Output(error) => Words::new(format!("cannot write to stdout: {}", local::reason(&error.0)), ""),
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
        error => of_token_error(error),
    }
}

fn of_token_error(error: &TokenError) -> Words {
    match error {
        TokenError::Secret(error) => secret::words(error),
        TokenError::Trust(TrustError::NoBundle) => Words::new(
            "no CA bundle: this system has none at the usual places",
            "install the package `ca-certificates`, or name a bundle with --ca-cert",
        ),
        TokenError::Trust(TrustError::Unreadable(path, error)) => Words::new(
            format!("cannot read the CA bundle `{}`: {}", path.display(), local::reason(error)),
            "--ca-cert, CATENA_CA_CERT or SSL_CERT_FILE name another",
        ),
        TokenError::Trust(TrustError::NoCertificate(path)) => Words::new(
            format!("cannot use the CA bundle `{}`: it holds no certificate in PEM form", path.display()),
            "a bundle consists of `-----BEGIN CERTIFICATE-----` blocks",
        ),
        TokenError::Request(error) => request::words(error),
        TokenError::AskedToWait { left, has_retries, cause } => {
            // Rounded up, so that whoever obeys is not too early.
            let left = *left + Duration::from_millis(999);
            let until = clock::date(clock::wall() + left);
            let or = if *has_retries { ", or allow it with --timeout" } else { "" };
            Words::new(
                format!("no token: the service has asked to wait until {until}: {}", request::why(cause)),
                format!("try again in {}{or}", display(left)),
            )
        }
        TokenError::TooShort { lifetime, min_ttl } => {
            let lives = event::life(*lifetime);
            Words::new(
                format!("the token cannot be used: it {lives}, and --min-ttl asks for {}", display(*min_ttl)),
                "ask for less with --min-ttl, or have the client's tokens live longer",
            )
        }
    }
}

/// What is printed of an error, for the tests of the tables.
#[cfg(test)]
fn printed(error: impl Into<Error>) -> (crate::cli::error::Exit, String, String) {
    let error = error.into();
    let words = of(&error);
    (error.exit(), words.text, words.hint)
}
