//! The steps before the network is used: program, settings, issuer, CA bundle, client secret.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::os::unix::fs::MetadataExt as _;

use rustix::process::geteuid;
use serde_json::json;

use super::{Finding, Recorded, Skipped, Step};
use crate::base::secret::Secret;
use crate::cli::error::Error;
use crate::cli::message;
use crate::cli::message::settings::shown;
use crate::cli::settings::{self, DEFAULT, Name, Setting, SettingError, Settings};
use crate::credential::{Cost, SecretSource, confused, mistakes};
use crate::display::redact::REDACTED;
use crate::http::Http;
use crate::http::endpoint::Endpoint;

/// Generated secrets are at least this long.
const LONG_ENOUGH: usize = 16;

/// The call warns of these itself if they are empty.
const SAID_BY_THE_CALL: [&str; 2] = ["CATENA_ISSUER", "CATENA_TOKEN_URL"];

pub fn program() -> Step {
    let mut step = Step::new("program");
    step.fact("version", env!("CARGO_PKG_VERSION"));
    step.fact("platform", format!("{OS} {ARCH}"));
    step.fact("user", geteuid().as_raw());
    step.fact("CI system", settings::ci_system());
    step
}

/// The step that reports the error of a setting.
pub fn step_of(error: &SettingError) -> &'static str {
    match error.name {
        Name::Issuer => "issuer",
        Name::Proxy => "proxy",
        Name::Secret => "secret",
        _ => "settings",
    }
}

/// A step with the errors of its settings.
pub fn with_errors(name: &'static str, settings: &Settings) -> Step {
    let mut step = Step::new(name);
    let errors = settings.errors().filter(|error| step_of(error) == name);
    errors.for_each(|error| step.fail(&Error::from(error.clone())));
    step
}

/// `warnings` are those of the call.
pub fn settings(settings: &Settings, secret: Option<&str>, warnings: &[String]) -> Step {
    let mut step = with_errors("settings", settings);
    let client_id = settings.client_id.as_ref().ok();
    for setting in shown(settings, secret) {
        let value = if secret == Some(&setting.value) { REDACTED } else { &setting.value };
        let line = format!("{}  ({})", if value.is_empty() { "none" } else { value }, setting.origin);
        step.fact_as(setting.label, json!({"value": value, "origin": setting.origin}), line);
    }
    if let Some(id) = client_id {
        let mistakes = mistakes(id.value.as_str());
        mistakes.for_each(|slip| step.warn(Finding::Mistake("client id", id.origin, slip)));
    }
    let empty = settings::empty_variables().into_iter().filter(|name| !SAID_BY_THE_CALL.contains(name));
    empty.for_each(|name| step.warn(Finding::EmptyVariable(name)));
    for name in settings::unread_variables() {
        step.warn(Finding::UnreadVariable(&name, settings::nearest_variable(&name)));
    }
    let unused = settings.secret.iter().flat_map(settings::unused_secrets);
    unused.for_each(|name| step.warn(Finding::UnusedSecret(name)));
    warnings.iter().for_each(|warning| step.warn(Finding::Warned(warning)));
    step
}

pub fn issuer(settings: &Settings) -> Step {
    let mut step = with_errors("issuer", settings);
    let Ok(Setting { value: issuer, origin }) = &settings.issuer else { return step };
    if let (Ok(Setting { value: Some(_), .. }), true) = (&settings.token_url, *origin == DEFAULT) {
        return Step::skipped("issuer", Skipped::TokenUrl);
    }
    step.fact(if issuer.is_keycloak() { "realm" } else { "issuer" }, issuer.as_str());
    if issuer.is_tidied {
        step.fact("trailing slash", "removed: tokens name the issuer without it");
    }
    if issuer.is_keycloak() && !issuer.names_a_realm() {
        step.warn(Finding::NoRealmInIssuer);
    }
    step
}

/// The CA bundle of an https server. `opened` is `None` if a setting of the connection is wrong.
pub fn trust(server: Option<&Endpoint>, opened: Option<&Result<Http, Error>>, recorded: &Recorded) -> Step {
    let (Some(server), Some(opened)) = (server, opened) else { return Step::not_reached("trust") };
    if !server.tls {
        return Step::skipped("trust", Skipped::NoBundle);
    }
    let mut step = Step::new("trust");
    step.facts = recorded.of("trust");
    opened.as_ref().err().into_iter().for_each(|failure| step.fail(failure));
    step
}

/// `secret` is `Ok(None)` if it was not fetched.
pub fn secret(settings: &Settings, secret: Result<Option<&Secret>, &Error>) -> Step {
    let mut step = with_errors("secret", settings);
    let Ok(source) = &settings.secret else { return step };
    let client_id = settings.client_id.as_ref().map(|id| id.value.as_str()).ok();
    let is_typed = source.cost() == Cost::Person;
    let origin = if is_typed { "typed at the terminal".to_owned() } else { message::secret::origin(source) };
    let origin = origin.as_str();
    match secret {
        Ok(None) => return Step::skipped("secret", Skipped::AskedLast),
        // The error names the possible sources.
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
    let confused = client_id.and_then(|id| confused(id, secret));
    mistakes(secret).chain(confused).for_each(|slip| step.warn(Finding::Mistake("client secret", origin, slip)));
    if confused.is_none() && secret.len() < LONG_ENOUGH {
        step.warn(Finding::ShortSecret(origin, length));
    }
    step
}
