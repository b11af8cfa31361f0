//! The client secret: whether it can be had, and its length.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::command::doctor::settings::add_errors;
use crate::command::doctor::slips::{are_swapped, slips};
use crate::command::doctor::step::Step;
use crate::credential::{Cost, SecretSource};
use crate::error::Error;
use crate::message;
use crate::secret::Secret;
use crate::settings::Settings;

/// Generated secrets are at least this long, which makes guessing hopeless.
const LONG_ENOUGH: usize = 16;

/// `secret` is what was fetched; `Ok(None)` where it was not.
pub fn step(settings: &Settings, secret: Result<Option<&Secret>, &Error>) -> Step {
    let mut step = Step::new("secret");
    add_errors(&mut step, settings);
    let Ok(source) = &settings.secret else { return step };
    let client_id = settings.client_id.as_ref().map(|id| id.value.as_str()).ok();
    let origin = if source.cost() == Cost::Person {
        "typed at the terminal".to_owned()
    } else {
        message::secret::origin(source)
    };
    let origin = origin.as_str();
    match secret {
        Ok(None) => return Step::skipped("secret", "nobody is asked for it before the rest is there"),
        // The failure names the sources.
        Err(_) if matches!(source, SecretSource::Prompt { .. }) => {}
        _ => step.saw("source", origin),
    }
    if let SecretSource::File { path, .. } = source {
        look_at_file(&mut step, path, origin);
    }
    match secret {
        Err(failure) => step.fail(failure),
        Ok(secret) => secret.iter().for_each(|secret| look_at(&mut step, secret.expose(), client_id, origin)),
    }
    step
}

fn look_at(step: &mut Step, secret: &str, client_id: Option<&str>, origin: &str) {
    let length = secret.chars().count();
    step.saw("length", length);
    for (what, hint) in slips(secret) {
        step.warn(format!("the client secret ({origin}) {what}"), hint);
    }
    if client_id == Some(secret) {
        step.warn(
            format!("the client secret ({origin}) is the same text as the client id"),
            format!("put the secret, and not the id, into {origin}"),
        );
    } else if client_id.is_some_and(|id| are_swapped(id, secret)) {
        step.warn(
            "the client id looks like a secret, and the secret like a client id",
            format!("are --client-id or CATENA_CLIENT_ID and {origin} swapped?"),
        );
    } else if secret.len() < LONG_ENOUGH {
        let length = if length == 1 { "1 character".to_owned() } else { format!("{length} characters") };
        step.warn(
            format!("the client secret ({origin}) has only {length}, and a Keycloak makes 32"),
            "is it the whole secret? Whoever steals a kept token could guess a short one: have a long one made, or use \
             --no-cache",
        );
    }
}

fn look_at_file(step: &mut Step, path: &Path, origin: &str) {
    let Ok(found) = fs::metadata(path) else { return };
    if !found.is_file() {
        return step.saw("file", if found.is_dir() { "a directory" } else { "a pipe or a device" });
    }
    let mode = found.mode() & 0o7777;
    step.saw("mode", format!("{mode:04o}"));
    let (finding, mend) = if mode & 0o002 != 0 {
        ("other users of this machine can change", "600")
    } else if mode & 0o004 != 0 {
        ("other users of this machine can read", "600")
    } else if mode & 0o020 != 0 {
        ("the group can change", "g-w")
    } else {
        return;
    };
    let what = format!("{finding} the file of {origin} (mode {mode:04o})");
    step.warn(what, format!("`chmod {mend} {}`", path.display()));
}
