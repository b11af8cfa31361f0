//! A client's credential: checked and registered for redaction when created, wiped when dropped.

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::display::redact;

/// The text of a client secret, a client assertion or a private key: not empty and UTF-8. Only a key has several lines.
///
/// It has no `Display` and no `Deref`: only [`Secret::expose`] reads it, so that `grep` finds every use.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{self:?}")]
pub enum UnusableSecret {
    Empty,
    NotUtf8,
    ByteOrderMark,
    EndsInLineBreak,
    /// Another line break, or another control character.
    Control,
    /// The terminal may have dropped the rest of the line.
    LineTooLong,
}

impl Secret {
    /// A client secret. Checks `bytes` and wipes them.
    pub fn new(bytes: Vec<u8>) -> Result<Self, UnusableSecret> {
        let secret = Self::line(bytes)?;
        redact::hide(&secret.0);
        Ok(secret)
    }

    /// A client assertion. Like a token it is short-lived, and a service reads many.
    pub fn assertion(bytes: Vec<u8>) -> Result<Self, UnusableSecret> {
        let secret = Self::line(bytes)?;
        redact::hide_token(&secret.0);
        Ok(secret)
    }

    /// A private key in PEM, without the white space around it.
    pub fn pem(bytes: Vec<u8>) -> Result<Self, UnusableSecret> {
        /// A shorter last line says nothing about the key, and may be a word.
        const SHORTEST: usize = 8;
        let text = Self::text(bytes)?;
        let lines = text.lines().map(str::trim).filter(|line| line.len() >= SHORTEST && !line.starts_with("--"));
        lines.for_each(redact::hide);
        Ok(Self(Zeroizing::new(text.trim().to_owned())))
    }

    fn line(bytes: Vec<u8>) -> Result<Self, UnusableSecret> {
        let text = Self::text(bytes)?;
        if text.contains(char::is_control) {
            let is_line = !text.trim_end_matches(['\r', '\n']).contains(char::is_control);
            return Err(if is_line { UnusableSecret::EndsInLineBreak } else { UnusableSecret::Control });
        }
        Ok(Self(text))
    }

    fn text(bytes: Vec<u8>) -> Result<Zeroizing<String>, UnusableSecret> {
        let bytes = Zeroizing::new(bytes);
        let text = str::from_utf8(&bytes).map_err(|_| UnusableSecret::NotUtf8)?;
        match text {
            "" => Err(UnusableSecret::Empty),
            _ if text.starts_with('\u{feff}') => Err(UnusableSecret::ByteOrderMark),
            _ => Ok(Zeroizing::new(text.to_owned())),
        }
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_it() {
        let secret = Secret::new(b"correct horse".to_vec()).unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        assert_eq!(Secret::new(vec![]).unwrap_err(), UnusableSecret::Empty);
        assert_eq!(Secret::new(vec![0xff, 0xfe]).unwrap_err(), UnusableSecret::NotUtf8);
        assert_eq!(Secret::new("\u{feff}secret".into()).unwrap_err(), UnusableSecret::ByteOrderMark);
        for line in ["a\n", "a\r\n", "a\n\n"] {
            assert_eq!(Secret::new(line.into()).unwrap_err(), UnusableSecret::EndsInLineBreak);
        }
        for control in ["a\nb\n", "a\nb", "a\0b", "a\rb", "a\u{7f}", "a\u{85}b"] {
            assert_eq!(Secret::new(control.into()).unwrap_err(), UnusableSecret::Control);
        }
        assert!(Secret::new("s3cr3t+/=&% ü".into()).is_ok());
    }
}
