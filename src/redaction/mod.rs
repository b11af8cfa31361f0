//! Finds a secret in a text that somebody else wrote, however they encoded it.
//!
//! A server, a portal or a debugging proxy may send back what it was sent: as it was, encoded in layers, in base64 or
//! hex, wrapped into lines, masked in part, or cut. So eight characters of a secret in a row are a find, wherever in it
//! they stand and whatever punctuation lies between them, and the whole word around a find is hidden.

mod forms;

use std::collections::HashMap;
use std::ops::Range;

use zeroize::Zeroizing;

use crate::decoding::{Piece, readings};
use forms::forms;

/// As many characters of a secret in a row are a part of it and no accident. Fewer give little of it away, and would
/// make `client` or `service` in a secret that a person made hide these words in every message.
const TELLING: usize = 8;

/// No secret is longer. Of a token of a megabyte, as only a hostile server sends it, as much is looked for.
const LONGEST: usize = 64 * 1024;

/// What must never be shown.
#[derive(Clone, Default)]
pub struct Redactor {
    secrets: Vec<Zeroizing<String>>,
}

impl Redactor {
    /// Hides `secret` in every form; an empty one hides nothing.
    pub fn hide(&mut self, secret: &str) {
        self.secrets.push(Zeroizing::new(beginning(secret, LONGEST).to_owned()));
    }

    /// The same for a token, which may be longer, and then is known by its beginning and its end. A short one is a word that
    /// may stand in any text.
    pub fn hide_token(&mut self, token: &str) {
        if token.len() >= TELLING {
            self.hide(token);
            if token.len() > LONGEST {
                let end = (token.len() - LONGEST..=token.len()).find(|at| token.is_char_boundary(*at));
                self.hide(&token[end.unwrap_or(0)..]);
            }
        }
    }

    /// Hides what both hide.
    pub fn and(mut self, other: Self) -> Self {
        self.secrets.extend(other.secrets);
        self
    }

    /// The bytes of `text` that must not be shown, in order and apart from each other.
    ///
    /// The effort grows with the text and with the secrets, not with their product.
    pub fn ranges(&self, text: &str) -> Vec<Range<usize>> {
        if self.secrets.is_empty() {
            return Vec::new();
        }
        let readings = readings(text);
        let mut found = Vec::new();
        let forms: Vec<_> = self.secrets.iter().flat_map(|secret| forms(secret)).collect();
        for keeps in [is_letter_or_digit, is_no_blank] {
            let mut index = Index::new(&readings, keeps);
            forms.iter().for_each(|form| index.find(form, text, &mut found));
        }
        for secret in self.secrets.iter().filter(|secret| secret.chars().filter(|c| is_no_blank(*c)).count() < TELLING)
        {
            find_whole(secret, &readings, &mut found);
        }
        merged(found)
    }
}

/// At most the first `bytes` of `text`, in whole characters.
pub fn beginning(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}

/// What a text is compared by: once without its punctuation, which encoders change and loggers insert, and once with it.
type Keeps = fn(char) -> bool;

fn is_letter_or_digit(c: char) -> bool {
    c.is_alphanumeric()
}

/// A `+` may stand for a blank.
fn is_no_blank(c: char) -> bool {
    !(c.is_whitespace() || c.is_control() || c == '+')
}

/// Every place in a text's readings where eight characters begin, by these characters.
struct Index {
    keeps: Keeps,
    kept: Vec<Vec<Piece>>,
    places: HashMap<u64, Vec<(usize, usize)>>,
    /// A bit for each place, by a part of its key: nearly all of a token's places are none of the text's, and are passed
    /// over by a look at it.
    filter: Vec<u64>,
}

/// For a text of 8 KiB, one bit in eight.
const FILTER_BITS: u32 = 16;

impl Index {
    fn new(readings: &[Vec<Piece>], keeps: Keeps) -> Self {
        let lower = |piece: &Piece| Piece { c: piece.c.to_ascii_lowercase(), bytes: piece.bytes.clone() };
        let keep = |reading: &Vec<Piece>| reading.iter().filter(|piece| keeps(piece.c)).map(lower).collect();
        let kept: Vec<Vec<Piece>> = readings.iter().map(keep).collect();
        let mut places: HashMap<u64, Vec<(usize, usize)>> = HashMap::new();
        let mut filter = vec![0; (1 << FILTER_BITS) / 64];
        for (reading, pieces) in kept.iter().enumerate() {
            for (end, key) in keys(pieces.iter().map(|piece| piece.c)) {
                let (word, bit) = place_in_filter(key);
                filter[word] |= bit;
                places.entry(key).or_default().push((reading, end - TELLING));
            }
        }
        Self { keeps, kept, places, filter }
    }

    /// Adds where telling parts of `form` stand in `text`. Each place is found once, whoever looks for it.
    fn find(&mut self, form: &str, text: &str, found: &mut Vec<Range<usize>>) {
        let keeps = self.keeps;
        for (_, key) in keys(form.chars().filter(|c| keeps(*c)).map(|c| c.to_ascii_lowercase())) {
            let (word, bit) = place_in_filter(key);
            if self.filter[word] & bit == 0 {
                continue;
            }
            for (reading, at) in self.places.remove(&key).into_iter().flatten() {
                let range = bytes_of(&self.kept[reading][at..at + TELLING]);
                if !found.last().is_some_and(|word| word.start <= range.start && range.end <= word.end) {
                    found.push(word_around(range, text));
                }
            }
        }
    }
}

/// Eight characters in a row in eight bytes, with the place behind them. Of characters outside of ASCII two may look
/// alike, which hides a word too many: a token has thousands of places to be compared, and this is what each costs.
fn keys(characters: impl Iterator<Item = char>) -> impl Iterator<Item = (usize, u64)> {
    let byte = |c: char| u64::from((u32::from(c) ^ (u32::from(c) >> 8) ^ (u32::from(c) >> 16)) & 0xff);
    let rolled = characters.scan(0_u64, move |key, c| {
        *key = *key << 8 | byte(c);
        Some(*key)
    });
    (1..).zip(rolled).skip(TELLING - 1)
}

fn place_in_filter(key: u64) -> (usize, u64) {
    // Fibonacci hashing: the highest bits of the product depend on all of the key's.
    let bit = key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - FILTER_BITS);
    ((bit / 64) as usize, 1 << (bit % 64))
}

/// A secret that is short, or mostly blanks, stands for itself alone: hiding every word with it would hide the message.
fn find_whole(secret: &str, readings: &[Vec<Piece>], found: &mut Vec<Range<usize>>) {
    let alike = |c: char| if c == '+' { ' ' } else { c.to_ascii_lowercase() };
    let wanted: Zeroizing<Vec<char>> = Zeroizing::new(secret.chars().map(alike).collect());
    if wanted.is_empty() {
        return;
    }
    for window in readings.iter().flat_map(|pieces| pieces.windows(wanted.len())) {
        if window.iter().map(|piece| alike(piece.c)).eq(wanted.iter().copied()) {
            found.push(bytes_of(window));
        }
    }
}

fn bytes_of(pieces: &[Piece]) -> Range<usize> {
    let start = pieces.first().map_or(0, |piece| piece.bytes.start);
    start..pieces.last().map_or(start, |piece| piece.bytes.end)
}

/// Wider up to the blanks, quotes or brackets around it: what was not recognised beside a find belongs to it.
fn word_around(range: Range<usize>, text: &str) -> Range<usize> {
    let is_edge = |c: char| c.is_whitespace() || "\"'`<>".contains(c);
    let start = text[..range.start].rmatch_indices(is_edge).next().map_or(0, |(at, edge)| at + edge.len());
    let end = text[range.end..].find(is_edge).map_or(text.len(), |at| range.end + at);
    start..end
}

fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

    use super::*;

    const SECRET: &str = "s3cr3t+/=&% ü\"quoted\"";

    /// What is left of `text` when `secret` is hidden.
    fn left(text: &str, secret: &str) -> String {
        let mut redactor = Redactor::default();
        redactor.hide(secret);
        let mut left = text.to_owned();
        for range in redactor.ranges(text).into_iter().rev() {
            left.replace_range(range, "#");
        }
        left
    }

    #[test]
    fn every_encoding_is_hidden() {
        let percent = percent_encoding::utf8_percent_encode(SECRET, percent_encoding::NON_ALPHANUMERIC).to_string();
        let json = serde_json::to_string(SECRET).unwrap();
        for encoded in [
            percent.replace("%20", "+"),
            percent.replace('%', "%25"),
            percent.to_lowercase(),
            percent,
            json[1..json.len() - 1].replace(' ', "\\u0020"),
            "s3cr3t+\\/=\\u0026%\\u0020\\u00fc\\\"quoted\\\"".to_owned(),
            "s3cr3t&plus;&sol;&equals;&amp;&percnt;&#32;&#0000252;&quot;quoted&#x22;".to_owned(),
            SECRET.bytes().map(|byte| format!("{byte:02X}")).collect(),
            SECRET.bytes().map(|byte| format!("\\x{byte:02x}")).collect(),
            SECRET.bytes().map(|byte| format!("{byte:02x}:")).collect(),
            SECRET.bytes().map(|byte| format!("={byte:02X}")).collect(),
        ] {
            assert_eq!(left(&format!("a {encoded} b"), SECRET), "a # b", "{encoded}");
        }
    }

    #[test]
    fn base64_around_it_is_hidden_at_every_offset() {
        let form: String = form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
        for before in ["", "a", "ab", "abc", "client:"] {
            for inner in [SECRET, &form] {
                for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
                    let text = engine.encode(format!("{before}{inner}&after"));
                    assert_eq!(left(&format!("<p>{text}</p>"), SECRET), "<p>#</p>", "{text}");
                }
            }
        }
    }

    #[test]
    fn a_part_of_it_is_hidden_and_a_few_letters_are_not() {
        let secret = "aBcD3fGhIjKlMnOpQr012345";
        for (text, expected) in [
            ("cut aBcD3fGhI", "cut #"),
            ("partly ***3fGhIjKlMnOpQr012345!", "partly #"),
            ("spaced aBcD3 fGhIj KlMnO", "spaced #"),
            ("lower abcd3fghijklmnopqr012345", "lower #"),
            ("in \"aBcD3fGhIjKlMnOpQr012345\",", "in \"#\","),
            ("aBcD3fG is short", "aBcD3fG is short"),
            ("unrelated", "unrelated"),
        ] {
            let hidden = left(text, secret);
            assert!(
                hidden == expected || expected.starts_with("spaced") && !hidden.contains("fGhIj"),
                "{text}: {hidden}"
            );
        }
    }

    #[test]
    fn a_short_secret_hides_itself_alone() {
        assert_eq!(left("it was abc here, ABC", "abc"), "it was # here, #");
        assert_eq!(left("a text", "a"), "# text");
        assert_eq!(left("anything", ""), "anything");
        for secret in ["pass+12", "my pass", "Ab cd ef", "a+b+c+d+e+f+g+"] {
            assert_eq!(left(&format!("got {secret}!"), secret), "got #!");
        }
    }

    #[test]
    fn hostile_texts_take_no_time_to_speak_of() {
        let backslashes = "\\".repeat(8 * 1024);
        assert_eq!(left(&backslashes, &"\\".repeat(64 * 1024)), "#");
        left(&"%25".repeat(2_700), &"25".repeat(32 * 1024));
    }
}
