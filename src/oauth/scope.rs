//! The requested scope (RFC 6749 §3.3).

use thiserror::Error;

/// One or more scope tokens, separated by single spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope(String);

/// The scope has an invalid character, or is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{self:?}")]
pub struct UnusableScope;

impl Scope {
    /// Keycloak 26.5 refuses a longer one; 26.7 returns a token without any scope.
    pub const LONGEST: usize = 4_000;

    /// `Ok(None)` for an empty text: Keycloak refuses an empty parameter, so it is omitted.
    pub fn parse(text: &str) -> Result<Option<Self>, UnusableScope> {
        // `NQCHAR` of RFC 6749, appendix A.4.
        let is_allowed = |byte: u8| byte == b' ' || byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
        let scope = text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        if scope.len() > Self::LONGEST || !scope.bytes().all(is_allowed) {
            return Err(UnusableScope);
        }
        Ok(Some(Self(scope)).filter(|scope| !scope.0.is_empty()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The scope that Catena's reference requires.
impl Default for Scope {
    fn default() -> Self {
        Self("organization".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_separate_and_nothing_is_none() {
        assert_eq!(Scope::parse(""), Ok(None));
        assert_eq!(Scope::parse("  "), Ok(None));
        let scope = Scope::parse(" openid  organization:* ").unwrap().unwrap();
        assert_eq!(scope.as_str(), "openid organization:*");
    }

    #[test]
    fn what_the_rfc_forbids_is_refused() {
        for bad in ["a\"b", "a\\b", "a\nb", "ü", "a\tb"] {
            assert!(Scope::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Scope::parse(&"a".repeat(4_000)).is_ok());
        assert!(Scope::parse(&"a".repeat(4_001)).is_err());
    }
}
