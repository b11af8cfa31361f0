//! The leak check: secrets in every encoding that must not appear in an output.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// Every encoding of `secret` that a careless program or a reflecting server could print.
pub fn forms(id: &str, secret: &str) -> Vec<String> {
    let form = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let percent = form(secret).replace('+', "%20");
    vec![
        secret.to_owned(),
        form(secret),
        lower_hex(&percent),
        percent,
        STANDARD.encode(secret),
        URL_SAFE.encode(secret),
        STANDARD.encode(format!("{}:{}", form(id), form(secret))),
        secret.bytes().map(|byte| format!("{byte:02x}")).collect(),
    ]
}

/// An assertion, and each of its parts: a cut answer may show one alone.
pub fn assertion(jwt: &str) -> Vec<String> {
    std::iter::once(jwt).chain(jwt.split('.')).filter(|part| part.len() > SHORT).map(str::to_owned).collect()
}

/// The lines of a private key's PEM text.
pub fn key(pem: &str) -> Vec<String> {
    let lines = pem.lines().map(str::trim);
    lines.filter(|line| line.len() > SHORT && !line.contains(['-', ' '])).map(str::to_owned).collect()
}

/// What must not appear of a variable that holds a credential itself.
pub fn variable(name: &str, value: &str) -> Vec<String> {
    match name {
        "CATENA_CLIENT_ASSERTION" => assertion(value),
        "CATENA_SIGNING_KEY" => key(value),
        // GitHub's runner gives an assertion for it.
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN" => [assertion(value), forms("", value)].concat(),
        _ => Vec::new(),
    }
}

/// A shorter text may stand in an output by chance.
const SHORT: usize = 16;

/// `%2B` as `%2b`.
fn lower_hex(percent: &str) -> String {
    let mut digits = 0;
    let lower = |c: char| {
        digits = if c == '%' { 3_u8 } else { digits }.saturating_sub(1);
        if digits > 0 || c != '%' && digits == 0 { c } else { c.to_ascii_lowercase() }
    };
    percent.chars().map(lower).collect()
}

/// Fails if `text` contains one of `hidden`.
pub fn assert_absent(hidden: &[String], text: &str, place: &str) {
    for form in hidden.iter().filter(|form| !form.is_empty()) {
        assert!(!text.contains(form.as_str()), "'{form}' leaked to {place}: {text}");
    }
}

/// Fails if a file below `directory` contains one of `hidden`, except for `inputs`.
pub fn assert_absent_below(hidden: &[String], directory: &Path, inputs: &[std::path::PathBuf]) {
    for entry in fs::read_dir(directory).unwrap().flatten() {
        let path = entry.path();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            assert_absent_below(hidden, &path, inputs);
        } else if kind.is_file() && !inputs.contains(&path) {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            assert_absent(hidden, &text, &path.display().to_string());
        }
    }
}
