//! Where the configuration file is, and its text. It says where a secret goes, so that its owner is this user or root,
//! and not every user can write to it.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::process::geteuid;

use super::error::{ConfigProblem, LineProblem};
use crate::base::origin::Origin;
use crate::cli::settings::environment::{Environment, absolute, first};

/// In bytes. Room for thousands of profiles.
const LARGEST: u64 = 1024 * 1024;

/// Its path, and the setting that names it. At the default place there need not be one.
pub fn place(flag: Option<PathBuf>, environment: &Environment) -> Option<(Origin, PathBuf)> {
    let named = || first(environment, &["CATENA_CONFIG"]).map(|(by, path)| (by, path.into()));
    let usual = || {
        let at = |name| absolute(environment, name).map(|(_, path)| path);
        let directory = at("XDG_CONFIG_HOME").or_else(|| Some(at("HOME")?.join(".config")))?;
        Some((Origin::Default, directory.join("catena-token/config.toml")))
    };
    flag.map(|path| (Origin::Flag("--config"), path)).or_else(named).or_else(usual)
}

/// `None` if there is none at the default place.
pub fn read(by: Origin, path: &Path) -> Result<Option<String>, ConfigProblem> {
    if path == Path::new("-") {
        return Err(ConfigProblem::Stdin);
    }
    let unreadable = |error: io::Error| {
        ConfigProblem::Unreadable(path.to_owned(), error.raw_os_error().unwrap_or(Errno::IO.raw_os_error()))
    };
    // A FIFO must not block.
    let mut file = match File::options().read(true).custom_flags(OFlags::NONBLOCK.bits() as i32).open(path) {
        Ok(file) => file,
        Err(error) if is_missing(&error) && by == Origin::Default => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(ConfigProblem::NotAFile(path.to_owned()));
    }
    check(path, metadata.uid(), metadata.mode() & 0o7777, geteuid().as_raw())?;
    let mut bytes = Vec::with_capacity(metadata.len().min(LARGEST) as usize + 1);
    let read = (&mut file).take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if read as u64 > LARGEST {
        return Err(ConfigProblem::TooLong(path.to_owned()));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = line(error.as_bytes(), error.utf8_error().valid_up_to());
        ConfigProblem::Line(path.to_owned(), line, LineProblem::NotUtf8)
    })?;
    Ok(Some(text))
}

/// Whether only this user and root decide what the file says.
fn check(path: &Path, owner: u32, mode: u32, own: u32) -> Result<(), ConfigProblem> {
    const ROOT: u32 = 0;
    const EVERY_USER: u32 = 0o002;
    match (owner, mode & EVERY_USER) {
        (_, 0) if owner == own || owner == ROOT => Ok(()),
        _ if owner != own && owner != ROOT => Err(ConfigProblem::OfAnother(path.to_owned(), owner)),
        _ => Err(ConfigProblem::OpenToAll(path.to_owned(), mode)),
    }
}

/// Nothing is there, or what should be a directory is none.
fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// The number of the line at `offset`.
pub fn line(text: &[u8], offset: usize) -> usize {
    1 + text.iter().take(offset).filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_of_this_user_or_of_root_counts() {
        let path = Path::new("/c");
        let of_another = Err(ConfigProblem::OfAnother(path.to_owned(), 2));
        for (owner, mode, expected) in [
            (1, 0o600, Ok(())),
            (1, 0o664, Ok(())),
            (0, 0o644, Ok(())),
            (2, 0o600, of_another.clone()),
            (2, 0o666, of_another),
            (1, 0o602, Err(ConfigProblem::OpenToAll(path.to_owned(), 0o602))),
            (0, 0o666, Err(ConfigProblem::OpenToAll(path.to_owned(), 0o666))),
        ] {
            assert_eq!(check(path, owner, mode, 1), expected, "{owner} {mode:o}");
        }
    }

    #[test]
    fn a_line_is_counted_from_one() {
        for (offset, expected) in [(0, 1), (1, 1), (2, 2), (3, 3), (9, 3)] {
            assert_eq!(line(b"a\n\nb", offset), expected, "{offset}");
        }
    }
}
