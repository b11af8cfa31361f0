//! The steps before the network is used: program, settings, issuer, CA bundle.

use std::env::consts::{ARCH, OS};

use rustix::process::geteuid;
use serde_json::json;

use super::{Finding, Recorded, Skipped, Step};
use crate::base::origin::Origin;
use crate::cli::error::Error;
use crate::cli::message::shown::shown;
use crate::cli::settings::{self, Name, Setting, SettingError, Settings};
use crate::credential::{ClientId, mistakes};
use crate::display::redact::REDACTED;
use crate::http::Http;
use crate::http::endpoint::Endpoint;

/// The call warns of these itself if they are empty.
const SAID_BY_THE_CALL: [&str; 3] = ["CATENA_ISSUER", "CATENA_PROFILE", "CATENA_TOKEN_URL"];
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
        Name::Credential => "credential",
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
    let client_id = settings.client_id.as_ref();
    for setting in shown(settings, secret) {
        let value = if secret == Some(&setting.value) { REDACTED } else { &setting.value };
        let line = format!("{}  ({})", if value.is_empty() { "none" } else { value }, setting.origin);
        step.fact_as(setting.label, json!({"value": value, "origin": setting.origin}), line);
    }
    if let Ok(id) = client_id {
        let mistakes = mistakes(id.value.as_ref().map_or("", ClientId::as_str));
        mistakes.for_each(|slip| step.warn(Finding::Mistake("client id", &id.origin.to_string(), slip)));
    }
    let empty = settings::empty_variables().into_iter().filter(|name| !SAID_BY_THE_CALL.contains(name));
    empty.for_each(|name| step.warn(Finding::EmptyVariable(name)));
    for name in settings::unread_variables() {
        step.warn(Finding::UnreadVariable(&name, settings::nearest_variable(&name)));
    }
    let unused = settings.credential.iter().flat_map(settings::unused_credentials);
    unused.for_each(|name| step.warn(Finding::UnusedCredential(name)));
    warnings.iter().for_each(|warning| step.warn(Finding::Warned(warning)));
    step
}

pub fn issuer(settings: &Settings) -> Step {
    let mut step = with_errors("issuer", settings);
    let Setting { value: issuer, origin } = match &settings.issuer {
        Ok(issuer) => issuer,
        // The configuration file is at fault.
        Err(error) if step_of(error) != step.name => return Step::not_reached("issuer"),
        Err(_) => return step,
    };
    if let (Ok(Setting { value: Some(_), .. }), true) = (&settings.token_url, *origin == Origin::Default) {
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
