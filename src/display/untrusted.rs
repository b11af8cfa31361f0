//! Untrusted text, made safe to print: redacted, then cut, then escaped.
//!
//! Text from a server reaches terminals, CI logs and tickets. [`UntrustedText`] has no `Display`, so that only
//! [`UntrustedText::quote`] prints it.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::display::redact::redact;

/// In characters: longer text only floods a log.
const LONGEST_QUOTE: usize = 500;

/// Text from a server, unchanged.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct UntrustedText(String);

impl fmt::Debug for UntrustedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UntrustedText(…)")
    }
}

impl UntrustedText {
    /// Invalid UTF-8 becomes U+FFFD.
    pub fn new(bytes: &[u8]) -> Self {
        Self(String::from_utf8_lossy(bytes).into_owned())
    }

    /// The value of a JSON string; empty if the member is missing or not a string.
    pub fn of_json(field: Option<&RawValue>) -> Self {
        Self(field.and_then(|field| serde_json::from_str(field.get()).ok()).unwrap_or_default())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// For comparisons; never print it.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// The first 500 characters without secrets, tokens, control or direction-changing characters.
    pub fn quote(&self) -> String {
        self.quote_up_to(LONGEST_QUOTE)
    }

    /// Redacts before it cuts, so that half a secret never remains.
    pub fn quote_up_to(&self, characters: usize) -> String {
        cut(&redact(&self.0), characters)
    }
}

/// Escapes the first `characters` of a text that is already redacted.
pub fn cut(text: &str, characters: usize) -> String {
    let (mut rest, mut shown) = (text.chars(), String::new());
    for c in rest.by_ref().take(characters) {
        if is_unsafe(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    if rest.next().is_some() {
        shown.push('…');
    }
    shown
}

/// Escapes what could move the cursor or change the text's direction.
pub fn escape(text: &str) -> String {
    cut(text, usize::MAX)
}

/// Escapes JSON on one line, as `\uXXXX`, which keeps its value.
pub fn escape_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        if is_unsafe(c) {
            shown.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Control characters, and characters that are invisible or that reorder, join or hide text.
fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::display::redact;

    fn quote(text: &str, secret: &str) -> String {
        redact::hide(secret);
        UntrustedText::new(text.as_bytes()).quote()
    }

    #[test]
    fn terminal_tricks_are_escaped() {
        assert_eq!(quote("a\u{1b}[31mred\u{202e}\r\n", ""), "a\\u{1b}[31mred\\u{202e}\\r\\n");
        assert_eq!(quote("caf\u{e9} \u{9b}", ""), "café \\u{9b}");
    }

    #[test]
    fn a_secret_across_the_cut_is_hidden_whole() {
        let text = format!("{} correct-horse-battery", "x".repeat(LONGEST_QUOTE - 4));
        assert!(quote(&text, "correct-horse-battery").ends_with("xxx [re…"));
    }

    #[test]
    fn a_long_text_is_cut() {
        let quoted = quote(&"y".repeat(10_000), "");
        assert_eq!(quoted.chars().count(), LONGEST_QUOTE + 1);
    }
}
