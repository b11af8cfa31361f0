//! Where a program is that the system could not run: only to say what is wrong with it.

use std::env::split_paths;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::is_path;

pub struct Search<'a> {
    pub program: &'a OsStr,
    /// The value of `PATH`.
    pub path: Option<&'a OsStr>,
}

/// Where the C library looks without a `PATH`.
const DEFAULT: &str = "/bin:/usr/bin";

impl Search<'_> {
    /// The first file of its name, whether it can be executed or not.
    pub fn find(&self) -> Option<PathBuf> {
        if self.program.is_empty() {
            return None;
        }
        if is_path(self.program) {
            return Some(PathBuf::from(self.program)).filter(|path| path.exists());
        }
        let path = self.path.unwrap_or(OsStr::new(DEFAULT));
        // An empty part is the working directory.
        let here = |part: PathBuf| if part == Path::new("") { PathBuf::from(".") } else { part };
        let mut files = split_paths(path).map(|part| here(part).join(self.program));
        files.find(|file| file.is_file())
    }
}
