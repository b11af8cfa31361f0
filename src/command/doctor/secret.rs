//! The client secret: whether it can be had, and its looks, of which nothing but length and shape is told.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::command::doctor::settings::tell_faults;
use crate::command::doctor::step::Step;
use crate::command::doctor::suspicion::{are_swapped, suspicions};
use crate::credential::{Cost, SecretSource};
use crate::error::Failure;
use crate::secret::Secret;
use crate::settings::Fault;

/// Those that a server makes are as long, and cannot be tried through by whoever steals a kept token.
const LONG_ENOUGH: usize = 16;

/// What came of getting it: a failure says why there is none, and nobody may have been asked.
pub type Got<'a> = Result<Option<&'a Secret>, &'a Failure>;

/// Without a `source` a fault says why.
pub fn step(source: Option<&SecretSource>, faults: &[Fault], got: Got<'_>, client_id: Option<&str>) -> Step {
    let mut step = Step::new("secret");
    tell_faults(&mut step, faults, |setting| setting == "client secret");
    let Some(source) = source else { return step };
    let origin = match source.cost() {
        Cost::Person => "typed at the terminal",
        _ => source.origin(),
    };
    match got {
        Ok(None) => return Step::skipped("secret", "nobody is asked for it before the rest is there"),
        // Why there is none says what was looked at.
        Err(_) if matches!(source, SecretSource::Prompt { .. }) => {}
        _ => step.saw("source", origin),
    }
    if let SecretSource::File { path, .. } = source {
        look_at_file(&mut step, path, origin);
    }
    match got {
        Err(failure) => step.fail(failure),
        Ok(secret) => secret.into_iter().for_each(|secret| look_at(&mut step, secret, client_id, origin)),
    }
    step
}

fn look_at(step: &mut Step, secret: &Secret, client_id: Option<&str>, origin: &str) {
    let text = secret.expose();
    let length = text.chars().count();
    step.saw_as("length", length, [characters(length)]);
    step.saw("shape", shape(text));
    for (what, hint) in suspicions(text) {
        step.warn(format!("the client secret ({origin}) {what}"), hint);
    }
    if client_id == Some(text) {
        step.warn(
            format!("the client secret ({origin}) is the same text as the client id"),
            format!("put the secret, and not the id, into {origin}"),
        );
    } else if client_id.is_some_and(|id| are_swapped(id, secret)) {
        step.warn(
            "the client id looks like a secret, and the secret like a client id",
            format!("are --client-id or CATENA_CLIENT_ID and {origin} swapped?"),
        );
    } else if text.len() < LONG_ENOUGH {
        step.warn(
            format!("the client secret ({origin}) has only {}, and a Keycloak makes 32", characters(length)),
            "is it the whole secret? Whoever steals a kept token could guess a short one: have a long one made, or use \
             --no-cache",
        );
    }
}

/// `1 character`, `24 characters`
pub fn characters(count: usize) -> String {
    if count == 1 { "1 character".to_owned() } else { format!("{count} characters") }
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

fn look_at_file(step: &mut Step, path: &Path, origin: &str) {
    let Ok(found) = fs::metadata(path) else { return };
    let mode = found.mode() & 0o7777;
    if !found.is_file() {
        return step.saw("file", if found.is_dir() { "a directory" } else { "a pipe or a device" });
    }
    step.saw("mode", format!("{mode:04o}"));
    if mode & 0o006 != 0 {
        let what = if mode & 0o002 == 0 { "read" } else { "change" };
        step.warn(
            format!("other users of this machine can {what} the file of {origin} (mode {mode:04o})"),
            format!("`chmod 600 {}`", path.display()),
        );
    } else if mode & 0o020 != 0 {
        step.warn(
            format!("the group can change the file of {origin} (mode {mode:04o})"),
            format!("`chmod g-w {}`", path.display()),
        );
    }
}
