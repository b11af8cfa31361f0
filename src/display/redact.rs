//! Redacts secrets and tokens in what this process prints, because a server or a proxy may echo the request.
//!
//! Their constructors register them. It finds a secret raw, and encoded once (URL, form, JSON, base64, hex), because a
//! server that encodes it twice has it already. It finds a token, and what looks like a JWT, raw.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

pub const REDACTED: &str = "[redacted]";

/// Shorter secrets may be ordinary words of our own messages.
const SHORTEST_WORD: usize = 8;

/// A word of at least this length that begins like a JWT counts as one.
const SHORTEST_JWT: usize = 16;

/// Bounds memory: `renew` runs for months, and older tokens have expired.
const MOST_TOKENS: usize = 1024;

pub fn hide(secret: &str) {
    hidden(|redactor| add(&mut redactor.secrets, secret));
}

/// Redacts a token, and the parts of a JWT, from now on.
pub fn hide_token(token: &str) {
    hidden(|redactor| redactor.hide_token(token));
}

/// Replaces every secret and token in text from a server.
pub fn redact(text: &str) -> String {
    hidden(|redactor| redactor.redact(1, text))
}

/// Redacts our own messages. A short secret stays, because it may match our words.
pub fn redact_own(text: &str) -> String {
    hidden(|redactor| redactor.redact(SHORTEST_WORD, text))
}

/// Locks the global redactor. Unit tests have one per thread, so that they do not affect each other.
fn hidden<T>(use_it: impl FnOnce(&mut Redactor) -> T) -> T {
    let locked = |hidden: &Mutex<Redactor>| use_it(&mut hidden.lock().unwrap_or_else(PoisonError::into_inner));
    #[cfg(not(test))]
    {
        static HIDDEN: Mutex<Redactor> = Mutex::new(Redactor::new());
        locked(&HIDDEN)
    }
    #[cfg(test)]
    {
        thread_local!(static HIDDEN: Mutex<Redactor> = const { Mutex::new(Redactor::new()) });
        HIDDEN.with(locked)
    }
}

struct Redactor {
    secrets: Vec<Zeroizing<String>>,
    tokens: Vec<Zeroizing<String>>,
}

impl Redactor {
    const fn new() -> Self {
        Self { secrets: Vec::new(), tokens: Vec::new() }
    }

    fn hide_token(&mut self, token: &str) {
        // An encrypted JWT has five parts (RFC 7516 §7.1).
        let parts = token.split('.').take(5).filter(|part| part.len() >= SHORTEST_JWT);
        std::iter::once(token).chain(parts).for_each(|text| add(&mut self.tokens, text));
        self.tokens.drain(..self.tokens.len().saturating_sub(MOST_TOKENS));
    }

    fn redact(&self, shortest: usize, text: &str) -> String {
        let lower = Zeroizing::new(text.to_ascii_lowercase());
        let mut ranges: Vec<Range<usize>> = jwts(text).collect();
        let is_long = |hidden: &&Zeroizing<String>| hidden.len() >= shortest;
        let found = |(at, form): (usize, &str)| at..at + form.len();
        for form in self.secrets.iter().flat_map(|secret| whole_forms(secret)).filter(|form| is_long(&form)) {
            ranges.extend(lower.match_indices(form.as_str()).map(found));
        }
        let spells = [(&['%', '+'][..], in_a_url as fn(char) -> _), (&['\\'], in_json)];
        for (_, spell) in spells.into_iter().filter(|(marks, _)| lower.contains(*marks)) {
            let secrets = self.secrets.iter().filter(is_long);
            secrets.for_each(|secret| ranges.extend(find(secret, spell, &lower)));
        }
        let tokens = self.tokens.iter().filter(is_long);
        ranges.extend(tokens.flat_map(|token| text.match_indices(token.as_str())).map(found));
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

/// Adds `text` once; an empty one would match everywhere.
fn add(hidden: &mut Vec<Zeroizing<String>>, text: &str) {
    if !text.is_empty() && !hidden.iter().any(|known| known.as_str() == text) {
        hidden.push(Zeroizing::new(text.to_owned()));
    }
}

/// The raw secret and its whole encodings, in lower case because a server may change the case.
fn whole_forms(secret: &str) -> [Zeroizing<String>; 4] {
    let hex = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    [secret.to_owned(), STANDARD_NO_PAD.encode(secret), URL_SAFE_NO_PAD.encode(secret), hex].map(|mut form| {
        form.make_ascii_lowercase();
        Zeroizing::new(form)
    })
}

/// The spellings of a character in a URL (RFC 3986 §2.1) or a form: encoders differ in what they escape.
fn in_a_url(c: char) -> Vec<String> {
    let encoded = c.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("%{byte:02x}")).collect();
    vec![encoded, c.to_string(), c.to_string().replace(' ', "+")]
}

/// The spellings of a character in JSON (RFC 8259 §7).
fn in_json(c: char) -> Vec<String> {
    let units = c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
    vec![units, format!("\\{c}"), c.to_string()]
}

/// Finds `secret` in a lower-case `text`, each character in any of its spellings.
fn find(secret: &str, spell: fn(char) -> Vec<String>, text: &str) -> Vec<Range<usize>> {
    let spelt = |c| spell(c).iter().map(|spelling| spelling.to_ascii_lowercase()).collect();
    let spelt: Zeroizing<Vec<Vec<String>>> = Zeroizing::new(secret.chars().map(spelt).collect());
    let length = |text: &str| {
        let mut rest = text;
        for spellings in spelt.iter() {
            rest = spellings.iter().find_map(|spelling| rest.strip_prefix(spelling.as_str()))?;
        }
        Some(text.len() - rest.len())
    };
    text.char_indices().filter_map(|(at, _)| Some(at..at + length(&text[at..])?)).collect()
}

/// Whether it begins with a JSON object in base64 or base64url, as a JWT does, and each part of one but the signature.
/// The JSON may have white space, and the text be cut or padded.
pub fn begins_like_a_jwt(text: &str) -> bool {
    let decode = |group: &[u8]| URL_SAFE_NO_PAD.decode(group).or_else(|_| STANDARD_NO_PAD.decode(group)).ok();
    let bytes = text.as_bytes().chunks(4).map_while(decode).flatten();
    bytes.filter(|byte| !byte.is_ascii_whitespace()).take(2).eq(*b"{\"")
}

/// Finds JWTs, also those that we did not receive. `e` begins the base64 of `{`.
fn jwts(text: &str) -> impl Iterator<Item = Range<usize>> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_.+/=~".contains(c);
    text.split(move |c| !is_part(c)).filter_map(move |word| {
        let (at, _) = word.match_indices('e').find(|(at, _)| begins_like_a_jwt(&word[*at..]))?;
        let start = word.as_ptr().addr() - text.as_ptr().addr();
        Some(start + at..start + word.len()).filter(|found| found.len() >= SHORTEST_JWT)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "s3cr3t+/=&% ü\"<quoted>'";

    fn redactor(secret: &str) -> Redactor {
        let mut redactor = Redactor::new();
        add(&mut redactor.secrets, secret);
        redactor
    }

    /// What is left of `text` when `secret` is hidden.
    fn left(text: &str, secret: &str) -> String {
        redactor(secret).redact(1, text)
    }

    #[test]
    fn a_secret_is_hidden_as_each_encoder_writes_it() {
        for encoded in [
            SECRET,
            "S3CR3T+/=&% ü\"<QUOTED>'",
            "s3cr3t%2B%2F%3D%26%25%20%C3%BC%22%3Cquoted%3E%27",
            "s3cr3t%2b%2f%3d%26%25+%c3%bc%22%3cquoted%3e'",
            "s3cr3t+/=&%25%20%C3%BC%22%3Cquoted%3E'",
            r#"s3cr3t+/=&% ü\"<quoted>'"#,
            r#"s3cr3t+\/=&% ü\"<quoted>'"#,
            r#"s3cr3t+/=&% \u00FC\"<quoted>'"#,
            r"s3cr3t\u002B/=\u0026% \u00fc\u0022\u003cquoted\u003e\u0027",
            &STANDARD_NO_PAD.encode(SECRET),
            &URL_SAFE_NO_PAD.encode(SECRET),
            "7333637233742B2F3D262520C3BC223C71756F7465643E27",
        ] {
            assert_eq!(left(&format!("ü {encoded} b {encoded}"), SECRET), "ü [redacted] b [redacted]", "{encoded}");
        }
        assert_eq!(left("a%2", "%"), "a[redacted]2");
        assert_eq!(left(r"a\\b", r"\"), "a[redacted]b");
        assert_eq!(left("anything", ""), "anything");
    }

    #[test]
    fn a_short_secret_leaves_our_own_words_alone() {
        let mut redactor = Redactor::new();
        add(&mut redactor.secrets, "token");
        redactor.hide_token("opaque");
        assert_eq!(redactor.redact(1, "no token, opaque"), "no [redacted], [redacted]");
        assert_eq!(redactor.redact(SHORTEST_WORD, "no token, opaque"), "no token, opaque");
    }

    #[test]
    fn tokens_their_parts_and_all_that_looks_like_a_jwt_are_hidden() {
        let mut redactor = Redactor::new();
        redactor.hide_token("opaque-token-1234");
        redactor.hide_token("head.payload-of-a-token.signature-of-a-token");
        assert_eq!(redactor.redact(1, "<opaque-token-1234>"), "<[redacted]>");
        assert_eq!(redactor.redact(1, "sig signature-of-a-token, head"), "sig [redacted], head");
        assert_eq!(redactor.redact(1, "got eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2ln!"), "got [redacted]!");
        assert_eq!(redactor.redact(1, "eyJ is short"), "eyJ is short");
        for json in ["{\"alg\":\"???\"}", "{\n  \"alg\": 1}", "{\r\n\t\"a\": \"?>~\"}", "{ \"a\": 12345 }"] {
            for form in [STANDARD_NO_PAD.encode(json), URL_SAFE_NO_PAD.encode(json)] {
                assert!(begins_like_a_jwt(&form) && begins_like_a_jwt(&form[..12]), "{json}");
                for text in [format!("got {form}==.{form}.c2ln!"), format!("got x={form}!")] {
                    let shown = redactor.redact(1, &text);
                    assert!(shown.starts_with("got ") && !shown.contains(&form[..8]), "{shown}");
                }
            }
        }
        for other in ["", "eyJ", "opaque-token", "e30", "ewogICAgICAg", "[{\"alg\"", "W10K"] {
            assert!(!begins_like_a_jwt(other), "{other}");
        }
    }

    #[test]
    fn what_overlaps_is_hidden_as_one() {
        let mut redactor = Redactor::new();
        ["abcdefgh", "efghijkl", "bcd"].iter().for_each(|secret| add(&mut redactor.secrets, secret));
        assert_eq!(redactor.redact(1, "xabcdefghijklx"), "x[redacted]x");
    }

    #[test]
    fn hostile_texts_are_redacted_fast() {
        let mut redactor = redactor(SECRET);
        redactor.hide_token(&"a".repeat(1 << 19));
        redactor.hide_token(&format!("{}.", "a".repeat(SHORTEST_JWT)).repeat(10_000));
        assert_eq!(redactor.redact(1, &"a".repeat(1 << 20)), REDACTED.repeat(2));
        assert_eq!(redactor.redact(1, &SECRET[..20].repeat(10_000)).len(), 200_000);
        assert_eq!(jwts(&"eyJ".repeat(1_000_000)).count(), 1);
        assert_eq!(jwts(&"eyJ ".repeat(100_000)).count(), 0);
        for hostile in ["ewogICAg", "ICAgICAg", "e", "ewog.", "CgoKeyAg"] {
            assert_eq!(jwts(&hostile.repeat(200_000)).count(), 0, "{hostile}");
        }
    }
}
