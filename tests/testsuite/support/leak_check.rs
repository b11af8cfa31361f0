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
