//! The words for the configuration file.

use std::io;
use std::path::Path;

use super::{Words, credential, local};
use crate::base::origin::Origin;
use crate::cli::settings::{ConfigProblem, LineProblem};
use crate::display::untrusted::escape;

const OTHER: &str = "name another with --config or CATENA_CONFIG";

/// `origin`: what names the file, or the profile.
pub fn words(problem: &ConfigProblem, origin: Origin) -> Words {
    use ConfigProblem::*;
    let by = if origin == Origin::Default { String::new() } else { format!(" ({origin})") };
    let file = |path: &Path| format!("the configuration file '{}'{by}", credential::shown(path));
    match problem {
        Stdin => {
            Words::new(format!("cannot use {origin}: the configuration file cannot be standard input"), "name a file")
        }
        Unreadable(path, error) => Words::new(
            format!("cannot read {}: {}", file(path), local::reason(&io::Error::from_raw_os_error(*error))),
            OTHER,
        ),
        NotAFile(path) => Words::new(format!("cannot use {}: it is not a regular file", file(path)), OTHER),
        TooLong(path) => Words::new(format!("cannot use {}: it is longer than 1 MiB", file(path)), OTHER),
        OpenToAll(path, mode) => Words::new(
            format!("cannot use {}: every user can write to it (mode {mode:04o})", file(path)),
            format!("it says where the secret goes: chmod go-w '{}'", credential::shown(path)),
        ),
        OfAnother(path, owner) => Words::new(
            format!("cannot use {}: it belongs to user {owner}, neither to you nor to root", file(path)),
            "it says where the secret goes: use a file of your own",
        ),
        NoPlace => Words::new(
            format!("cannot use {origin}: no configuration file, because neither XDG_CONFIG_HOME nor HOME is set"),
            "name the file with --config",
        ),
        NoProfile { name, file: None, .. } => Words::new(
            format!("no profile '{}' ({origin}): there is no configuration file", escape(name)),
            "'catena-token config path' says where it belongs",
        ),
        NoProfile { name, file: Some(path), names } => Words::new(
            format!("no profile '{}' ({origin}) in '{}'", escape(name), credential::shown(path)),
            profiles(names),
        ),
        Line(path, line, problem) => of_line(problem, &format!("{}:{line}", credential::shown(path))),
    }
}

fn profiles(names: &[String]) -> String {
    /// As many as fit into a line or two.
    const MOST: usize = 20;
    let shown: Vec<String> = names.iter().take(MOST).map(|name| escape(name)).collect();
    match names.len() {
        0 => "a profile is a table: [profile.NAME]".to_owned(),
        1..=MOST => format!("it has the profiles {}", shown.join(", ")),
        all => {
            format!(
                "it has the profiles {} and {} more: see 'catena-token config profiles'",
                shown.join(", "),
                all - MOST
            )
        }
    }
}

fn of_line(problem: &LineProblem, line: &str) -> Words {
    match problem {
        LineProblem::NotUtf8 => Words::new(format!("{line}: it is not UTF-8"), ""),
        LineProblem::NotToml(why) => Words::new(format!("{line}: invalid TOML: {}", escape(why)), ""),
        LineProblem::UnknownKey(key, near) => Words::new(
            format!("{line}: unknown key '{}'", escape(key)),
            near.map_or_else(
                || "the keys are the long options, in 'catena-token --help'".to_owned(),
                |near| format!("did you mean '{near}'?"),
            ),
        ),
        LineProblem::WrongType(key, expected) => {
            Words::new(format!("{line}: '{}' must be {expected}", escape(key)), "")
        }
        LineProblem::Secret(key) => Words::new(
            format!("{line}: '{key}' does not belong into a file of settings"),
            match *key {
                "signing-key" => "name the key's file: signing-key-file".to_owned(),
                key => format!("say where it is, with {key}-file or {key}-command"),
            },
        ),
        LineProblem::Stdin(key) => Words::new(
            format!("{line}: '{key}' cannot be standard input"),
            format!("use --{key} - in the call that has it"),
        ),
    }
}
