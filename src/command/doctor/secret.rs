//! The client secret: whether it can be had, and its length.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use super::local::with_errors;
use super::{Finding, Skipped, Step, are_swapped, mistakes};
use crate::base::secret::Secret;
use crate::cli::error::Error;
use crate::cli::message;
use crate::cli::settings::Settings;
use crate::credential::{Cost, SecretSource};

/// Generated secrets are at least this long, which makes guessing hopeless.
const LONG_ENOUGH: usize = 16;

/// `secret` is what was fetched; `Ok(None)` where it was not.
pub fn step(settings: &Settings, secret: Result<Option<&Secret>, &Error>) -> Step {
    let mut step = with_errors("secret", settings);
    let Ok(source) = &settings.secret else { return step };
    let client_id = settings.client_id.as_ref().map(|id| id.value.as_str()).ok();
    let is_typed = source.cost() == Cost::Person;
    let origin = if is_typed { "typed at the terminal".to_owned() } else { message::secret::origin(source) };
    let origin = origin.as_str();
    match secret {
        Ok(None) => return Step::skipped("secret", Skipped::AskedLast),
        // The failure names the sources.
        Err(_) if matches!(source, SecretSource::Prompt { .. }) => {}
        _ => step.fact("source", origin),
    }
    if let SecretSource::File { path, .. } = source
        && let Ok(found) = fs::metadata(path)
    {
        let mode = found.mode() & 0o7777;
        if found.is_file() {
            step.fact("mode", format!("{mode:04o}"));
        } else {
            step.fact("file", if found.is_dir() { "a directory" } else { "a pipe or a device" });
        }
        if found.is_file() && mode & 0o026 != 0 {
            step.warn(Finding::OpenSecretFile(origin, mode, path));
        }
    }
    secret.err().into_iter().for_each(|failure| step.fail(failure));
    let Ok(Some(secret)) = secret.map(|secret| secret.map(Secret::expose)) else { return step };
    let length = secret.chars().count();
    step.fact("length", length);
    mistakes(secret).for_each(|slip| step.warn(Finding::Mistake("client secret", origin, slip)));
    if client_id == Some(secret) {
        step.warn(Finding::SecretIsId(origin));
    } else if client_id.is_some_and(|id| are_swapped(id, secret)) {
        step.warn(Finding::Swapped(origin));
    } else if secret.len() < LONG_ENOUGH {
        step.warn(Finding::ShortSecret(origin, length));
    }
    step
}
