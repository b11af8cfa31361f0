//! The settings: what will be used and where it came from, and what is set for nothing.

use serde_json::json;

use crate::command::doctor::sheet::Sheet;
use crate::command::doctor::step::Step;
use crate::command::doctor::suspicion::suspicions;
use crate::command::doctor::witness::Seen;
use crate::credential::SecretSource;
use crate::settings::{Environment, Fault, empty_variables, unread_variables, unused_secrets};

/// The settings that have a step of their own, which tells of their faults.
const ELSEWHERE: [&str; 2] = ["issuer", "proxy"];

/// `secret` is where the secret is, as far as that is settled.
pub fn step(seen: &Seen, faults: &[Fault], secret: Option<&SecretSource>) -> Step {
    let mut step = Step::new("settings");
    for setting in &seen.settings {
        let value = if setting.value.is_empty() { "none" } else { &setting.value };
        let (given, origin) = (json!({"value": setting.value, "origin": setting.origin}), &setting.origin);
        step.saw_as(&setting.name, given, [format!("{value}  ({origin})")]);
    }
    tell_faults(&mut step, faults, |setting| !ELSEWHERE.contains(&setting));
    if let Some(id) = seen.settings.iter().find(|setting| setting.name == "client id") {
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
    for name in secret.map_or_else(Vec::new, |secret| unused_secrets(secret, Environment)) {
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
        let own = ELSEWHERE.into_iter().find(|name| *name == fault.setting);
        sheet.fault(own.unwrap_or("settings"), fault.failure.exit());
    }
}
