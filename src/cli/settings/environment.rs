//! The only module that reads the environment. An empty variable counts as not set: a missing CI secret expands to
//! nothing.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Looks up a variable: [`get`], or a test's function.
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

/// Whether it is set but empty.
pub fn is_empty(environment: &Environment, name: &str) -> bool {
    environment(name).is_some_and(|value| value.is_empty())
}

/// The first of `names` that has a value, with its name.
pub fn first(environment: &Environment, names: &[&'static str]) -> Option<(&'static str, OsString)> {
    names.iter().find_map(|name| Some((*name, value(environment, name)?)))
}

/// The directory for temporary files.
pub fn temporary_directory() -> PathBuf {
    value(&get, "TMPDIR").map_or_else(|| "/tmp".into(), PathBuf::from)
}

/// The search path of programs. Set but empty, it means the working directory, so it is not treated as unset.
pub fn search_path() -> Option<OsString> {
    get("PATH")
}

/// A CI system's variable and name. Most systems set the last variable.
const CI_SYSTEMS: [(&str, &str); 3] =
    [("GITHUB_ACTIONS", "GitHub Actions"), ("GITLAB_CI", "GitLab CI"), ("CI", "one that sets CI")];

/// The CI system that this runs in.
pub fn ci_system() -> Option<&'static str> {
    let is_set = |name: &&(&str, &str)| value(&get, name.0).is_some_and(|value| value != "false");
    CI_SYSTEMS.iter().find(is_set).map(|(_, name)| *name)
}

/// The socket to notify the service manager when the service is ready (systemd's `Type=notify`).
pub fn notify_socket() -> Option<OsString> {
    value(&get, "NOTIFY_SOCKET")
}

/// Directories in memory, whose files disappear with the user's session or at a reboot.
pub fn places_in_memory() -> Vec<PathBuf> {
    let runtime = value(&get, "XDG_RUNTIME_DIR").map(PathBuf::from);
    let shared = cfg!(target_os = "linux").then(|| PathBuf::from("/dev/shm"));
    let named = runtime.filter(|path| path.is_absolute()).into_iter().chain(shared);
    named.filter(|path| Path::is_dir(path)).collect()
}
