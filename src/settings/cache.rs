//! Where tokens are cached.

use std::path::PathBuf;

use super::environment::{Environment, value};
use super::setting::{Origin, Setting};
use crate::cache::directory::Directory;

/// Why no token is cached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{self:?}")]
pub enum NoCache {
    /// The cache is switched off, by this flag or variable.
    Off(Origin),
    /// Neither `HOME` nor `--cache-dir` names a directory.
    NoHome,
}

const NAME: &str = "catena-token";

/// `None` where nothing names a directory. Relative XDG paths count as not set, as the specification wants.
pub fn directory(flag: Option<PathBuf>, environment: &Environment) -> Option<Setting<Directory>> {
    let named = |path: PathBuf, origin| Some(Setting { value: Directory { path, base: None }, origin });
    let variable = |name| value(environment, name).map(PathBuf::from);
    let absolute = |name| variable(name).filter(|path| path.is_absolute());
    if let Some(path) = flag {
        return named(path, Origin::Flag("--cache-dir"));
    }
    if let Some(path) = variable("CATENA_CACHE_DIR") {
        return named(path, Origin::Variable("CATENA_CACHE_DIR"));
    }
    if let Some(path) = absolute("XDG_CACHE_HOME") {
        return named(path.join(NAME), Origin::Variable("XDG_CACHE_HOME"));
    }
    absolute("HOME").map(|home| Setting {
        value: Directory { path: home.join(".cache").join(NAME), base: Some(home) },
        origin: Origin::Variable("HOME"),
    })
}
