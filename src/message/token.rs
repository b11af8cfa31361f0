//! The words for a token that cannot be had.

use std::time::Duration;

use super::local::reason;
use super::{Words, request, secret};
use crate::clock;
use crate::duration::display;
use crate::http::trust::TrustError;
use crate::token_source::TokenError;

pub fn words(error: &TokenError) -> Words {
    match error {
        TokenError::Secret(error) => secret::words(error),
        TokenError::Trust(error) => trust(error),
        TokenError::Request(error) => request::words(error),
        TokenError::AskedToWait { left, has_retries, cause } => {
            // Rounded up, so that whoever obeys is not too early.
            let left = *left + Duration::from_millis(999);
            let until = clock::wall().checked_add(left).map(clock::date);
            let until = until.map_or_else(String::new, |until| format!(" until {until}"));
            let or = if *has_retries { ", or allow it with --timeout" } else { "" };
            Words {
                what: "no token".to_owned(),
                why: format!("the service has asked to wait{until}: {}", request::why(cause)),
                hint: format!("try again in {}{or}", display(left)),
            }
        }
        TokenError::TooShort { lifetime, min_ttl } => {
            let lives = match lifetime {
                Some(lifetime) => format!("it lives {}", display(*lifetime)),
                None => "it does not say how long it lives".to_owned(),
            };
            Words {
                what: "the token cannot be used".to_owned(),
                why: format!("{lives}, and --min-ttl asks for {}", display(*min_ttl)),
                hint: "ask for less with --min-ttl, or have the client's tokens live longer".to_owned(),
            }
        }
    }
}

fn trust(error: &TrustError) -> Words {
    let (what, why, hint) = match error {
        TrustError::NoBundle => (
            "no CA bundle".to_owned(),
            "this system has none at the usual places".to_owned(),
            "install the package `ca-certificates`, or name a bundle with --ca-cert",
        ),
        TrustError::Unreadable(path, error) => (
            format!("cannot read the CA bundle `{}`", path.display()),
            reason(error),
            "--ca-cert, CATENA_CA_CERT or SSL_CERT_FILE name another",
        ),
        TrustError::NoCertificate(path) => (
            format!("cannot use the CA bundle `{}`", path.display()),
            "it holds no certificate in PEM form".to_owned(),
            "a bundle consists of `-----BEGIN CERTIFICATE-----` blocks",
        ),
    };
    Words { what, why, hint: hint.to_owned() }
}
