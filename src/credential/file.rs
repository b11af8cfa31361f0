//! The secret from a file, a pipe or standard input, in bounded size and time.

use std::fs::File;
use std::io::{self, IsTerminal as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use zeroize::Zeroizing;

use super::{LONGEST_SECRET, secret_line};
use crate::deadline::Deadline;
use crate::error::{Exit, Failure, reason};
use crate::secret::Secret;

/// A regular file, a FIFO, `/dev/fd/N`. A FIFO that nobody writes to is given up at `deadline`.
pub fn read(path: &Path, deadline: Deadline) -> Result<Secret, Failure> {
    let what = format!("cannot read the client secret from `{}`", path.display());
    let opened = File::options().read(true).custom_flags(rustix::fs::OFlags::NONBLOCK.bits() as i32).open(path);
    let read = opened.and_then(|mut file| read_bounded(&mut file, deadline));
    into_secret(read, &what)
}

/// What is piped in; a person who types it there is not hurried.
pub fn read_stdin(deadline: Deadline) -> Result<Secret, Failure> {
    let mut stdin = io::stdin().lock();
    let deadline = if stdin.is_terminal() { Deadline::never() } else { deadline };
    into_secret(read_bounded(&mut stdin, deadline), "cannot read the client secret from standard input")
}

fn into_secret(read: io::Result<Zeroizing<Vec<u8>>>, what: &str) -> Result<Secret, Failure> {
    let mut bytes = read.map_err(|error| Failure::new(Exit::Setup, what, reason(&error)))?;
    secret_line(std::mem::take(&mut *bytes)).map_err(|why| Failure::new(Exit::Setup, what, why))
}

/// Everything up to the end, waiting for each piece no longer than `deadline` allows.
fn read_bounded(source: &mut (impl io::Read + AsFd), deadline: Deadline) -> io::Result<Zeroizing<Vec<u8>>> {
    // Room for all of it, so that no reallocation leaves a part behind in memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST_SECRET + 1));
    let mut chunk = Zeroizing::new([0; 4096]);
    while bytes.len() <= LONGEST_SECRET {
        wait_readable(source.as_fd(), deadline)?;
        let room = chunk.len().min(LONGEST_SECRET + 1 - bytes.len());
        match source.read(&mut chunk[..room]) {
            Ok(0) => return Ok(bytes),
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
            Err(error) if matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock) => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("it is longer than 64 KiB"))
}

/// Returns when a read would not block: there is data, the end, or an error.
fn wait_readable(fd: BorrowedFd<'_>, deadline: Deadline) -> io::Result<()> {
    if is_readable_by(fd, deadline)? {
        Ok(())
    } else {
        Err(io::Error::other("nothing came before the time of --timeout was used up"))
    }
}

/// Whether a read would not block, as soon as that is so or `deadline` has passed.
pub(super) fn is_readable_by(fd: BorrowedFd<'_>, deadline: Deadline) -> io::Result<bool> {
    loop {
        let left = deadline.left().and_then(|left| Timespec::try_from(left).ok());
        match poll(&mut [PollFd::from_borrowed_fd(fd, PollFlags::IN)], left.as_ref()) {
            Ok(ready) => return Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}
