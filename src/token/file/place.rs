//! Where a token file may be: in a directory that no other user can write to, reached by no link of another user.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, fgetxattr, fremovexattr, fstatfs, open, openat, readlinkat, statat};
use rustix::io::Errno;
use rustix::process::geteuid;
use thiserror::Error;

/// What is wrong with a file's place; each path is a directory, or a link to one.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum PlaceProblem {
    NoName,
    Directory(PathBuf, io::Error),
    OfAnotherUser(PathBuf),
    WritableByOthers(PathBuf),
    NotAFile,
    NotAToken,
    System(#[from] io::Error),
}

/// Passing through a directory takes the right to search it, not to read it.
#[cfg(target_os = "linux")]
const PASS: OFlags = OFlags::PATH;
#[cfg(not(target_os = "linux"))]
const PASS: OFlags = OFlags::RDONLY;

/// Opens the directory at an absolute path, for paths that start there. Each part is opened by itself: a link of another
/// user could be turned at any time, and lead to any directory of ours.
pub fn walk(path: &Path) -> Result<OwnedFd, PlaceProblem> {
    let failed = |error: Errno| PlaceProblem::Directory(path.to_owned(), error.into());
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC | PASS;
    let mut at = open("/", flags, Mode::empty()).map_err(failed)?;
    // The next one is the last; of an absolute path, that is `/`.
    let parts = |path: &Path| path.components().rev().map(|part| part.as_os_str().to_owned()).collect::<Vec<_>>();
    let (mut trail, mut left, mut links) = (PathBuf::new(), parts(path), 0);
    while let Some(name) = left.pop() {
        let found = statat(&at, &name, AtFlags::SYMLINK_NOFOLLOW).map_err(failed)?;
        let mut flags = flags;
        if FileType::from_raw_mode(found.st_mode) == FileType::Symlink {
            links += 1;
            if !is_trusted(found.st_uid)? {
                return Err(PlaceProblem::OfAnotherUser(trail.join(name)));
            } else if links > 40 {
                return Err(failed(Errno::LOOP));
            }
            // Only the kernel knows where `/proc/self/fd/3` leads. The number is procfs' magic.
            if !fstatfs(&at).is_ok_and(|found| found.f_type == 0x9fa0) {
                let target = readlinkat(&at, &name, Vec::new()).map_err(failed)?;
                left.extend(parts(Path::new(OsStr::from_bytes(target.to_bytes()))));
                continue;
            }
            flags.remove(OFlags::NOFOLLOW);
        }
        at = openat(&at, &name, flags, Mode::empty()).map_err(failed)?;
        trail.push(name);
    }
    Ok(at)
}

/// Whether a directory is ours or root's, and closed to others or sticky.
pub fn check_directory(path: &Path, found: &Metadata, is_sticky: bool) -> Result<(), PlaceProblem> {
    if !is_trusted(found.uid())? {
        return Err(PlaceProblem::OfAnotherUser(path.to_owned()));
    }
    let is_closed = found.mode() & 0o022 == 0 || is_sticky;
    if is_closed { Ok(()) } else { Err(PlaceProblem::WritableByOthers(path.to_owned())) }
}

/// Who owns `/` can replace everything: in a user namespace, root may have another number.
fn is_trusted(owner: u32) -> io::Result<bool> {
    Ok([geteuid().as_raw(), 0, fs::metadata("/")?.uid()].contains(&owner))
}

/// Removes the ACL that a new file or directory has inherited: it may let in users whom the mode does not. A file system
/// without ACLs has neither attribute.
pub fn remove_acl(new: &File) -> io::Result<()> {
    for name in ["system.posix_acl_access", "system.posix_acl_default"] {
        let removed = fremovexattr(new, name);
        if fgetxattr(new, name, &mut [0; 0]).is_ok() {
            removed?;
        }
    }
    Ok(())
}
