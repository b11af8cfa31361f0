//! The access token, checked to be safe in a header, a shell line and a configuration file.

use std::fmt;

/// An access token of RFC 6750 §2.1 `b64token` characters: it never needs quoting and never breaks a header.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken(String);

impl AccessToken {
    /// `None` when the text is no `b64token`.
    pub fn new(text: String) -> Option<Self> {
        is_b64token(&text).then_some(Self(text))
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(…)")
    }
}

/// `b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="` (RFC 6750 §2.1).
pub fn is_b64token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let is_in_body = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !body.is_empty() && body.bytes().all(is_in_body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_b64token_characters_make_a_token() {
        for good in ["a", "eyJ.e30.c2ln", "ab+/~-._==", "0"] {
            assert!(is_b64token(good), "{good}");
        }
        for bad in ["", "=", "a b", "a\nb", "a=b", "a'b", "ü", "a$b"] {
            assert!(!is_b64token(bad), "{bad}");
        }
    }

    #[test]
    fn debug_shows_nothing_of_it() {
        assert_eq!(format!("{:?}", AccessToken::new("eyJ".to_owned()).unwrap()), "AccessToken(…)");
    }
}
