//! A private file that holds only a token, for programs that read one. It is replaced atomically.
//!
//! A reader finds the old or the new token, even if a writer is killed or the disk is full. There is no final line
//! break, because not every reader strips one. Each write checks the place anew.

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, fstat, mkdirat, openat, renameat, statat, unlinkat};
use rustix::io::Errno;
use thiserror::Error;

use crate::oauth::jwt::LONGEST;
use crate::oauth::token_response::{AccessToken, is_b64token};
use crate::os::process;
use crate::token::place::{PlaceProblem, check_mode, check_owner, check_way, remove_acl, walk};

/// Why no token can be written: the path of the file or its place, and the problem.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum FileError {
    Unusable(PathBuf, PlaceProblem),
    NotWritten(PathBuf, PlaceProblem),
    /// No private file can be created in this directory.
    NoPlace(PathBuf, PlaceProblem),
}

/// Parses a file's mode: `0600`, or `0640` for readers in its group.
pub fn parse_mode(text: &str) -> Result<u32, String> {
    match text.trim_start_matches('0') {
        "600" => Ok(0o600),
        "640" => Ok(0o640),
        _ => Err("it is 0600 or 0640: a token is not for everybody".to_owned()),
    }
}

/// A token file, shared by the thread that writes it and the one that removes it.
pub struct TokenFile {
    directory: PathBuf,
    name: PathBuf,
    mode: u32,
    /// Whether the directory was created for this file.
    owns_directory: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The last written file, kept open so that no other file reuses its inode.
    written: Option<File>,
    is_over: bool,
}

impl TokenFile {
    /// Checks the place, and creates the directory if only that is missing.
    pub fn at(path: &Path, mode: u32) -> Result<Self, FileError> {
        Self::checked(path, mode).map_err(|problem| FileError::Unusable(path.to_owned(), problem))
    }

    fn checked(path: &Path, mode: u32) -> Result<Self, PlaceProblem> {
        // Absolute, because the command may change its directory.
        let path = std::path::absolute(path)?;
        let is_directory = path.as_os_str().as_bytes().ends_with(b"/");
        let (Some(directory), Some(name), false) = (path.parent(), path.file_name(), is_directory) else {
            return Err(PlaceProblem::NoName);
        };
        let (directory, name) = (directory.to_owned(), name.into());
        let owns_directory = !directory.exists();
        let file = Self { directory, name, mode, owns_directory, state: Mutex::default() };
        file.open()?;
        Ok(file)
    }

    /// A file in a new directory in `place`, which no other user may be able to replace.
    pub fn private(place: &Path) -> Result<Self, FileError> {
        Self::new_in(place).map_err(|problem| FileError::NoPlace(place.to_owned(), problem))
    }

    fn new_in(place: &Path) -> Result<Self, PlaceProblem> {
        check_way(place)?;
        let private = Permissions::from_mode(0o700);
        let made = tempfile::Builder::new().prefix("catena-token-").permissions(private).tempdir_in(place)?;
        let file = Self::checked(&made.keep().join("token"), 0o600)?;
        Ok(Self { owns_directory: true, ..file })
    }

    pub fn path(&self) -> PathBuf {
        self.directory.join(&self.name)
    }

    /// Replaces the file; returns false after [`TokenFile::remove`] or [`TokenFile::leave`].
    pub fn write(&self, token: &AccessToken) -> Result<bool, FileError> {
        let mut state = self.state();
        if state.is_over {
            return Ok(false);
        }
        let written = self.put(token.expose().as_bytes());
        state.written = Some(written.map_err(|problem| FileError::NotWritten(self.path(), problem))?);
        Ok(true)
    }

    /// Writes the file again if another process has removed it; returns whether it did.
    pub fn restore(&self, token: &AccessToken) -> Result<bool, FileError> {
        let is_missing = fs::symlink_metadata(self.path()).is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
        if is_missing { self.write(token) } else { Ok(false) }
    }

    /// Stops writing, and removes the last written file and a directory that was created for it.
    pub fn remove(&self) {
        let mut state = self.state();
        state.is_over = true;
        if let (Ok(directory), Some(file)) = (self.hold(), state.written.take())
            && let (Ok(there), Ok(own)) = (statat(&directory, &self.name, AtFlags::SYMLINK_NOFOLLOW), fstat(&file))
            && (there.st_dev, there.st_ino) == (own.st_dev, own.st_ino)
        {
            let _ = unlinkat(&directory, &self.name, AtFlags::empty());
        }
        if let Some((above, name)) = self.above().filter(|_| self.owns_directory) {
            let _ = unlinkat(above, name, AtFlags::REMOVEDIR);
        }
    }

    /// Stops writing, and waits for a write in progress.
    pub fn leave(&self) {
        self.state().is_over = true;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the directory, or creates it for the file's readers. Checks that no other user can write to it, and that
    /// only a token is in the file's place.
    fn open(&self) -> Result<File, PlaceProblem> {
        // No other user gets in until the mode is set below.
        let is_made = self.above().is_some_and(|(above, name)| mkdirat(above, name, Mode::RWXU).is_ok());
        let directory = self.hold()?;
        let found = directory.metadata()?;
        check_owner(&self.directory, &found).and_then(|()| check_mode(&self.directory, &found))?;
        if let Ok(there) = statat(&directory, &self.name, AtFlags::SYMLINK_NOFOLLOW)
            && FileType::from_raw_mode(there.st_mode) != FileType::RegularFile
        {
            return Err(PlaceProblem::NotAFile);
        }
        if is_made {
            // The parent may be setgid, as Kubernetes' volumes are.
            let group = found.mode() & 0o2000;
            let readers = if self.mode == 0o600 { 0o700 } else { 0o750 };
            remove_acl(&directory)?;
            directory.set_permissions(Permissions::from_mode(group | readers))?;
        }
        self.check_what_is_there(&directory)?;
        Ok(directory)
    }

    /// Only an empty file or an older token may be replaced, not notes or the secret's file, which an editor ends with
    /// a line break.
    fn check_what_is_there(&self, directory: &File) -> Result<(), PlaceProblem> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let there = match openat(directory, &self.name, flags, Mode::empty()) {
            Ok(there) => File::from(there),
            Err(Errno::NOENT) => return Ok(()),
            Err(error) => return Err(io::Error::from(error).into()),
        };
        let mut content = Vec::new();
        there.take(LONGEST as u64).read_to_end(&mut content)?;
        let is_token = std::str::from_utf8(&content).is_ok_and(is_b64token);
        if content.is_empty() || is_token { Ok(()) } else { Err(PlaceProblem::NotAToken) }
    }

    /// Whether `path` leads to this file.
    pub fn is(&self, path: &Path) -> bool {
        let own = fs::metadata(self.path()).map(|found| (found.dev(), found.ino()));
        own.is_ok_and(|own| fs::metadata(path).is_ok_and(|found| (found.dev(), found.ino()) == own))
    }

    fn hold(&self) -> Result<File, PlaceProblem> {
        let flags = OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::RDONLY;
        let opened = openat(walk(&self.directory)?, ".", flags, Mode::empty());
        Ok(opened.map_err(|error| PlaceProblem::Directory(self.directory.clone(), error.into()))?.into())
    }

    /// The directory above, and the name of ours in it.
    fn above(&self) -> Option<(OwnedFd, &OsStr)> {
        Some((walk(self.directory.parent()?).ok()?, self.directory.file_name()?))
    }

    fn put(&self, bytes: &[u8]) -> Result<File, PlaceProblem> {
        process::survive_the_size_limit()?;
        let directory = self.open()?;
        let beside = format!(".catena-token-{:016x}", fastrand::u64(..));
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let opened = openat(&directory, &beside, flags, Mode::RUSR | Mode::WUSR);
        let mut file = File::from(opened.map_err(io::Error::from)?);
        let put = file.write_all(bytes).and_then(|()| {
            remove_acl(&file)?;
            // Set here, because the umask applies to `openat`.
            file.set_permissions(Permissions::from_mode(self.mode))?;
            Ok(renameat(&directory, &beside, &directory, &self.name)?)
        });
        if put.is_err() {
            let _ = unlinkat(&directory, &beside, AtFlags::empty());
        }
        Ok(put.map(|()| file)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_again_only_if_another_has_removed_it() {
        let home = tempfile::tempdir().unwrap();
        let file = TokenFile::at(&home.path().join("made/token"), 0o600).unwrap();
        let token = AccessToken::new("a-token".to_owned()).unwrap();
        file.write(&token).unwrap();
        assert!(!file.restore(&token).unwrap(), "it is there");
        fs::remove_file(file.path()).unwrap();
        assert!(file.restore(&token).unwrap());
        fs::remove_dir_all(home.path().join("made")).unwrap();
        assert!(file.restore(&token).unwrap(), "with its directory");
        assert_eq!(fs::read_to_string(file.path()).unwrap(), "a-token");
        file.remove();
        assert!(!file.restore(&token).unwrap() && !file.path().exists(), "we have removed it");
    }
}
