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
            Words::new(
                format!("no token: the service has asked to wait{until}: {}", request::why(cause)),
                format!("try again in {}{or}", display(left)),
            )
        }
        TokenError::TooShort { lifetime, min_ttl } => {
            let lives = match lifetime {
                Some(lifetime) => format!("it lives {}", display(*lifetime)),
                None => "it does not say how long it lives".to_owned(),
            };
            Words::new(
                format!("the token cannot be used: {lives}, and --min-ttl asks for {}", display(*min_ttl)),
                "ask for less with --min-ttl, or have the client's tokens live longer",
            )
        }
    }
}

fn trust(error: &TrustError) -> Words {
    match error {
        TrustError::NoBundle => Words::new(
            "no CA bundle: this system has none at the usual places",
            "install the package `ca-certificates`, or name a bundle with --ca-cert",
        ),
        TrustError::Unreadable(path, error) => Words::new(
            format!("cannot read the CA bundle `{}`: {}", path.display(), reason(error)),
            "--ca-cert, CATENA_CA_CERT or SSL_CERT_FILE name another",
        ),
        TrustError::NoCertificate(path) => Words::new(
            format!("cannot use the CA bundle `{}`: it holds no certificate in PEM form", path.display()),
            "a bundle consists of `-----BEGIN CERTIFICATE-----` blocks",
        ),
    }
}
