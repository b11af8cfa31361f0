//! Standard output: writes all of a text, or fails.

use std::io;
use std::os::fd::AsFd;

use rustix::event::PollFlags;
use rustix::io::Errno;
use thiserror::Error;

use crate::base::clock::Deadline;
use crate::os::input::is_ready;

/// A failed write to stdout.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub struct OutputError(pub io::Error);

/// Writes all of `text` to stdout. A closed pipe is success, because its reader wanted no more. A closed descriptor is an
/// error, which std would ignore.
#[allow(clippy::disallowed_methods, reason = "the one place that writes to stdout")]
pub fn print(text: impl AsRef<[u8]>) -> Result<(), OutputError> {
    match write_all(io::stdout(), text.as_ref()) {
        Err(Errno::PIPE) => Ok(()),
        written => written.map_err(|error| OutputError(error.into())),
    }
}

/// Writes all of `bytes`, in one write if possible. Waits while a pipe is full, even if another program has made it
/// non-blocking for all who share it (Node does).
pub fn write_all(to: impl AsFd, mut bytes: &[u8]) -> Result<(), Errno> {
    while !bytes.is_empty() {
        match rustix::io::write(&to, bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => drop(is_ready(to.as_fd(), PollFlags::OUT, Deadline::never())?),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
