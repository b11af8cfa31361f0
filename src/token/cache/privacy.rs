//! Whether only this user can change what is in the cache's directory.
//!
//! Whoever can write to it, or rename a part of its path, could move an entry away before `revoke` and back later. A
//! group counts as others, as in ssh's `StrictModes`: its members are not known here, and an ACL sets the same bit.
//!
//! A cached token costs one look, at the directory itself. What is above is checked before anything is stored, listed
//! or revoked: nothing is stored in an unsafe place, so a later call finds nothing there.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::LazyLock;

use rustix::process::geteuid;

use super::directory::Problem;

/// It never changes, so one system call is enough.
static OWN: LazyLock<u32> = LazyLock::new(|| geteuid().as_raw());

pub fn check_owner(metadata: &Metadata) -> io::Result<()> {
    if metadata.uid() == *OWN { Ok(()) } else { Err(io::Error::other(Problem::OfAnotherUser)) }
}

/// Checks the directory itself, if it is there.
pub fn check(path: &Path) -> io::Result<()> {
    let found = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    if !found.is_dir() {
        return Err(io::Error::other(Problem::NotADirectory));
    }
    check_owner(&found)?;
    check_mode(path, &found, 0)
}

fn check_mode(path: &Path, found: &Metadata, unless: u32) -> io::Result<()> {
    let mode = found.mode() & 0o7777;
    let is_safe = mode & 0o022 == 0 || mode & unless != 0;
    if is_safe { Ok(()) } else { Err(io::Error::other(Problem::OpenToOthers(path.to_owned(), mode))) }
}

/// Checks the directories above, which may be root's, and each link on the way with those above it. In a sticky one
/// (`/tmp`), others cannot rename what is ours.
pub fn check_way(path: &Path) -> io::Result<()> {
    for part in std::path::absolute(path)?.ancestors() {
        let found = match fs::symlink_metadata(part) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            found => found?,
        };
        // Who owns `/` can replace everything: in a user namespace, root may have another number.
        if ![*OWN, 0].contains(&found.uid()) && found.uid() != fs::metadata("/")?.uid() {
            return Err(io::Error::other(Problem::OthersAbove(part.to_owned())));
        }
        if found.is_symlink() {
            fs::metadata(part).map_err(|error| io::Error::other(Problem::LeadsNowhere(error)))?;
            check_way(&part.with_file_name("").join(fs::read_link(part)?))?;
        } else {
            check_mode(part, &found, 0o1000)?;
        }
    }
    Ok(())
}
