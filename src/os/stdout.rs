//! Standard output: all of a text, or a failure.

use std::io;

use rustix::io::Errno;
use thiserror::Error;

/// Why stdout takes no more.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub struct OutputError(pub io::Error);

/// Writes all of `text` to stdout, in one write if possible. A closed pipe is success: its reader wanted no more.
///
/// std's stdout ignores a closed descriptor, so that a lost token would pass unnoticed.
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
