//! The environment, read in this one place, as bytes, and what it says that is no setting of ours.
//!
//! An empty variable counts as not given: a missing CI secret expands to nothing.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Where variables are looked up: [`get`], or a test's own.
pub type Environment = dyn Fn(&str) -> Option<OsString>;

#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn get(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn names() -> Vec<OsString> {
    std::env::vars_os().map(|(name, _)| name).collect()
}

pub fn value(environment: &Environment, name: &str) -> Option<OsString> {
    environment(name).filter(|value| !value.is_empty())
}

/// Whether it is set, and has no value.
pub fn is_empty(environment: &Environment, name: &str) -> bool {
    environment(name).is_some_and(|value| value.is_empty())
}

/// The first of `names` that has a value, with its name.
pub fn first(environment: &Environment, names: &[&'static str]) -> Option<(&'static str, OsString)> {
    names.iter().find_map(|name| Some((*name, value(environment, name)?)))
}

/// Where programs are searched for. An empty one is the working directory, and not the same as none.
/// Where a file goes that nothing else has a place for.
pub fn temporary_directory() -> PathBuf {
    value(&get, "TMPDIR").map_or_else(|| "/tmp".into(), PathBuf::from)
}

pub fn search_path() -> Option<OsString> {
    get("PATH")
}

/// The variable that a CI system sets, and its name. The last one is set by most of them.
const CI_SYSTEMS: [(&str, &str); 3] =
    [("GITHUB_ACTIONS", "GitHub Actions"), ("GITLAB_CI", "GitLab CI"), ("CI", "one that sets CI")];

/// The CI system that this runs in.
pub fn ci_system() -> Option<&'static str> {
    let is_set = |name: &&(&str, &str)| value(&get, name.0).is_some_and(|value| value != "false");
    CI_SYSTEMS.iter().find(is_set).map(|(_, name)| *name)
}

/// The socket of the service manager, if it is to be told when the service is ready (systemd's `Type=notify`).
pub fn notify_socket() -> Option<OsString> {
    value(&get, "NOTIFY_SOCKET")
}

/// Where a file is in memory and gone with the user's session, or with the machine's.
pub fn places_in_memory() -> Vec<PathBuf> {
    let runtime = value(&get, "XDG_RUNTIME_DIR").map(PathBuf::from);
    let shared = cfg!(target_os = "linux").then(|| PathBuf::from("/dev/shm"));
    let named = runtime.filter(|path| path.is_absolute()).into_iter().chain(shared);
    named.filter(|path| Path::is_dir(path)).collect()
}
