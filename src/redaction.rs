//! Redacts secrets and tokens in text from a server.
//!
//! A server, a portal or a debugging proxy may echo the request. A secret is hidden in plain form and in each single
//! encoding (percent, form, JSON, base64, hex); a token, and anything that looks like a JWT, in plain form. Double
//! encodings are not searched: a server that makes one has the secret already.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

/// Printed in place of a secret.
pub const REDACTED: &str = "[redacted]";

/// Anything shorter may be an ordinary word, also in our own messages.
const SHORTEST_WORD: usize = 8;

/// A word that begins with `eyJ` and is this long is taken for a JWT.
const SHORTEST_JWT: usize = 16;

/// What is percent-encoded: all but the unreserved characters (RFC 3986 §2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The secrets and tokens of a call.
#[derive(Clone, Default)]
pub struct Redactor {
    /// In lower case.
    hidden: Vec<Zeroizing<String>>,
}

impl Redactor {
    pub fn of(secret: &str) -> Self {
        let mut redactor = Self::default();
        redactor.hide(secret);
        redactor
    }

    /// Hides `secret` in every form; an empty one hides nothing.
    pub fn hide(&mut self, secret: &str) {
        let json = Zeroizing::new(serde_json::to_string(secret).unwrap_or_default());
        let json = json.get(1..json.len().saturating_sub(1)).unwrap_or_default();
        for form in [
            secret.to_owned(),
            utf8_percent_encode(secret, ENCODED).to_string(),
            form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
            json.to_owned(),
            json.replace('/', "\\/"),
            in_ascii(json),
            STANDARD_NO_PAD.encode(secret),
            URL_SAFE_NO_PAD.encode(secret),
            secret.bytes().map(|byte| format!("{byte:02x}")).collect(),
        ] {
            self.push(form);
        }
    }

    /// Hides a token, and the parts of a JWT. A short one may be an ordinary word.
    pub fn hide_token(&mut self, token: &str) {
        if token.len() >= SHORTEST_WORD {
            self.push(token.to_owned());
            token.split('.').filter(|part| part.len() >= SHORTEST_JWT).for_each(|part| self.push(part.to_owned()));
        }
    }

    fn push(&mut self, mut form: String) {
        form.make_ascii_lowercase();
        let form = Zeroizing::new(form);
        if !form.is_empty() && !self.hidden.contains(&form) {
            self.hidden.push(form);
        }
    }

    /// Hides what `other` hides, too.
    pub fn add(&mut self, other: &Self) {
        self.hidden.extend(other.hidden.iter().cloned());
    }

    /// Replaces every secret and token in a server's text.
    pub fn redact(&self, text: &str) -> String {
        self.redact_from(1, text)
    }

    /// The same in our own messages: a short secret stays, since it may match our words.
    pub fn redact_own(&self, text: &str) -> String {
        self.redact_from(SHORTEST_WORD, text)
    }

    /// Only what has at least so many bytes.
    fn redact_from(&self, shortest: usize, text: &str) -> String {
        let lower = Zeroizing::new(text.to_ascii_lowercase());
        let mut ranges: Vec<Range<usize>> = jwts(text).collect();
        for form in self.hidden.iter().filter(|form| form.len() >= shortest) {
            ranges.extend(lower.match_indices(form.as_str()).map(|(at, form)| at..at + form.len()));
        }
        ranges.sort_by_key(|range| range.start);
        let (mut shown, mut at) = (String::new(), 0);
        for range in ranges {
            if range.start >= at {
                shown.push_str(&text[at..range.start]);
                shown.push_str(REDACTED);
            }
            at = at.max(range.end);
        }
        shown.push_str(&text[at..]);
        shown
    }
}

/// JSON as encoders write it that escape all but ASCII.
fn in_ascii(json: &str) -> String {
    let escaped = |c: char| c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
    json.chars().map(|c| if c.is_ascii() { c.to_string() } else { escaped(c) }).collect()
}

/// Finds JWTs by their first characters, the base64 of `{"`; also those that were not issued to us.
fn jwts(text: &str) -> impl Iterator<Item = Range<usize>> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.+/=~".contains(byte);
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find("eyJ")?;
        let length = text.as_bytes()[start..].iter().take_while(|byte| is_part(byte)).count();
        // A match inside this one is part of it.
        at = start + length;
        Some(start..at)
    })
    .filter(|found| found.len() >= SHORTEST_JWT)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "s3cr3t+/=&% ü\"quoted\"";

    /// What is left of `text` when `secret` is hidden.
    fn left(text: &str, secret: &str) -> String {
        Redactor::of(secret).redact(text)
    }

    #[test]
    fn a_secret_is_hidden_in_every_form_that_is_promised() {
        for encoded in [
            SECRET,
            "s3cr3t%2B%2F%3D%26%25%20%C3%BC%22quoted%22",
            "s3cr3t%2b%2f%3d%26%25+%c3%bc%22quoted%22",
            r#"s3cr3t+/=&% ü\"quoted\""#,
            r#"s3cr3t+\/=&% ü\"quoted\""#,
            r#"s3cr3t+/=&% \u00FC\"quoted\""#,
            &STANDARD_NO_PAD.encode(SECRET),
            "7333637233742B2F3D262520C3BC2271756F74656422",
        ] {
            assert_eq!(left(&format!("a {encoded} b {encoded}"), SECRET), "a [redacted] b [redacted]", "{encoded}");
        }
        assert_eq!(left("anything", ""), "anything");
    }

    #[test]
    fn a_short_secret_leaves_our_own_words_alone() {
        let mut redactor = Redactor::default();
        redactor.hide("token");
        redactor.hide_token("opaque");
        assert_eq!(redactor.redact("no token, opaque"), "no [redacted], opaque");
        assert_eq!(redactor.redact_own("no token, opaque"), "no token, opaque");
    }

    #[test]
    fn tokens_their_parts_and_all_that_looks_like_a_jwt_are_hidden() {
        let mut redactor = Redactor::default();
        redactor.hide_token("opaque-token-1234");
        redactor.hide_token("head.payload-of-a-token.signature-of-a-token");
        assert_eq!(redactor.redact("<opaque-token-1234>"), "<[redacted]>");
        assert_eq!(redactor.redact("sig signature-of-a-token, head"), "sig [redacted], head");
        assert_eq!(redactor.redact("got eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2ln!"), "got [redacted]!");
        assert_eq!(redactor.redact("eyJ is short"), "eyJ is short");
    }

    #[test]
    fn what_overlaps_is_hidden_as_one() {
        let mut redactor = Redactor::default();
        ["abcdefgh", "efghijkl", "bcd"].iter().for_each(|secret| redactor.hide(secret));
        assert_eq!(redactor.redact("xabcdefghijklx"), "x[redacted]x");
    }

    #[test]
    fn hostile_texts_take_no_time_to_speak_of() {
        assert_eq!(left(&"a".repeat(1 << 20), &"a".repeat(1 << 19)).matches(REDACTED).count(), 2);
        assert_eq!(jwts(&"eyJ".repeat(1_000_000)).count(), 1);
        assert_eq!(jwts(&"eyJ ".repeat(100_000)).count(), 0);
    }
}
