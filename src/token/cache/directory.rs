//! The cache's directory: private, ours, and never a way to somewhere else.
//!
//! No link is followed, nothing but a regular file of our own is read, and a FIFO does not make us wait. A file is
//! written beside its place and moved there, so that a reader finds the old or the new one, or none, whenever a writer
//! is killed. What a killed writer leaves is removed by a later one.

use std::fs::{self, DirBuilder, DirEntry, File, Metadata, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use rustix::fs::{FallocateFlags, OFlags, fallocate};
use rustix::process::geteuid;
use tempfile::NamedTempFile;
use thiserror::Error;

use crate::base::clock;
use crate::os::process;
use crate::token::cache::{is_ours, seal};

/// Larger than any entry: an answer has at most 1 MiB.
const LARGEST: u64 = 2 * 1024 * 1024;

/// Not a name that other programs give: what is left behind is removed by it.
const TEMPORARY: &str = ".catena-token-";

/// No writer takes as long: what is older was left behind by one that was killed.
const LEFT_BEHIND: Duration = Duration::from_secs(60 * 60);

/// What we find ourselves; an `io::Error` carries it.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum Problem {
    TooLarge,
    NoBase(PathBuf),
    OthersAbove,
    NotADirectory,
    LeadsNowhere(io::Error),
    NotAFile,
    OfAnotherUser,
    NoRandomBytes,
    LockReplaced,
}

/// Where the cache is, whether it is there or not.
#[derive(Clone, Debug)]
pub struct Directory {
    pub path: PathBuf,
    /// What must be there already: a home that is not there is not made.
    pub base: Option<PathBuf>,
}

impl Directory {
    /// All of the file `name`, which must be a regular one of our own.
    pub fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let (mut file, metadata) = self.open(name, File::options().read(true))?;
        if metadata.len() > LARGEST {
            return Err(io::Error::other(Problem::TooLarge));
        }
        // One more read, only to see the end, is a system call for nothing: a file in its place does not grow.
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

    /// Makes the directory, 0700 and with what is missing above it, if it is not there.
    fn make(&self) -> io::Result<()> {
        process::survive_the_size_limit()?;
        match fs::symlink_metadata(&self.path) {
            Ok(found) => return self.check(&found),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        if let Some(base) = self.base.as_ref().filter(|base| !base.is_dir()) {
            return Err(io::Error::new(io::ErrorKind::NotFound, Problem::NoBase(base.clone())));
        }
        // `sudo -E` keeps a person's HOME: root must not leave files there that the person cannot remove.
        let path = std::path::absolute(&self.path)?;
        let owner = path.ancestors().skip(1).find_map(|above| fs::metadata(above).ok()).map(|above| above.uid());
        if owner.is_some_and(|owner| owner != geteuid().as_raw() && owner != 0) {
            return Err(io::Error::other(Problem::OthersAbove));
        }
        DirBuilder::new().recursive(true).mode(0o700).create(&self.path)
    }

    /// A link to a directory may be there, too, if both are ours: others could lead us anywhere by one.
    fn check(&self, found: &Metadata) -> io::Result<()> {
        let target = fs::metadata(&self.path).map_err(|error| io::Error::other(Problem::LeadsNowhere(error)))?;
        if !target.is_dir() {
            return Err(io::Error::other(Problem::NotADirectory));
        }
        check_owner(&target)?;
        check_owner(found)
    }

    /// Puts `bytes` into the place `name`. They are not synced: what a crash loses costs one request.
    pub fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.new_file(bytes)?.persist(self.path.join(name)).map(drop).map_err(|failed| failed.error)
    }

    /// Whether an entry could be stored.
    pub fn check_room(&self) -> io::Result<()> {
        /// An ordinary entry takes 1 to 3 KiB.
        const ROOM: [u8; 4 * 1024] = [0; 4 * 1024];
        self.new_file(&ROOM).map(drop)
    }

    /// A file beside its place, removed unless it is moved there.
    fn new_file(&self, bytes: &[u8]) -> io::Result<NamedTempFile> {
        self.make()?;
        let mut file = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(&self.path)?;
        // With its blocks allocated, ext4 flushes nothing when the file replaces another one.
        let _ = fallocate(&file, FallocateFlags::empty(), 0, bytes.len() as u64);
        file.write_all(bytes)?;
        Ok(file)
    }

    /// The file of a lock; it is made if need be.
    pub fn open_lock(&self, name: &str) -> io::Result<File> {
        self.make()?;
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        Ok(self.open(name, &mut options)?.0)
    }

    /// Whether `file` is still what stands at `name`: somebody may have removed the whole directory.
    pub fn is_at(&self, name: &str, file: &File) -> bool {
        let place = |found: Metadata| Some((found.dev(), found.ino()));
        let there = fs::symlink_metadata(self.path.join(name)).ok().and_then(place);
        there.is_some() && there == file.metadata().ok().and_then(place)
    }

    pub fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }

    /// Our own files: name, size, time of the last change.
    pub fn files(&self) -> io::Result<Vec<(String, Metadata)>> {
        let entries = match fs::read_dir(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let own = |entry: DirEntry| {
            let name = entry.file_name().into_string().ok().filter(|name| is_ours(name) || is_temporary(name))?;
            let metadata = entry.metadata().ok().filter(|found| found.is_file() && check_owner(found).is_ok())?;
            Some((name, metadata))
        };
        let mut files: Vec<(String, Metadata)> = entries.flatten().filter_map(own).collect();
        files.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(files)
    }

    /// Whether what `name` says of itself makes it useless, or a killed writer left it behind.
    pub fn is_useless(&self, name: &str, metadata: &Metadata) -> bool {
        if is_temporary(name) {
            return age(metadata) > LEFT_BEHIND;
        }
        self.expires_at(name).is_some_and(|from| from < clock::now().unix_seconds())
    }

    /// From when the file `name` is of no use, in seconds since 1970, as it says itself.
    pub fn expires_at(&self, name: &str) -> Option<u64> {
        let mut head = [0; seal::HEAD];
        self.open(name, File::options().read(true)).ok()?.0.read_exact(&mut head).ok()?;
        seal::expires_at(&head)
    }
}

/// How long ago a file was changed; zero for a moment in the future.
pub fn age(metadata: &Metadata) -> Duration {
    let changed = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    clock::wall().duration_since(changed).unwrap_or_default()
}

fn check_owner(metadata: &Metadata) -> io::Result<()> {
    match metadata.uid() == geteuid().as_raw() {
        true => Ok(()),
        false => Err(io::Error::other(Problem::OfAnotherUser)),
    }
}

fn is_temporary(name: &str) -> bool {
    name.starts_with(TEMPORARY)
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
        assert_eq!(directory.files().unwrap()[0].0, NAME);
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
        assert!(directory.files().unwrap().is_empty());
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
        assert!(matches!(problem(directory.check_room()), Problem::LeadsNowhere(_)));
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
