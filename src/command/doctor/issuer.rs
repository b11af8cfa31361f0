//! The issuer, as it is written, and the CA bundle that an https one needs.

use crate::command::doctor::settings::tell_faults;
use crate::command::doctor::step::Step;
use crate::command::doctor::witness::Seen;
use crate::error::Failure;
use crate::oauth::issuer::Issuer;
use crate::settings::Fault;

/// `None` is one that cannot be used: its fault says why.
pub fn step(issuer: Option<&Issuer>, faults: &[Fault]) -> Step {
    let mut step = Step::new("issuer");
    tell_faults(&mut step, faults, |setting| setting == "issuer");
    let Some(issuer) = issuer else { return step };
    step.saw("realm", issuer.as_str());
    step.saw("token endpoint", issuer.token_endpoint());
    if issuer.is_tidied() {
        step.saw("trailing slash", "left out: a token names its issuer without one");
    }
    if !issuer.is_https() {
        step.saw("transport", "plain http, which is for this host alone");
    }
    if !issuer.names_a_realm() {
        step.warn(
            "the issuer does not end in `/realms/NAME`, as a Keycloak's does",
            format!("check --issuer; Catena's is {}", Issuer::CATENA),
        );
    }
    step
}

/// What is known of the CA bundle.
#[derive(Clone, Copy)]
pub enum Bundle<'a> {
    NotLookedAt,
    Usable,
    Unusable(&'a Failure),
}

/// Whether there is something to trust.
pub fn trust(issuer: Option<&Issuer>, bundle: Bundle<'_>, seen: &Seen) -> Step {
    match (issuer, bundle) {
        (None, _) | (_, Bundle::NotLookedAt) => return Step::not_reached("trust"),
        (Some(issuer), _) if !issuer.is_https() => {
            return Step::skipped("trust", "a plain http issuer has no certificate");
        }
        _ => {}
    }
    let mut step = Step::new("trust");
    if let Some((path, count)) = &seen.bundle {
        step.saw("CA bundle", path.as_str());
        step.saw("certificates", *count);
    }
    if let Bundle::Unusable(failure) = bundle {
        step.fail(failure);
    }
    step
}
