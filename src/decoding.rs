//! The ways in which a text can be read: as it stands, and with its encodings undone, layer by layer.
//!
//! It undoes percent-encoding, JSON and C escapes, HTML entities and quoted-printable, all at once, because what looks
//! for a secret does not know which of them somebody used, or how often.

use std::ops::Range;

/// One character as it is read, and the bytes of the text that stand for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub c: char,
    pub bytes: Range<usize>,
}

/// No server encodes more often by accident.
const MOST_LAYERS: usize = 3;

/// The text itself first, then with one layer after the other undone, as long as that changes anything.
pub fn readings(text: &str) -> Vec<Vec<Piece>> {
    let raw = text.char_indices().map(|(at, c)| Piece { c, bytes: at..at + c.len_utf8() }).collect();
    let mut readings: Vec<Vec<Piece>> = vec![raw];
    for layer in 0..MOST_LAYERS {
        let undone = undo_layer(&readings[layer]);
        if undone.len() == readings[layer].len() {
            break;
        }
        readings.push(undone);
    }
    readings
}

fn undo_layer(pieces: &[Piece]) -> Vec<Piece> {
    let mut undone = Vec::with_capacity(pieces.len());
    let mut rest = pieces;
    while let Some(first) = rest.first() {
        let (text, length) = escape_at(rest).unwrap_or_else(|| (first.c.to_string(), 1));
        let bytes = first.bytes.start..rest[length - 1].bytes.end;
        undone.extend(text.chars().map(|c| Piece { c, bytes: bytes.clone() }));
        rest = &rest[length..];
    }
    undone
}

/// What an escape at the start of `pieces` means, and how many pieces it takes.
fn escape_at(pieces: &[Piece]) -> Option<(String, usize)> {
    match pieces.first()?.c {
        '%' if pieces.get(1)?.c == 'u' => utf16(pieces, '%'),
        '%' => coded_bytes(pieces, &['%']),
        '=' => coded_bytes(pieces, &['=']),
        '&' => entity(pieces),
        '\\' => match pieces.get(1)?.c {
            'x' => coded_bytes(pieces, &['\\', 'x']),
            'u' if pieces.get(2)?.c == '{' => braced(pieces),
            'u' => utf16(pieces, '\\'),
            '0'..='3' => octal(pieces),
            c @ ('"' | '\\' | '/' | '\'') => Some((c.to_string(), 2)),
            _ => None,
        },
        _ => None,
    }
}

/// A run of bytes in hex, each after `prefix`, taken together as UTF-8.
fn coded_bytes(pieces: &[Piece], prefix: &[char]) -> Option<(String, usize)> {
    let step = prefix.len() + 2;
    let bytes: Vec<u8> = pieces
        .chunks_exact(step)
        .map_while(|chunk| {
            let starts = chunk.iter().zip(prefix).all(|(piece, c)| piece.c == *c);
            starts.then(|| number(&chunk[prefix.len()..], 16)).flatten().and_then(|byte| u8::try_from(byte).ok())
        })
        .collect();
    (!bytes.is_empty()).then(|| (String::from_utf8_lossy(&bytes).into_owned(), bytes.len() * step))
}

/// `\053`
fn octal(pieces: &[Piece]) -> Option<(String, usize)> {
    let byte = number(pieces.get(1..4)?, 8)?;
    Some((char::from(u8::try_from(byte).ok()?).to_string(), 4))
}

/// `\u{200b}`, as we escape what cannot be seen.
fn braced(pieces: &[Piece]) -> Option<(String, usize)> {
    /// No character has more digits.
    const DIGITS: usize = 6;
    let digits = pieces.get(3..)?.iter().take(DIGITS + 1).position(|piece| piece.c == '}')?;
    let c = char::from_u32(number(&pieces[3..3 + digits], 16)?)?;
    (digits > 0).then(|| (c.to_string(), digits + 4))
}

/// A run of `\uXXXX` or `%uXXXX`, taken together as UTF-16.
fn utf16(pieces: &[Piece], sign: char) -> Option<(String, usize)> {
    const STEP: usize = 6;
    let units: Vec<u16> = pieces
        .chunks_exact(STEP)
        .map_while(|chunk| {
            let starts = chunk[0].c == sign && chunk[1].c == 'u';
            starts.then(|| number(&chunk[2..], 16)).flatten().and_then(|unit| u16::try_from(unit).ok())
        })
        .collect();
    (!units.is_empty()).then(|| (String::from_utf16_lossy(&units), units.len() * STEP))
}

/// `&amp;`, `&#38;`, `&#x26;`: with leading zeros, and without the semicolon too, as browsers read it.
fn entity(pieces: &[Piece]) -> Option<(String, usize)> {
    /// Longer than any name in use and any number with zeros before it.
    const LONGEST: usize = 16;
    let body = &pieces[1..];
    let is_part = |piece: &&Piece| piece.c.is_ascii_alphanumeric() || piece.c == '#';
    let name: String = body.iter().take(LONGEST).take_while(is_part).map(|piece| piece.c).collect();
    let c = match name.strip_prefix('#') {
        Some(digits) => {
            let hex = digits.strip_prefix(['x', 'X']).map(|hex| u32::from_str_radix(hex, 16));
            char::from_u32(hex.unwrap_or_else(|| digits.parse()).ok()?)?
        }
        None => named(&name)?,
    };
    let semicolon = usize::from(body.get(name.len()).is_some_and(|piece| piece.c == ';'));
    Some((c.to_string(), 1 + name.len() + semicolon))
}

/// The names of the ASCII characters that encoders escape.
fn named(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "sol" => '/',
        "bsol" => '\\',
        "plus" => '+',
        "equals" => '=',
        "percnt" => '%',
        "num" => '#',
        "excl" => '!',
        "quest" => '?',
        "commat" => '@',
        "dollar" => '$',
        "ast" => '*',
        "colon" => ':',
        "semi" => ';',
        "lpar" => '(',
        "rpar" => ')',
        "lowbar" => '_',
        "period" => '.',
        "comma" => ',',
        "lbrack" | "lsqb" => '[',
        "rbrack" | "rsqb" => ']',
        "lbrace" | "lcub" => '{',
        "rbrace" | "rcub" => '}',
        "vert" | "verbar" => '|',
        "grave" => '`',
        "Hat" => '^',
        "nbsp" => ' ',
        _ => return None,
    })
}

fn number(digits: &[Piece], radix: u32) -> Option<u32> {
    digits.iter().try_fold(0, |number, piece| Some(number * radix + piece.c.to_digit(radix)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        readings(text).iter().map(|reading| reading.iter().map(|piece| piece.c).collect()).collect()
    }

    #[test]
    fn every_layer_is_undone_in_turn() {
        assert_eq!(read("a%2Fb"), ["a%2Fb", "a/b"]);
        assert_eq!(read("%25C3%25BC"), ["%25C3%25BC", "%C3%BC", "ü"]);
        assert_eq!(read("&#000000115;&sol;&plus;&#x26;&#38"), ["&#000000115;&sol;&plus;&#x26;&#38", "s/+&&"]);
        assert_eq!(read(r"\u00fc\/\x41\ud83d\ude00"), [r"\u00fc\/\x41\ud83d\ude00", "ü/A😀"]);
        assert_eq!(read("=C3=BC"), ["=C3=BC", "ü"]);
        assert_eq!(read(r"a\u{200b}\u{fc}"), [r"a\u{200b}\u{fc}", "a\u{200b}ü"]);
        assert_eq!(read(r"%u0070\053&period;"), [r"%u0070\053&period;", "p+."]);
    }

    #[test]
    fn what_is_no_escape_stays() {
        for text in [
            "100% \\ & =",
            "%zz \\q &nosuch; &#xFFFFFFFF;",
            "%",
            "\\",
            "&",
            "\\u12",
            "&#",
            "\\u{}",
            "\\u{12",
            "\\u{1234567}",
        ] {
            assert_eq!(read(text), [text]);
        }
    }

    #[test]
    fn a_piece_knows_its_bytes() {
        let undone = &readings("x%C3%BCy")[1];
        assert_eq!(undone[1], Piece { c: 'ü', bytes: 1..7 });
    }
}
