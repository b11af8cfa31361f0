//! The client secret: checked and registered for redaction when created, wiped when dropped.

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::display::redact;

/// A client secret that can be sent: not empty, UTF-8, no control character.
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
    /// Checks `bytes` and wipes them.
    pub fn new(bytes: Vec<u8>) -> Result<Self, UnusableSecret> {
        let bytes = Zeroizing::new(bytes);
        let text = Zeroizing::new(str::from_utf8(&bytes).map_err(|_| UnusableSecret::NotUtf8)?.to_owned());
        if text.is_empty() {
            return Err(UnusableSecret::Empty);
        }
        if text.starts_with('\u{feff}') {
            return Err(UnusableSecret::ByteOrderMark);
        }
        if text.contains(char::is_control) {
            let is_line = !text.trim_end_matches(['\r', '\n']).contains(char::is_control);
            return Err(if is_line { UnusableSecret::EndsInLineBreak } else { UnusableSecret::Control });
        }
        redact::hide(&text);
        Ok(Self(text))
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
