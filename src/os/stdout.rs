//! Standard output: writes all of a text, or fails.

use std::io;

use rustix::io::Errno;
use thiserror::Error;

/// A failed write to stdout.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub struct OutputError(pub io::Error);

/// Writes all of `text` to stdout, in one write if possible. A closed pipe is success, because its reader wanted no
/// more. A closed descriptor is an error, which std would ignore.
#[allow(clippy::disallowed_methods, reason = "the one place that writes to stdout")]
pub fn print(text: impl AsRef<[u8]>) -> Result<(), OutputError> {
    let stdout = io::stdout();
    let mut rest = text.as_ref();
    while !rest.is_empty() {
        match rustix::io::write(&stdout, rest) {
            Ok(written) => rest = &rest[written..],
            Err(Errno::INTR) => {}
            Err(Errno::PIPE) => return Ok(()),
            Err(error) => return Err(OutputError(error.into())),
        }
    }
    Ok(())
}
