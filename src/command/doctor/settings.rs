//! The settings: what will be used and where it came from, and what is set for nothing.

use serde_json::json;

use crate::command::doctor::sheet::Sheet;
use crate::command::doctor::step::Step;
use crate::command::doctor::suspicion::{are_swapped, suspicions};
use crate::command::doctor::witness::{CLIENT_ID, Seen};
use crate::credential::SecretSource;
use crate::redaction::REDACTED;
use crate::secret::Secret;
use crate::settings::{Environment, Fault, empty_variables, unread_variables, unused_secrets};

/// The settings that have a step of their own, and its name: it tells of their faults.
const ELSEWHERE: [(&str, &str); 3] = [("issuer", "issuer"), ("proxy", "proxy"), ("client secret", "secret")];

/// `source` is where the secret is, as far as that is settled, and `secret` what came from there.
pub fn step(seen: &Seen, faults: &[Fault], source: Option<&SecretSource>, secret: Option<&Secret>) -> Step {
    let mut step = Step::new("settings");
    for setting in &seen.settings {
        let is_secret = secret.is_some_and(|secret| {
            secret.expose() == setting.value || setting.name == CLIENT_ID && are_swapped(&setting.value, secret)
        });
        let value = if is_secret { REDACTED } else { &setting.value };
        let shown = if value.is_empty() { "none" } else { value };
        let given = json!({"value": value, "origin": setting.origin});
        step.saw_as(&setting.name, given, [format!("{shown}  ({})", setting.origin)]);
    }
    tell_faults(&mut step, faults, |setting| own_step(setting).is_none());
    if let Some(id) = seen.client_id() {
        for (what, hint) in suspicions(&id.value) {
            step.warn(format!("the client id ({}) {what}", id.origin), hint);
        }
    }
    for name in empty_variables(Environment) {
        step.warn(
            format!("{name} is set but empty, which counts as not set"),
            format!("give {name} a value or unset it: a CI secret that is missing expands to nothing"),
        );
    }
    for unread in unread_variables(Environment) {
        let hint = match unread.nearest {
            Some(nearest) => format!("did you mean {nearest}?"),
            None => "unset it, or look at its name: `catena-token --help` has all of them".to_owned(),
        };
        step.warn(format!("nothing reads the variable {}", unread.name), hint);
    }
    for name in source.map_or_else(Vec::new, |source| unused_secrets(source, Environment)) {
        step.warn(
            format!("there is a client secret in {name} as well, and it is not used"),
            format!("unset {name}, if the other one is meant"),
        );
    }
    for warning in &seen.warnings {
        step.warn(warning, "");
    }
    step
}

/// The faults of the settings that are meant, in `step`.
pub fn tell_faults(step: &mut Step, faults: &[Fault], is_meant: impl Fn(&str) -> bool) {
    faults.iter().filter(|fault| is_meant(fault.setting)).for_each(|fault| step.fail(&fault.failure));
}

/// A call ends with the first fault, in whichever step it is told.
pub fn tell_first(sheet: &mut Sheet, faults: &[Fault]) {
    if let Some(fault) = faults.first() {
        sheet.fault(own_step(fault.setting).unwrap_or("settings"), fault.failure.exit());
    }
}

fn own_step(setting: &str) -> Option<&'static str> {
    ELSEWHERE.iter().find(|(name, _)| *name == setting).map(|(_, step)| *step)
}
