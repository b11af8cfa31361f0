//! Finds a secret in a text that somebody else wrote, however they encoded it.
//!
//! A server, a portal or a debugging proxy may send back what it was sent: as it was, form- or percent-encoded, as a
//! JSON or HTML string, in base64 or hex. [`Redactor::length_at`] recognises all of these, mixed too, and the start of
//! a secret that was cut short.

use std::cell::OnceCell;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

/// As many characters of a secret in a row are a part of it and no accident; fewer give nothing away.
const TELLING_PREFIX: usize = 6;

/// No secret is longer. A token of a megabyte, as a hostile server sends it, is looked for as it stands alone: its other
/// forms would take many times its memory.
const LONGEST_ENCODED: usize = 64 * 1024;

/// What must never be shown. Its forms are made when a text is first looked at: a call that succeeds shows none.
#[derive(Clone, Default)]
pub struct Redactor {
    secrets: Vec<Zeroizing<String>>,
    forms: OnceCell<Vec<Zeroizing<String>>>,
}

impl Redactor {
    /// Hides `secret`, and every base64 and hex text that contains it.
    pub fn hide(&mut self, secret: &str) {
        self.secrets.push(Zeroizing::new(secret.to_owned()));
        self.forms = OnceCell::new();
    }

    /// How many bytes at the start of `text` are a hidden text, or the telling start of one; 0 when none is.
    pub fn length_at(&self, text: &str) -> usize {
        let forms = self.forms.get_or_init(|| self.secrets.iter().flat_map(|secret| forms(secret)).collect());
        forms.iter().map(|form| matched_length(text, form)).max().unwrap_or(0)
    }
}

/// The texts that stand for `secret`, apart from those that encode it character by character.
fn forms(secret: &str) -> Vec<Zeroizing<String>> {
    let mut forms = vec![Zeroizing::new(secret.to_owned())];
    if secret.len() <= LONGEST_ENCODED {
        forms.push(Zeroizing::new(secret.bytes().map(|byte| format!("{byte:02x}")).collect()));
        forms.push(Zeroizing::new(secret.bytes().map(|byte| format!("{byte:02X}")).collect()));
        forms.extend(base64_cores(secret));
    }
    forms
}

/// The characters of base64 that `secret` alone decides, at each of the three places it can take in a group of three
/// bytes, in both alphabets.
fn base64_cores(secret: &str) -> Vec<Zeroizing<String>> {
    let mut cores = Vec::new();
    for offset in 0..3_usize {
        let mut bytes = Zeroizing::new(vec![0; offset]);
        bytes.extend_from_slice(secret.as_bytes());
        // Each character holds six bits; the first and the last ones are shared with the neighbours.
        let first = (offset * 8).div_ceil(6);
        let end = bytes.len() * 8 / 6;
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let encoded = Zeroizing::new(engine.encode(&*bytes));
            // Below the telling length a core is a word that may stand in any text.
            if end >= first + TELLING_PREFIX {
                cores.push(Zeroizing::new(encoded[first..end].to_owned()));
            }
        }
    }
    cores
}

/// Follows every reading of `text` as an encoding of `secret` at once, and returns where the longest one ends.
fn matched_length(text: &str, secret: &str) -> usize {
    let mut ends = vec![0_usize];
    for (matched, wanted) in secret.chars().enumerate() {
        let mut next: Vec<usize> = Vec::new();
        for &at in &ends {
            for length in encodings_at(&text[at..], wanted) {
                if !next.contains(&(at + length)) {
                    next.push(at + length);
                }
            }
        }
        if next.is_empty() {
            let telling = matched >= TELLING_PREFIX;
            return if telling { ends.into_iter().max().unwrap_or(0) } else { 0 };
        }
        ends = next;
    }
    ends.into_iter().max().unwrap_or(0)
}

/// The lengths of all ways in which `text` starts with `wanted`.
fn encodings_at(text: &str, wanted: char) -> impl Iterator<Item = usize> {
    let raw = text.starts_with(wanted).then_some(wanted.len_utf8());
    let plus = (wanted == ' ' && text.starts_with('+')).then_some(1);
    let escaped = match text.strip_prefix('\\') {
        Some(rest) if "\"\\/'".contains(wanted) && rest.starts_with(wanted) => Some(2),
        Some(_) => json_unicode_length(text, wanted),
        None => None,
    };
    let percent = percent_length(text, wanted);
    let entity = html_entity_length(text, wanted);
    [raw, plus, escaped, percent, entity].into_iter().flatten()
}

fn percent_length(text: &str, wanted: char) -> Option<usize> {
    let mut buffer = [0; 4];
    let mut at = 0;
    for byte in wanted.encode_utf8(&mut buffer).bytes() {
        let digits = text.get(at..at + 3)?.strip_prefix('%')?;
        if u8::from_str_radix(digits, 16).ok()? != byte {
            return None;
        }
        at += 3;
    }
    Some(at)
}

fn json_unicode_length(text: &str, wanted: char) -> Option<usize> {
    let mut buffer = [0; 2];
    let mut at = 0;
    for unit in wanted.encode_utf16(&mut buffer) {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        if u16::from_str_radix(digits, 16).ok()? != *unit {
            return None;
        }
        at += 6;
    }
    Some(at)
}

fn html_entity_length(text: &str, wanted: char) -> Option<usize> {
    /// `&#x10FFFF;` is the longest entity that is read.
    const LONGEST: usize = 10;
    let body = text.strip_prefix('&')?;
    let end = body.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let name = &body[..end];
    let means = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let hex = number.strip_prefix(['x', 'X']).map(|digits| u32::from_str_radix(digits, 16));
            char::from_u32(hex.unwrap_or_else(|| number.parse()).ok()?)
        }
    };
    (means == Some(wanted)).then_some(end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "s3cr3t+/=&% ü\"quoted\"";

    fn redactor() -> Redactor {
        let mut redactor = Redactor::default();
        redactor.hide(SECRET);
        redactor
    }

    #[test]
    fn every_encoding_is_recognised_whole() {
        let form = percent_encoding::utf8_percent_encode(SECRET, percent_encoding::NON_ALPHANUMERIC).to_string();
        let hex: String = SECRET.bytes().map(|byte| format!("{byte:02X}")).collect();
        let json = serde_json::to_string(SECRET).unwrap();
        for encoded in [
            SECRET.to_owned(),
            form.replace("%20", "+"),
            form.to_lowercase(),
            form,
            json[1..json.len() - 1].to_owned(),
            "s3cr3t+\\/=&% \\u00fc\\\"quoted\\\"".to_owned(),
            "s3cr3t+/=&amp;% &#252;&quot;quoted&#x22;".to_owned(),
            hex,
        ] {
            assert_eq!(redactor().length_at(&encoded), encoded.len(), "{encoded}");
        }
    }

    #[test]
    fn base64_around_it_is_recognised_at_every_offset() {
        for before in ["", "a", "ab", "abc", "client:"] {
            for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
                let text = engine.encode(format!("{before}{SECRET}&after"));
                let found = (0..text.len()).any(|at| redactor().length_at(&text[at..]) > 20);
                assert!(found, "{before}: {text}");
            }
        }
    }

    #[test]
    fn a_cut_secret_is_recognised_and_a_few_letters_are_not() {
        assert_eq!(redactor().length_at("s3cr3t+/="), 9);
        assert_eq!(redactor().length_at("s3cr3t and more"), 6);
        assert_eq!(redactor().length_at("s3cr is short"), 0);
        assert_eq!(redactor().length_at("ünrelated"), 0);
    }
}
