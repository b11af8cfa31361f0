//! Files, pipes and devices that the user names, read in bounded size and time.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use zeroize::Zeroizing;

use crate::base::deadline::Deadline;

/// Opens and reads all of `path`: a regular file, a FIFO, `/dev/fd/N`. More than `most` bytes are an error
/// (`FileTooLarge`), and so is a FIFO without a writer at `deadline` (`TimedOut`).
pub fn read_file(path: &Path, most: usize, deadline: Deadline) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut file = File::options().read(true).custom_flags(rustix::fs::OFlags::NONBLOCK.bits() as i32).open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return read(&mut file, most, deadline);
    }
    // A file has a length and no wait: one allocation, so that no unwiped copy stays in memory.
    let length = usize::try_from(metadata.len()).unwrap_or(usize::MAX).min(most);
    let mut bytes = Zeroizing::new(Vec::with_capacity(length + 1));
    file.take(most as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > most { Err(too_long(most)) } else { Ok(bytes) }
}

/// Reads all of `source`, by `deadline`.
pub fn read(source: &mut (impl io::Read + AsFd), most: usize, deadline: Deadline) -> io::Result<Zeroizing<Vec<u8>>> {
    /// Nearly every secret and token fits.
    const PIECE: usize = 4 * 1024;
    let mut bytes = Zeroizing::new(Vec::with_capacity(PIECE));
    while bytes.len() <= most {
        if !is_readable_by(source.as_fd(), deadline)? {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let length = bytes.len();
        // Not by `reserve`: it would leave the smaller place unwiped.
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

/// Waits until a read would not block (data, the end or an error is there): `false` once `deadline` has passed.
pub fn is_readable_by(fd: BorrowedFd<'_>, deadline: Deadline) -> io::Result<bool> {
    loop {
        let left = deadline.left().and_then(|left| Timespec::try_from(left).ok());
        match poll(&mut [PollFd::from_borrowed_fd(fd, PollFlags::IN)], left.as_ref()) {
            Ok(ready) => return Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}
