//! The only module that reads the environment. An empty variable counts as not set: a missing CI secret expands to
//! nothing.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use super::nearest::nearest;
use crate::base::origin::Origin;

/// All variables of the settings.
const VARIABLES: [&str; 32] = [
    "CATENA_ASSERTION_AUDIENCE",
    "CATENA_CACHE",
    "CATENA_CACHE_CA_CERT",
    "CATENA_CACHE_DIR",
    "CATENA_CACHE_PASSWORD",
    "CATENA_CACHE_PASSWORD_FILE",
    "CATENA_CA_CERT",
    "CATENA_CLIENT_ASSERTION",
    "CATENA_CLIENT_ASSERTION_COMMAND",
    "CATENA_CLIENT_ASSERTION_FILE",
    "CATENA_CLIENT_ASSERTION_FROM",
    "CATENA_CLIENT_AUTH",
    "CATENA_CLIENT_CERT",
    "CATENA_CLIENT_ID",
    "CATENA_CLIENT_KEY",
    "CATENA_CLIENT_SECRET",
    "CATENA_CLIENT_SECRET_COMMAND",
    "CATENA_CLIENT_SECRET_FILE",
    "CATENA_CONFIG",
    "CATENA_FORMAT",
    "CATENA_ISSUER",
    "CATENA_MIN_TTL",
    "CATENA_NO_CACHE",
    "CATENA_PROFILE",
    "CATENA_RETRIES",
    "CATENA_SCOPE",
    "CATENA_SIGNING_ALG",
    "CATENA_SIGNING_KEY",
    "CATENA_SIGNING_KEY_FILE",
    "CATENA_SIGNING_KEY_ID",
    "CATENA_TIMEOUT",
    "CATENA_TOKEN_URL",
];

/// The variables that are set for child commands.
const FOR_CHILDREN: [&str; 2] = ["CATENA_TOKEN", "CATENA_TOKEN_FILE"];

const PREFIX: &str = "CATENA_";

/// Looks up a variable: [`get`], or a test's function.
pub type Environment = dyn Fn(&str) -> Option<OsString>;

#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn get(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

pub fn value(environment: &Environment, name: &str) -> Option<OsString> {
    environment(name).filter(|value| !value.is_empty())
}

/// Whether it is set but empty.
pub fn is_empty(environment: &Environment, name: &str) -> bool {
    environment(name).is_some_and(|value| value.is_empty())
}

/// The first of `names` that has a value, with its name.
pub fn first(environment: &Environment, names: &[&'static str]) -> Option<(Origin, OsString)> {
    names.iter().find_map(|name| Some((Origin::Variable(name), value(environment, name)?)))
}

/// A directory of the XDG specification, or `HOME`: a relative path is ignored.
pub fn absolute(environment: &Environment, name: &'static str) -> Option<(Origin, PathBuf)> {
    first(environment, &[name])
        .map(|(by, path)| (by, path.into()))
        .filter(|(_, path): &(_, PathBuf)| path.is_absolute())
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
    [("GITHUB_ACTIONS", "GitHub Actions"), ("GITLAB_CI", "GitLab CI"), ("CI", "unknown (CI is set)")];

/// The CI system that this runs in.
pub fn ci_system() -> Option<&'static str> {
    let is_set = |name: &&(&str, &str)| value(&get, name.0).is_some_and(|value| value != "false");
    CI_SYSTEMS.iter().find(is_set).map(|(_, name)| *name)
}

/// The socket to notify the service manager when the service is ready (systemd's `Type=notify`).
pub fn notify_socket() -> Option<OsString> {
    value(&get, "NOTIFY_SOCKET")
}

/// Whether the terminal can erase a line.
pub fn can_erase_lines() -> bool {
    value(&get, "TERM").is_some_and(|kind| kind != "dumb")
}

/// Directories in memory, whose files disappear with the user's session or at a reboot.
pub fn places_in_memory() -> Vec<PathBuf> {
    let runtime = value(&get, "XDG_RUNTIME_DIR").map(PathBuf::from);
    let shared = cfg!(target_os = "linux").then(|| PathBuf::from("/dev/shm"));
    runtime.filter(|path| path.is_absolute()).into_iter().chain(shared).collect()
}

pub fn is_set_but_empty(name: &str) -> bool {
    is_empty(&get, name)
}

/// Settings' variables that are set but empty, and so ignored.
pub fn empty_variables() -> Vec<&'static str> {
    VARIABLES.into_iter().filter(|name| is_empty(&get, name)).collect()
}

/// Whether Kubernetes makes it for a Service named `catena` or `catena-…`: `CATENA_SERVICE_HOST`,
/// `CATENA_SERVICE_PORT_HTTPS`, `CATENA_PORT`, `CATENA_PORT_443_TCP_ADDR`. No setting is about a port.
fn is_of_a_service(name: &str) -> bool {
    name.ends_with("_SERVICE_HOST") || name.ends_with("_PORT") || name.contains("_PORT_")
}

/// Variables with our prefix that this program does not read, sorted.
#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn unread_variables() -> Vec<String> {
    let names = std::env::vars_os().map(|(name, _)| name);
    let ours = names.filter(|name| name.as_bytes().to_ascii_uppercase().starts_with(PREFIX.as_bytes()));
    let unread = ours.filter(|name| !VARIABLES.iter().chain(&FOR_CHILDREN).any(|read| name == *read));
    let unread = unread.map(|name| name.to_string_lossy().into_owned());
    let mut unread: Vec<String> = unread.filter(|name| !is_of_a_service(name)).collect();
    unread.sort();
    unread
}

/// The most similar variable of the settings, if it is similar enough.
pub fn nearest_variable(name: &str) -> Option<&'static str> {
    let bare = |name: &str| name.to_ascii_uppercase().trim_start_matches(PREFIX).to_owned();
    let near = nearest(&bare(name), VARIABLES.map(|own| own.trim_start_matches(PREFIX)))?;
    VARIABLES.into_iter().find(|own| own.trim_start_matches(PREFIX) == near)
}

/// A set variable that was probably meant to be one that `is_wanted`, by its name or its flag's, and that.
pub fn misspelt_variable(is_wanted: impl Fn(&str, &str) -> bool) -> Option<(String, &'static str)> {
    let flag = |name: &str| name.replacen(PREFIX, "--", 1).replace('_', "-").to_lowercase();
    let near = unread_variables().into_iter().filter_map(|name| nearest_variable(&name).map(|meant| (name, meant)));
    near.into_iter().find(|(_, meant)| is_wanted(meant, &flag(meant)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variables_are_those_of_the_manual() {
        let manual = include_str!("../../../completions/catena-token.1").replace('\\', "");
        let is_part = |c: char| c.is_ascii_uppercase() || c == '_';
        let words = manual.split(|c: char| !is_part(c)).filter(|word| word.len() > PREFIX.len());
        let mut named: Vec<&str> =
            words.filter(|word| word.starts_with(PREFIX) && !FOR_CHILDREN.contains(word)).collect();
        named.sort_unstable();
        named.dedup();
        let mut own = VARIABLES.to_vec();
        own.sort_unstable();
        assert_eq!(named, own);
    }

    #[test]
    fn a_slip_finds_what_was_meant() {
        for (name, meant) in [
            ("CATENA_CLIENT_SECRTE", Some("CATENA_CLIENT_SECRET")),
            ("CATENA_SECRET", Some("CATENA_CLIENT_SECRET")),
            ("CATENA_ID", Some("CATENA_CLIENT_ID")),
            ("CATENA_CLIENTID", Some("CATENA_CLIENT_ID")),
            ("catena_issuer", Some("CATENA_ISSUER")),
            ("CATENA_ISSUER_URL", Some("CATENA_ISSUER")),
            ("CATENA_PROFIL", Some("CATENA_PROFILE")),
            ("CATENA_FLEET", None),
            ("CATENA_", None),
        ] {
            assert_eq!(nearest_variable(name), meant, "{name}");
        }
    }
}
