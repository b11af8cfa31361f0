//! Likely mistakes in the environment. Only `doctor` looks for them.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt as _;

use super::environment::{get, is_empty, names};

/// All variables of the settings.
const VARIABLES: [&str; 14] = [
    "CATENA_CACHE_DIR",
    "CATENA_CA_CERT",
    "CATENA_CLIENT_AUTH",
    "CATENA_CLIENT_ID",
    "CATENA_CLIENT_SECRET",
    "CATENA_CLIENT_SECRET_COMMAND",
    "CATENA_CLIENT_SECRET_FILE",
    "CATENA_FORMAT",
    "CATENA_ISSUER",
    "CATENA_MIN_TTL",
    "CATENA_NO_CACHE",
    "CATENA_RETRIES",
    "CATENA_SCOPE",
    "CATENA_TIMEOUT",
];

/// The variables that are set for child commands.
const GIVEN: [&str; 2] = ["CATENA_TOKEN", "CATENA_TOKEN_FILE"];

const PREFIX: &str = "CATENA_";

/// Settings' variables that are set but empty, and so ignored.
pub fn empty_variables() -> Vec<&'static str> {
    VARIABLES.into_iter().filter(|name| is_empty(&get, name)).collect()
}

/// Variables with our prefix that this program does not read.
pub fn unread_variables() -> Vec<String> {
    let mut names = names();
    names.sort();
    let is_unread = |name: &OsString| {
        name.as_bytes().to_ascii_uppercase().starts_with(PREFIX.as_bytes())
            && !VARIABLES.iter().chain(&GIVEN).any(|own| name == *own)
    };
    names.into_iter().filter(is_unread).map(|name| name.to_string_lossy().into_owned()).collect()
}

/// The most similar variable of the settings, if it is similar enough.
pub fn nearest_variable(name: &str) -> Option<&'static str> {
    const SIMILAR: f64 = 0.5;
    let name = name.to_ascii_uppercase();
    let wanted = name.strip_prefix(PREFIX).unwrap_or(&name);
    let likeness = |own: &str| match own.strip_prefix(PREFIX).unwrap_or(own) {
        // `CATENA_SECRET` is short for `CATENA_CLIENT_SECRET`.
        own if !wanted.is_empty() && own.strip_suffix(wanted).is_some_and(|rest| rest.ends_with('_')) => 1.0,
        own => strsim::normalized_damerau_levenshtein(own, wanted),
    };
    let all = VARIABLES.into_iter().map(|own| (likeness(own), own));
    all.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(likeness, _)| *likeness >= SIMILAR).map(|(_, own)| own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variables_are_those_of_the_manual() {
        let manual = include_str!("../../../completions/catena-token.1").replace('\\', "");
        let is_part = |c: char| c.is_ascii_uppercase() || c == '_';
        let words = manual.split(|c: char| !is_part(c)).filter(|word| word.len() > PREFIX.len());
        let mut named: Vec<&str> = words.filter(|word| word.starts_with(PREFIX) && !GIVEN.contains(word)).collect();
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
            ("CATENA_FLEET", None),
            ("CATENA_", None),
        ] {
            assert_eq!(nearest_variable(name), meant, "{name}");
        }
    }
}
