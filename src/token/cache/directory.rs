//! The cache's directory: private, and owned by this user.
//!
//! A cached token costs one look at the directory itself. What is above is checked before anything is stored, listed or
//! revoked: nothing is stored in an unsafe place, so a later call finds nothing there.
//!
//! It follows no link, reads only regular files of this user and never blocks on a FIFO. A file is renamed into place,
//! so that a reader finds the old or the new one. A later writer removes what a killed one left.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use rustix::fs::{FallocateFlags, OFlags, fallocate};
use rustix::process::geteuid;
use tempfile::NamedTempFile;
use thiserror::Error;

use crate::base::clock;
use crate::os::process;
use crate::token::cache::{CacheError, is_ours, seal};
use crate::token::place::{self, PlaceProblem};

/// In bytes; larger than any entry, because a response has at most 1 MiB.
const LARGEST: u64 = 2 * 1024 * 1024;

/// No writer takes this long: an older temporary file is a leftover.
const LEFT_BEHIND: Duration = Duration::from_secs(60 * 60);

/// Our own findings, carried in an `io::Error`.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum Problem {
    TooLarge,
    NoBase(PathBuf),
    Place(PlaceProblem),
    NotADirectory,
    NotAFile,
    OfAnotherUser,
    NoRandomBytes,
    LockReplaced,
}

/// The place of the cache, which need not exist.
#[derive(Clone, Debug)]
pub struct Directory {
    pub path: PathBuf,
    /// What must exist already: a missing home is not created.
    pub base: Option<PathBuf>,
}

impl Directory {
    /// Reads the file `name`, which must be a regular file of this user.
    pub fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        self.check_itself()?;
        let (mut file, metadata) = self.open(name, File::options().read(true))?;
        if metadata.len() > LARGEST {
            return Err(io::Error::other(Problem::TooLarge));
        }
        // Files never grow, so no extra read is needed to find the end.
        let mut bytes = vec![0; metadata.len() as usize];
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn open(&self, name: &str, options: &mut OpenOptions) -> io::Result<(File, Metadata)> {
        let careful = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let file = options.custom_flags(careful.bits() as i32).open(self.path.join(name))?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other(Problem::NotAFile));
        }
        check_owner(&metadata)?;
        Ok((file, metadata))
    }

    /// Creates the directory (0700) and its parents, if missing.
    fn make(&self) -> io::Result<()> {
        process::survive_the_size_limit()?;
        self.check()?;
        if let Some(base) = self.base.as_ref().filter(|base| !base.is_dir()) {
            return Err(io::Error::new(io::ErrorKind::NotFound, Problem::NoBase(base.clone())));
        }
        DirBuilder::new().recursive(true).mode(0o700).create(&self.path)
    }

    /// Checks that others can neither change nor replace it.
    pub fn check(&self) -> io::Result<()> {
        self.check_itself()?;
        place::check_way(&self.path).map_err(|problem| io::Error::other(Problem::Place(problem)))
    }

    fn check_itself(&self) -> io::Result<()> {
        let found = match fs::metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            found => found?,
        };
        if !found.is_dir() {
            return Err(io::Error::other(Problem::NotADirectory));
        }
        check_owner(&found)?;
        place::check_mode(&self.path, &found).map_err(|problem| io::Error::other(Problem::Place(problem)))
    }

    pub fn unusable(&self, error: io::Error) -> CacheError {
        CacheError::Unusable(self.path.clone(), error)
    }

    /// Replaces the file `name`. It is not synced, because a crash costs only one request.
    pub fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.new_file(name, bytes)?.persist(self.path.join(name)).map(drop).map_err(|failed| failed.error)
    }

    pub fn check_room(&self) -> io::Result<()> {
        let any = format!("{:032}-{:016}.token", 0, 0);
        // An ordinary entry takes 1 to 3 KiB.
        self.new_file(&any, &[0; 4 * 1024]).map(drop)
    }

    /// A temporary file for `name`, removed unless it is persisted.
    fn new_file(&self, name: &str, bytes: &[u8]) -> io::Result<NamedTempFile> {
        self.make()?;
        let mut file = tempfile::Builder::new().prefix(&format!(".{name}.")).tempfile_in(&self.path)?;
        // With its blocks allocated, ext4 flushes nothing when the file replaces another one.
        let _ = fallocate(&file, FallocateFlags::empty(), 0, bytes.len() as u64);
        file.write_all(bytes)?;
        Ok(file)
    }

    pub fn open_lock(&self, name: &str) -> io::Result<File> {
        self.make()?;
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        Ok(self.open(name, &mut options)?.0)
    }

    /// Whether `file` is still the one at `name`: another process may have removed the whole directory.
    pub fn is_at(&self, name: &str, file: &File) -> bool {
        let there = fs::symlink_metadata(self.path.join(name)).and_then(|there| Ok((there, file.metadata()?)));
        there.is_ok_and(|(there, own)| (there.dev(), there.ino()) == (own.dev(), own.ino()))
    }

    pub fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }

    /// The names that the cache gives to files.
    pub fn names(&self) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> = names.filter(|name| is_ours(name) || is_temporary(name)).collect();
        names.sort();
        Ok(names)
    }

    /// `None` for what is no regular file of this user.
    pub fn metadata(&self, name: &str) -> Option<Metadata> {
        let found = fs::symlink_metadata(self.path.join(name)).ok()?;
        (found.is_file() && check_owner(&found).is_ok()).then_some(found)
    }

    /// Whether the file `name` has expired, or a killed writer left it.
    pub fn is_useless(&self, name: &str) -> bool {
        if is_temporary(name) {
            return self.metadata(name).is_some_and(|found| age(&found) > LEFT_BEHIND);
        }
        self.expires_at(name).is_some_and(|from| from < clock::now().unix_seconds())
    }

    /// When the file `name` expires, in seconds since 1970, according to its head.
    pub fn expires_at(&self, name: &str) -> Option<u64> {
        let mut head = [0; seal::HEAD];
        self.open(name, File::options().read(true)).ok()?.0.read_exact(&mut head).ok()?;
        seal::expires_at(&head)
    }
}

/// It never changes, so one system call is enough.
static OWN: LazyLock<u32> = LazyLock::new(|| geteuid().as_raw());

fn check_owner(metadata: &Metadata) -> io::Result<()> {
    if metadata.uid() == *OWN { Ok(()) } else { Err(io::Error::other(Problem::OfAnotherUser)) }
}

/// Time since a file was changed; zero if that is in the future.
pub fn age(metadata: &Metadata) -> Duration {
    let changed = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    clock::wall().duration_since(changed).unwrap_or_default()
}

/// Whether it is `.NAME.XXXXXX`, a temporary file of the cache. Only NAME, a cache file's own name, makes that certain: a
/// user's file may be called `.catena-token-secret`.
fn is_temporary(name: &str) -> bool {
    let parts = name.strip_prefix('.').and_then(|name| name.rsplit_once('.'));
    let is_random = |text: &str| text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    parts.is_some_and(|(name, random)| is_ours(name) && is_random(random))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::Path;

    use tempfile::TempDir;

    use super::*;

    const NAME: &str = "0123456789abcdef0123456789abcdef-0123456789abcdef.token";

    fn directory() -> (TempDir, Directory) {
        let above = tempfile::tempdir().unwrap();
        let path = above.path().join("a/cache");
        (above, Directory { path, base: None })
    }

    fn problem<T>(result: io::Result<T>) -> Problem {
        result.err().unwrap().downcast().unwrap()
    }

    #[test]
    fn what_is_put_is_private_and_read_again() {
        let (_above, directory) = directory();
        assert_eq!(directory.read(NAME).unwrap_err().kind(), io::ErrorKind::NotFound);
        for content in [&b"first"[..], b"", b"second"] {
            directory.put(NAME, content).unwrap();
            assert_eq!(directory.read(NAME).unwrap(), content);
        }
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        assert_eq!((mode(&directory.path), mode(&directory.path.join(NAME))), (0o700, 0o600));
        assert_eq!(directory.names().unwrap(), [NAME]);
    }

    #[test]
    fn a_temporary_file_has_a_name_like_no_other() {
        let (_above, directory) = directory();
        let file = directory.new_file(NAME, b"half").unwrap();
        let name = file.path().file_name().unwrap().to_str().unwrap();
        assert!(is_temporary(name) && directory.names().unwrap() == [name]);
        for other in [".catena-token-secret", ".catena-token-AbC123", NAME, &format!(".{NAME}"), &name[1..]] {
            assert!(!is_temporary(other), "{other}");
        }
    }

    #[test]
    fn only_our_own_regular_files_count() {
        let (above, directory) = directory();
        directory.put(NAME, b"ours").unwrap();
        let place = directory.path.join(NAME);
        fs::rename(&place, above.path().join("elsewhere")).unwrap();
        symlink(above.path().join("elsewhere"), &place).unwrap();
        assert_eq!(directory.read(NAME).unwrap_err().raw_os_error(), Some(rustix::io::Errno::LOOP.raw_os_error()));
        fs::remove_file(&place).unwrap();
        fs::create_dir(&place).unwrap();
        assert!(matches!(problem(directory.read(NAME)), Problem::NotAFile));
        assert!(directory.metadata(NAME).is_none());
    }

    #[test]
    fn a_home_that_is_missing_is_not_made() {
        let (above, directory) = directory();
        let base = above.path().join("home");
        let directory = Directory { base: Some(base.clone()), ..directory };
        assert!(matches!(problem(directory.put(NAME, b"")), Problem::NoBase(missing) if missing == base));
        assert!(!directory.path.exists());
    }

    #[test]
    fn what_is_in_the_directorys_place_is_left_alone() {
        let (above, directory) = directory();
        fs::create_dir(above.path().join("a")).unwrap();
        symlink("/nowhere/at/all", &directory.path).unwrap();
        assert!(matches!(problem(directory.check_room()), Problem::Place(PlaceProblem::Directory(..))));
        fs::remove_file(&directory.path).unwrap();
        directory.check_room().unwrap();
        fs::remove_dir(&directory.path).unwrap();
        symlink(above.path().join("file"), &directory.path).unwrap();
        File::options().write(true).create_new(true).open(above.path().join("file")).unwrap();
        assert!(matches!(problem(directory.check_room()), Problem::NotADirectory));
    }

    #[test]
    fn a_file_that_was_replaced_is_another_one() {
        let (_above, directory) = directory();
        let lock = "0123456789abcdef0123456789abcdef.lock";
        let file = directory.open_lock(lock).unwrap();
        assert!(directory.is_at(lock, &file));
        directory.remove(lock).unwrap();
        assert!(!directory.is_at(lock, &file));
        directory.open_lock(lock).unwrap();
        assert!(!directory.is_at(lock, &file));
    }
}
