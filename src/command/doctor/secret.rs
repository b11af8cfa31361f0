//! The client secret: whether it can be had, and its looks, of which nothing but length and shape is told.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use crate::command::doctor::step::Step;
use crate::command::doctor::suspicion::suspicions;
use crate::credential::{ClientCredentials, SecretSource};
use crate::error::Failure;

/// Those that a server makes are as long, and cannot be tried through by whoever steals a kept token.
const LONG_ENOUGH: usize = 16;

pub fn step(source: &SecretSource, credentials: Result<&ClientCredentials, Failure>) -> Step {
    let mut step = Step::new("secret");
    step.saw("source", source.origin());
    if let SecretSource::File { path, .. } = source {
        look_at_file(&mut step, path, source.origin());
    }
    match credentials {
        Err(failure) => step.fail(&failure),
        Ok(credentials) => look_at(&mut step, credentials, source.origin()),
    }
    step
}

fn look_at(step: &mut Step, credentials: &ClientCredentials, origin: &str) {
    let secret = credentials.secret.expose();
    let length = secret.chars().count();
    step.saw_as("length", length, [format!("{length} characters")]);
    step.saw("shape", shape(secret));
    for (what, hint) in suspicions(secret) {
        step.warn(format!("the client secret ({origin}) {what}"), hint);
    }
    if secret == credentials.id.as_str() {
        step.warn(
            format!("the client secret ({origin}) is the same text as the client id"),
            format!("put the secret, and not the id, into {origin}"),
        );
    } else if secret.len() < LONG_ENOUGH {
        step.warn(
            format!("the client secret has fewer than {LONG_ENOUGH} bytes: who steals a kept token could guess it"),
            "have a long one made by the server, or use --no-cache",
        );
    }
}

/// Which kinds of characters it has, in words.
fn shape(secret: &str) -> String {
    let has = |is_one: fn(char) -> bool| secret.chars().any(is_one);
    let kinds = [
        ("letters", has(|c| c.is_ascii_alphabetic())),
        ("digits", has(|c| c.is_ascii_digit())),
        ("blanks", has(char::is_whitespace)),
        ("other characters", has(|c| !c.is_ascii_alphanumeric() && !c.is_whitespace())),
    ];
    kinds.iter().filter(|(_, has_some)| *has_some).map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

fn look_at_file(step: &mut Step, path: &std::path::Path, origin: &str) {
    let Ok(found) = fs::metadata(path) else { return };
    let mode = found.mode() & 0o7777;
    if !found.is_file() {
        return step.saw("file", "a pipe or a device");
    }
    step.saw("mode", format!("{mode:04o}"));
    if mode & 0o006 != 0 {
        step.warn(
            format!("other users of this machine can read or change the file of {origin} (mode {mode:04o})"),
            format!("`chmod 600 {}`", path.display()),
        );
    } else if mode & 0o020 != 0 {
        step.warn(
            format!("the group can change the file of {origin} (mode {mode:04o})"),
            format!("`chmod g-w {}`", path.display()),
        );
    }
}
