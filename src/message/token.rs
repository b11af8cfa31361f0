//! The words for a token that cannot be had.

use std::time::Duration;

use super::{Words, request};
use crate::clock;
use crate::duration::display;
use crate::error::Failure;
use crate::token_source::TokenError;

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        let (exit, words) = (error.exit(), words(&error));
        if let TokenError::NotSent(failure) = error {
            return failure;
        }
        Self::new(exit, words.what, words.why).hint(words.hint)
    }
}

pub fn words(error: &TokenError) -> Words {
    match error {
        TokenError::NotSent(failure) => Words {
            what: String::new(),
            why: failure.why().unwrap_or_default(),
            hint: failure.remedy().unwrap_or_default().to_owned(),
        },
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
