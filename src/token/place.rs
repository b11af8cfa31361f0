//! Whether other users could change or replace what is in a directory: those of the cache and of token files.
//!
//! A user who can write to the directory, or rename a part of its path, can replace a file in it. Write access for the
//! group is refused too, as by ssh's `StrictModes`: the group's members are not known here, and an ACL sets the same bit.

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
    /// With its mode.
    WritableByOthers(PathBuf, u32),
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

/// Checks the directory at `path`, each one above, and each link on the way with the directories above that: none may
/// be another user's, or writable by others. In a sticky one (`/tmp`), others cannot rename what is ours.
pub fn check_way(path: &Path) -> Result<(), PlaceProblem> {
    for part in std::path::absolute(path)?.ancestors() {
        let found = match fs::symlink_metadata(part) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            found => found?,
        };
        check_owner(part, &found)?;
        if found.is_symlink() {
            // The kernel finds circles.
            fs::metadata(part).map_err(|error| PlaceProblem::Directory(part.to_owned(), error))?;
            check_way(&part.with_file_name("").join(fs::read_link(part)?))?;
        } else if found.mode() & 0o1000 == 0 {
            check_mode(part, &found)?;
        }
    }
    Ok(())
}

pub fn check_owner(path: &Path, found: &Metadata) -> Result<(), PlaceProblem> {
    if is_trusted(found.uid())? { Ok(()) } else { Err(PlaceProblem::OfAnotherUser(path.to_owned())) }
}

/// Checks that others cannot write to it.
pub fn check_mode(path: &Path, found: &Metadata) -> Result<(), PlaceProblem> {
    let mode = found.mode() & 0o7777;
    if mode & 0o022 == 0 { Ok(()) } else { Err(PlaceProblem::WritableByOthers(path.to_owned(), mode)) }
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
