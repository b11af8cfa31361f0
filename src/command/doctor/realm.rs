//! What the realm says without credentials: its discovery document, and its clock.

use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::{Fact, Finding, Recorded, Skipped, Step};
use crate::base::clock;
use crate::base::json::Object;
use crate::cli::message;
use crate::display::untrusted::UntrustedText;
use crate::oauth::issuer::Issuer;
use crate::oauth::jwt::{Jwt, claims};
use crate::oauth::token_response::TokenResponse;

/// Whether the realm's issuer and endpoint match ours; it only warns. `is_reported`: the steps of the connection report
/// why this request failed.
pub fn discovery(asked: &Recorded, found: Option<&Object>, issuer: &Issuer, is_reported: bool) -> Step {
    if is_reported && asked.failed_at().is_some() {
        return Step::not_reached("discovery");
    }
    let mut step = Step::new("discovery");
    step.facts = asked.of("request");
    asked.error.iter().for_each(|error| step.warn(Finding::NoDiscovery(error)));
    let Some(found) = found else { return step };
    let text = |name| found.get(name).and_then(Value::as_str);
    let quote = |text: &str| UntrustedText::new(text.as_bytes()).quote();
    if let Some(said) = text("issuer") {
        let shown = quote(said);
        step.fact("issuer", shown.as_str());
        if said != issuer.as_str() {
            step.warn(Finding::OtherIssuer(&shown, issuer.as_str()));
        }
    } else {
        step.warn(Finding::Undocumented("issuer"));
    }
    if let Some(endpoint) = text("token_endpoint") {
        let shown = quote(endpoint);
        step.fact("token endpoint", shown.as_str());
        if !issuer.is_origin_of(endpoint) {
            step.warn(Finding::OtherTokenEndpoint(&shown));
        }
    } else {
        step.warn(Finding::Undocumented("token endpoint"));
    }
    step
}

/// Our clock beside the server's: by the first response with a `Date`, which a Keycloak does not send, else by the time
/// at which the token was issued.
pub fn clock(asked: [&Option<Recorded>; 2], token: Option<&TokenResponse>) -> Step {
    /// Synchronised clocks differ by less, and no API is known to refuse a token for it.
    const TOLERANCE: Duration = Duration::from_secs(30);
    /// Not measurable: `Date` and `iat` have whole seconds, and a response takes time.
    const UNSEEN: Duration = Duration::from_secs(3);
    let mut asked = asked.into_iter().flatten();
    let by_date = asked.clone().find_map(|asked| asked.clocks).map(|clocks| ("`Date`", clocks));
    let by_token = || token.and_then(issued).map(|clocks| ("the token's `iat`", clocks));
    let Some((source, (server, own))) = by_date.or_else(by_token) else {
        let has_response = asked.any(|asked| !asked.of("request").is_empty());
        return Step::skipped("clock", if has_response { Skipped::NoTimestamp } else { Skipped::NotReached });
    };
    let mut step = Step::new("clock");
    step.fact("by", source);
    step.fact("server", clock::date(server));
    step.fact("this machine", clock::date(own));
    let (apart, is_ahead) =
        own.duration_since(server).map_or_else(|behind| (behind.duration(), false), |ahead| (ahead, true));
    let seconds = apart.as_secs_f64().round();
    let words = || format!("this machine's is {}", message::doctor::clock(apart, is_ahead));
    let shown = if apart < UNSEEN { "none to speak of".to_owned() } else { words() };
    step.facts.push(Fact::shown("difference", "_seconds", if is_ahead { seconds } else { -seconds }, shown));
    if apart >= TOLERANCE {
        step.warn(Finding::Clock(apart, is_ahead));
    }
    step
}

/// When the token was issued by the server's clock, and when it was requested by ours.
fn issued(token: &TokenResponse) -> Option<(SystemTime, SystemTime)> {
    let jwt = Jwt::decode(token.access_token.expose()).ok()?;
    let server = claims::system_time(jwt.claims.members.get("iat")?)?;
    Some((server, SystemTime::UNIX_EPOCH.checked_add(Duration::from_micros(token.asked_at.wall))?))
}
