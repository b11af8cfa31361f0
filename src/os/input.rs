//! Reads files, pipes and devices that the user names, with bounded size and time.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use zeroize::Zeroizing;

use crate::base::clock::Deadline;

/// Reads all of `path`: a regular file, a FIFO, `/dev/fd/N`. Errors: `FileTooLarge` for more than `most` bytes,
/// `TimedOut` for a FIFO without a writer at `deadline`.
pub fn read_file(path: &Path, most: usize, deadline: Deadline) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut file = File::options().read(true).custom_flags(rustix::fs::OFlags::NONBLOCK.bits() as i32).open(path)?;
    read(&mut file, most, deadline)
}

/// Reads all of `source`, by `deadline`.
pub fn read(source: &mut (impl io::Read + AsFd), most: usize, deadline: Deadline) -> io::Result<Zeroizing<Vec<u8>>> {
    /// In bytes; nearly every secret and token fits.
    const PIECE: usize = 4 * 1024;
    let mut bytes = Zeroizing::new(Vec::with_capacity(PIECE));
    while bytes.len() <= most {
        if !is_ready(source.as_fd(), PollFlags::IN, deadline)? {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let length = bytes.len();
        // Not `reserve`, which would leave the old allocation unwiped.
        if length == bytes.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(2 * length));
            larger.extend_from_slice(&bytes);
            bytes = larger;
        }
        let end = bytes.capacity().min(most + 1);
        bytes.resize(end, 0);
        let read = source.read(&mut bytes[length..]);
        bytes.truncate(length + read.as_ref().copied().unwrap_or(0));
        match read {
            Ok(0) => return Ok(bytes),
            Ok(_) => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock) => {}
            Err(error) => return Err(error),
        }
    }
    Err(too_long(most))
}

pub fn too_long(most: usize) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, format!("it is longer than {} KiB", most / 1024))
}

/// Waits until a read or write would not block (data, room, end of file or error); `false` once `deadline` has passed.
pub fn is_ready(fd: BorrowedFd<'_>, what: PollFlags, deadline: Deadline) -> Result<bool, Errno> {
    loop {
        let left = deadline.left().and_then(|left| Timespec::try_from(left).ok());
        match poll(&mut [PollFd::from_borrowed_fd(fd, what)], left.as_ref()) {
            Err(Errno::INTR) => {}
            ready => return ready.map(|ready| ready > 0),
        }
    }
}
