//! Every sentence for a person: what failed, why, and what to do.
//!
//! Everywhere else errors are data. This module only puts them into words; it decides nothing.

mod assertion;
mod command;
mod config;
pub mod credential;
pub mod doctor;
pub mod event;
pub mod finding;
mod http;
pub mod jwt;
pub mod local;
mod other_refusal;
mod refusal;
mod request;
pub mod revoke;
pub mod settings;
pub mod shown;
pub mod store;
mod tls;
pub mod usage;

use std::time::Duration;

use crate::base::clock;
use crate::base::duration::display;
use crate::cli::error::Error;
use crate::cli::settings::misspelt_variable;
use crate::http::trust::{Bundle, TrustError};
use crate::token::source::{RevocationError, TokenError};

/// Printed as `error: TEXT`, where TEXT is `WHAT: WHY`, and `hint: HINT` unless that is empty.
pub struct Words {
    pub text: String,
    pub hint: String,
}

impl Words {
    fn new(text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { text: text.into(), hint: hint.into() }
    }
}

/// For the error that ends a call: a misspelt variable of a setting that the words name is the better hint.
pub fn of_end(error: &Error) -> Words {
    let words = of(error);
    let said = words.text.clone() + &words.hint;
    match misspelt_variable(|meant, flag| said.contains(meant) || said.contains(flag)) {
        Some((unread, meant)) => {
            Words { hint: format!("{unread} is set, but unknown: did you mean {meant}?"), ..words }
        }
        None => words,
    }
}

pub fn of(error: &Error) -> Words {
    match error {
        Error::Setting(error) => settings::words(error),
        Error::Token(error) | Error::Revocation(RevocationError::NotRevoked(error)) => of_token_error(error),
        Error::Revocation(RevocationError::InDoubt(error)) => {
            Words::new(of_token_error(error).text, "revoke it again: revoking twice does no harm")
        }
        Error::Revocation(RevocationError::Shared(trouble)) => Words::new(
            format!("other machines may get the token: {}", store::text(trouble)),
            "revoke it again when the store answers: revoking twice does no harm",
        ),
        Error::Verification(error) => jwt::words(error),
        Error::File(error) => local::file(error),
        Error::ChildCommand(error) => local::job(error),
        Error::Cache(error) | Error::Revocation(RevocationError::Cache(error)) => local::cache(error),
        Error::Command(error) => command::words(error),
        Error::Output(error) => Words::new(format!("cannot write to stdout: {}", local::reason(&error.0)), ""),
        Error::Internal(place) => Words::new(
            format!("internal error at {place}"),
            "please report it with the output of -vv, which contains no secret",
        ),
    }
}

/// For a step of `doctor`, whose name says what failed: a failed request says only why.
pub fn of_step_error(error: &TokenError) -> Words {
    match error {
        TokenError::Request(error) => request::reason(error),
        error => of_token_error(error),
    }
}

fn of_token_error(error: &TokenError) -> Words {
    match error {
        TokenError::Credential(error) => credential::words(error),
        TokenError::Assertion(error) => credential::assertion(error),
        TokenError::Identity(error) => credential::identity(error),
        TokenError::Trust(error) => of_trust_error(error),
        TokenError::Request(error) => request::words(error),
        TokenError::AskedToWait { left, has_retries, cause } => {
            // Rounded up: the server would refuse an early retry.
            let left = *left + Duration::from_millis(999);
            let until = clock::date(clock::wall() + left);
            Words::new(
                format!("cannot get a token: the server requested a delay until {until}: {}", request::why(cause)),
                try_again(&display(left), *has_retries),
            )
        }
        TokenError::TooShort { lifetime, min_ttl } => {
            let lives = event::life(*lifetime);
            Words::new(
                format!("cannot use the token: it {lives}, but --min-ttl is {}", display(*min_ttl)),
                "lower --min-ttl, or ask the realm's administrator for a longer token lifetime",
            )
        }
    }
}

fn of_trust_error(error: &TrustError) -> Words {
    match error {
        TrustError::NoBundle => Words::new(
            "no CA bundle: none found in the usual places",
            "install the package 'ca-certificates', or use --ca-cert",
        ),
        TrustError::Unreadable(Bundle { path, by }, error) => Words::new(
            format!("cannot read the CA bundle '{}' ({by}): {}", credential::shown(path), local::reason(error)),
            "use --ca-cert, CATENA_CA_CERT or SSL_CERT_FILE to name another",
        ),
        TrustError::NoCertificate(Bundle { path, by }) => Words::new(
            format!("cannot use the CA bundle '{}' ({by}): it contains no PEM certificate", path.display()),
            "a bundle consists of '-----BEGIN CERTIFICATE-----' blocks",
        ),
    }
}

/// `is_too_long`: for `--timeout`.
fn try_again(time: &str, is_too_long: bool) -> String {
    format!("try again in {time}{}", if is_too_long { ", or raise --timeout above that" } else { "" })
}

/// The exit code, text and hint of an error.
#[cfg(test)]
fn printed(error: impl Into<Error>) -> (crate::cli::error::Exit, String, String) {
    let error = error.into();
    let words = of(&error);
    (error.exit(), words.text, words.hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::error::Exit;

    #[test]
    fn an_error_without_a_table_of_its_own_has_its_words() {
        let bundle = Bundle { path: "/ca.pem".into(), by: "--ca-cert".into() };
        for (error, exit, text, hint) in [
            (Error::Internal("src/x.rs:9".into()), Exit::Local, "internal error at src/x.rs:9", "please report it"),
            (
                TokenError::Trust(TrustError::NoBundle).into(),
                Exit::Setup,
                "no CA bundle: none found in the usual places",
                "install the package 'ca-certificates', or use --ca-cert",
            ),
            (
                TokenError::Trust(TrustError::NoCertificate(bundle)).into(),
                Exit::Setup,
                "cannot use the CA bundle '/ca.pem' (--ca-cert): it contains no PEM certificate",
                "a bundle consists of '-----BEGIN CERTIFICATE-----' blocks",
            ),
        ] {
            let printed = printed(error);
            assert_eq!((printed.0, printed.1.as_str()), (exit, text));
            assert!(printed.2.starts_with(hint), "{}", printed.2);
        }
    }
}
