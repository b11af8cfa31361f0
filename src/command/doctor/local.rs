//! What is known before the network is used: the program, the issuer, the CA bundle.

use std::env::consts::{ARCH, OS};

use rustix::process::geteuid;

use crate::command::doctor::recorder::Recorded;
use crate::command::doctor::settings::add_errors;
use crate::command::doctor::step::Step;
use crate::error::Error;
use crate::http::Http;
use crate::oauth::issuer::Issuer;
use crate::settings::{Settings, ci_system};

/// The program, and where it runs.
pub fn program() -> Step {
    let mut step = Step::new("program");
    step.saw("version", env!("CARGO_PKG_VERSION"));
    step.saw("platform", format!("{OS} {ARCH}"));
    step.saw("user", geteuid().as_raw());
    step.saw("CI system", ci_system());
    step
}

/// The issuer as it is given.
pub fn issuer(settings: &Settings) -> Step {
    let mut step = Step::new("issuer");
    add_errors(&mut step, settings);
    let Ok(issuer) = settings.issuer.as_ref().map(|setting| &setting.value) else { return step };
    step.saw("realm", issuer.as_str());
    if issuer.is_tidied() {
        step.saw("trailing slash", "left out: a token names its issuer without one");
    }
    if !issuer.names_a_realm() {
        step.warn(
            "the issuer does not end in `/realms/NAME`, as a Keycloak's does",
            format!("check --issuer; Catena's is {}", Issuer::default().as_str()),
        );
    }
    step
}

/// The CA bundle that an https issuer needs. `opened` is what the settings of the network led to, if they can be used.
pub fn trust(issuer: Option<&Issuer>, opened: Option<&Result<Http, Error>>, recorded: &Recorded) -> Step {
    let (Some(issuer), Some(opened)) = (issuer, opened) else { return Step::not_reached("trust") };
    if !issuer.is_https() {
        return Step::skipped("trust", "a plain http issuer has no certificate");
    }
    let mut step = Step::new("trust");
    if let Some((path, certificates)) = &recorded.bundle {
        step.saw("CA bundle", path.as_str());
        step.saw("certificates", *certificates);
    }
    opened.as_ref().err().into_iter().for_each(|failure| step.fail(failure));
    step
}
