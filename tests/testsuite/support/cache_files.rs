//! The files of a cache directory.

use std::fs;
use std::path::{Path, PathBuf};

/// The files whose names have this ending.
pub fn files(cache: &Path, end: &str) -> Vec<PathBuf> {
    let all = fs::read_dir(cache).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.to_str().unwrap().ends_with(end)).collect()
}

/// The only such file.
pub fn file(cache: &Path, end: &str) -> PathBuf {
    let [one] = <[PathBuf; 1]>::try_from(files(cache, end)).unwrap();
    one
}
