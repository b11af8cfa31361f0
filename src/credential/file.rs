//! The secret from a file, a pipe or standard input.

use std::io;
use std::path::Path;

use zeroize::Zeroizing;

use super::{LONGEST_SECRET, secret_line};
use crate::deadline::Deadline;
use crate::error::{Exit, Failure, reason};
use crate::input;
use crate::secret::Secret;

pub fn read(path: &Path, deadline: Deadline) -> Result<Secret, Failure> {
    let what = format!("cannot read the client secret from `{}`", path.display());
    let hint = if path.starts_with("~") { "the shell did not expand `~`: write the whole path" } else { "" };
    into_secret(input::read_file(path, LONGEST_SECRET, deadline), &what).map_err(|failure| failure.hint(hint))
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
