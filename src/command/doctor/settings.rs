//! The settings: what will be used, where it came from, and what is set in vain.

use serde_json::json;

use crate::command::doctor::recorder::Recorded;
use crate::command::doctor::slips::{are_swapped, slips};
use crate::command::doctor::step::Step;
use crate::credential::SecretSource;
use crate::redaction::REDACTED;
use crate::settings::{Fault, empty_variables, unread_variables, unused_secrets};

/// The step that reports a fault of this setting.
pub fn step_of(setting: &str) -> &'static str {
    match setting {
        "issuer" => "issuer",
        "proxy" => "proxy",
        "client secret" => "secret",
        _ => "settings",
    }
}

/// Adds the faults that this step reports.
pub fn add_faults(step: &mut Step, faults: &[Fault]) {
    let name = step.name;
    faults.iter().filter(|fault| step_of(fault.setting) == name).for_each(|fault| step.fail(&fault.failure));
}

/// `source` is where the secret is, as far as that is known, and `secret` what came from there.
pub fn step(recorded: &Recorded, faults: &[Fault], source: Option<&SecretSource>, secret: Option<&str>) -> Step {
    let mut step = Step::new("settings");
    let client_id = recorded.client_id();
    let is_swapped = client_id.zip(secret).is_some_and(|(id, secret)| are_swapped(&id.value, secret));
    for setting in &recorded.settings {
        let is_secret =
            secret == Some(&setting.value) || is_swapped && client_id.is_some_and(|id| id.name == setting.name);
        let value = if is_secret { REDACTED } else { &setting.value };
        let shown = if value.is_empty() { "none" } else { value };
        let line = format!("{shown}  ({})", setting.origin);
        step.saw_as(&setting.name, json!({"value": value, "origin": setting.origin}), line);
    }
    add_faults(&mut step, faults);
    if let Some(id) = client_id {
        for (what, hint) in slips(&id.value) {
            step.warn(format!("the client id ({}) {what}", id.origin), hint);
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
    for name in source.map_or_else(Vec::new, unused_secrets) {
        step.warn(
            format!("there is a client secret in {name} as well, and it is not used"),
            format!("unset {name}, if the other one is meant"),
        );
    }
    recorded.warnings.iter().for_each(|warning| step.warn(warning, ""));
    step
}
