//! The secret from a file, a pipe or standard input.

use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use zeroize::Zeroizing;

use super::{LONGEST_SECRET, secret_line};
use crate::deadline::Deadline;
use crate::error::{Exit, Failure, reason};
use crate::input;
use crate::secret::Secret;

pub fn read(path: &Path, deadline: Deadline) -> Result<Secret, Failure> {
    let what = format!("cannot read the client secret from {}", shown(path));
    let hint = match path {
        path if path.starts_with("~") => "the shell did not expand `~`: write the whole path",
        path if looks_like_a_secret(path) => "is it the secret itself? That belongs into CATENA_CLIENT_SECRET",
        _ => "",
    };
    into_secret(input::read_file(path, LONGEST_SECRET, deadline), &what).map_err(|failure| failure.hint(hint))
}

/// A file by its path, unless that may be the secret.
pub fn shown(path: &Path) -> String {
    if looks_like_a_secret(path) { "a file that is not named here".to_owned() } else { format!("`{}`", path.display()) }
}

/// Whether the path may be the secret itself, given by mistake: no such file exists, and the name looks generated.
/// Servers make secrets of letters and digits, hexadecimal digits, or base64, which may contain a `/`.
fn looks_like_a_secret(path: &Path) -> bool {
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

/// What is piped in, or typed.
pub fn read_stdin(deadline: Deadline) -> Result<Secret, Failure> {
    let mut stdin = io::stdin().lock();
    let read = input::read(&mut stdin, LONGEST_SECRET, deadline);
    into_secret(read, "cannot read the client secret from standard input")
}

fn into_secret(read: io::Result<Zeroizing<Vec<u8>>>, what: &str) -> Result<Secret, Failure> {
    let mut bytes = read.map_err(|error| Failure::new(Exit::Setup, what, reason(&error)))?;
    secret_line(std::mem::take(&mut *bytes)).map_err(|why| Failure::new(Exit::Setup, what, why))
}
