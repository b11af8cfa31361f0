//! The settings: what will be used, where it came from, and what is set in vain.

use serde_json::json;

use crate::command::doctor::slips::{are_swapped, slips};
use crate::command::doctor::step::Step;
use crate::error::Error;
use crate::message::settings::shown;
use crate::redaction::REDACTED;
use crate::settings::{Name, SettingError, Settings, empty_variables, unread_variables, unused_secrets};

/// The step that reports what is wrong with a setting.
pub fn step_of(error: &SettingError) -> &'static str {
    match error.name {
        Name::Issuer => "issuer",
        Name::Proxy => "proxy",
        Name::Secret => "secret",
        _ => "settings",
    }
}

/// Adds the errors that this step reports.
pub fn add_errors(step: &mut Step, settings: &Settings) {
    let name = step.name;
    let errors = settings.errors().filter(|error| step_of(error) == name);
    errors.for_each(|error| step.fail(&Error::from(error.clone())));
}

/// `secret` is what was fetched; `warnings` are those of the call.
pub fn step(settings: &Settings, secret: Option<&str>, warnings: &[String]) -> Step {
    let mut step = Step::new("settings");
    let client_id = settings.client_id.as_ref().ok();
    let is_swapped = client_id.zip(secret).is_some_and(|(id, secret)| are_swapped(id.value.as_str(), secret));
    for setting in shown(settings) {
        let is_secret = secret == Some(&setting.value) || is_swapped && setting.name == Name::ClientId;
        let value = if is_secret { REDACTED } else { &setting.value };
        let line = format!("{}  ({})", if value.is_empty() { "none" } else { value }, setting.origin);
        step.saw_as(setting.label, json!({"value": value, "origin": setting.origin}), line);
    }
    add_errors(&mut step, settings);
    if let Some(id) = client_id {
        for (what, hint) in slips(id.value.as_str()) {
            step.warn(format!("the client id ({}) {what}", id.origin.name()), hint);
        }
    }
    for name in empty_variables() {
        step.warn(
            format!("{name} is set but empty, which counts as not set"),
            format!("give {name} a value or unset it: a CI secret that is missing expands to nothing"),
        );
    }
    for unread in unread_variables() {
        let hint = match unread.nearest {
            Some(nearest) => format!("did you mean {nearest}?"),
            None => "unset it, or look at its name: `catena-token --help` has all of them".to_owned(),
        };
        step.warn(format!("nothing reads the variable {}", unread.name), hint);
    }
    for name in settings.secret.as_ref().map_or_else(|_| Vec::new(), unused_secrets) {
        step.warn(
            format!("there is a client secret in {name} as well, and it is not used"),
            format!("unset {name}, if the other one is meant"),
        );
    }
    warnings.iter().for_each(|warning| step.warn(warning, ""));
    step
}
