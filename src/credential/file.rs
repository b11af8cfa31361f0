//! The secret from a file, a pipe or standard input.

use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use super::{LONGEST_SECRET, SecretError, secret_line};
use crate::deadline::Deadline;
use crate::input;
use crate::secret::Secret;

pub fn read(path: &Path, deadline: Deadline) -> Result<Secret, SecretError> {
    let read = secret_line(input::read_file(path, LONGEST_SECRET, deadline));
    read.map_err(|problem| SecretError::File(path.to_owned(), problem))
}

/// What is piped in, or typed.
pub fn read_stdin(deadline: Deadline) -> Result<Secret, SecretError> {
    secret_line(input::read(&mut io::stdin().lock(), LONGEST_SECRET, deadline)).map_err(SecretError::Stdin)
}

/// Whether the path may be the secret itself, given by mistake: no such file exists, and the name looks generated.
/// Servers make secrets of letters and digits, hexadecimal digits, or base64, which may contain a `/`.
pub fn looks_like_a_secret(path: &Path) -> bool {
    const SHORTEST: usize = 16;
    /// More than a year and a number.
    const MANY_DIGITS: usize = 6;
    let name = path.as_os_str().as_bytes();
    let has = |is_one: fn(&u8) -> bool| name.iter().any(is_one);
    let is_mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit);
    let may_be = match name.first() {
        Some(b'.' | b'~') | None => false,
        Some(_) if name.contains(&b'/') => is_mixed && (name.ends_with(b"=") || name.contains(&b'+')),
        Some(_) => is_mixed || name.iter().filter(|byte| byte.is_ascii_digit()).count() >= MANY_DIGITS,
    };
    name.len() >= SHORTEST && may_be && !name.contains(&b'.') && !path.exists()
}
