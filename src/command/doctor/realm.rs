//! What the realm says without credentials: its discovery document, and its clock.

use std::time::{Duration, SystemTime};

use crate::clock;
use crate::command::doctor::connection::Asked;
use crate::command::doctor::recorder::Attempt;
use crate::command::doctor::step::{Fact, NOT_REACHED, Step};
use crate::duration::in_words;
use crate::foreign::ForeignText;
use crate::jwt::{Jwt, claims};
use crate::message;
use crate::oauth::discovery::Discovery;
use crate::oauth::issuer::Issuer;
use crate::oauth::token_response::TokenResponse;

/// Whether the realm's issuer and endpoint match ours; it only warns. `is_reported`: the steps of the connection report
/// why this request failed.
pub fn discovery(found: &Asked<Discovery>, issuer: &Issuer, is_reported: bool) -> Step {
    let mut step = Step::with("discovery", found.attempt.of("request"));
    let quote = |text: &str| ForeignText::new(text.as_bytes()).quote();
    let found = match &found.result {
        Ok(found) => found,
        Err(_) if is_reported && found.failed_before().is_some() => return Step::not_reached("discovery"),
        Err(error) => {
            let words = message::of_token_error(error);
            step.warn(words.why, words.hint);
            return step;
        }
    };
    const IS_IT_A_REALM: &str = "check --issuer: is it a realm?";
    let own = issuer.as_str();
    if let Some(name) = found.issuer.as_deref() {
        let shown = quote(name);
        step.saw("issuer", shown.as_str());
        if name != own {
            step.warn(
                format!(
                    "the realm calls itself `{shown}`, and --issuer is `{own}`: an API that expects the one refuses \
                     tokens that name the other"
                ),
                "if that is its right name, and on a host that you know, give that by --issuer; else have the server's \
                 hostname setting mended",
            );
        }
    } else {
        step.warn("the discovery document names no issuer", IS_IT_A_REALM);
    }
    if let Some(endpoint) = found.token_endpoint.as_deref() {
        let shown = quote(endpoint);
        step.saw("token endpoint", shown.as_str());
        if !issuer.is_origin_of(endpoint) {
            step.warn(
                format!("the realm's token endpoint is on another origin than --issuer: `{shown}`"),
                "ask the realm's administrator about its hostname setting, or which --issuer is meant",
            );
        }
    } else {
        step.warn("the discovery document names no token endpoint", IS_IT_A_REALM);
    }
    step
}

/// Our clock beside the server's: by the first response with a `Date`, which a Keycloak does not send, else by the time
/// at which the token was issued.
pub fn clock(attempts: [Option<&Attempt>; 2], token: Option<&TokenResponse>) -> Step {
    /// Synchronised clocks differ by less, and no API is known to refuse a token for it.
    const TOLERANCE: Duration = Duration::from_secs(30);
    /// Not measurable: `Date` and `iat` have whole seconds, and a response takes time.
    const UNSEEN: Duration = Duration::from_secs(3);
    let attempts = || attempts.into_iter().flatten();
    let by_date = attempts().find_map(|attempt| attempt.clocks).map(|clocks| ("`Date`", clocks));
    let by_token = || token.and_then(issued).map(|clocks| ("the token's `iat`", clocks));
    let Some((source, (server, own))) = by_date.or_else(by_token) else {
        let has_response = attempts().any(|attempt| !attempt.of("request").is_empty());
        let why = "no answer has a `Date`, and there is no token that says when it was issued";
        return Step::skipped("clock", if has_response { why } else { NOT_REACHED });
    };
    let mut step = Step::new("clock");
    step.saw("by", source);
    step.saw("server", clock::date(server));
    step.saw("this machine", clock::date(own));
    let (apart, sign, which) = match own.duration_since(server) {
        Ok(ahead) => (ahead, 1.0, "ahead of"),
        Err(behind) => (behind.duration(), -1.0, "behind"),
    };
    let seconds = apart.as_secs_f64().round();
    let words = format!("{} {which} the server's", in_words(Duration::from_secs_f64(seconds)));
    let shown = if apart < UNSEEN { "none to speak of".to_owned() } else { format!("this machine's is {words}") };
    step.facts.push(Fact::shown("difference", "_seconds", sign * seconds, shown));
    if apart >= TOLERANCE {
        step.warn(
            format!(
                "this machine's clock is {words}: what checks tokens or certificates by it takes good ones for expired \
                 or not valid yet"
            ),
            "set this machine's clock (NTP, `timedatectl`), or have the server's set",
        );
    }
    step
}

/// When the token was issued by the server's clock, and when it was requested by ours.
fn issued(token: &TokenResponse) -> Option<(SystemTime, SystemTime)> {
    let jwt = Jwt::decode(token.access_token.expose()).ok()?;
    let server = claims::system_time(jwt.claims.members.get("iat")?)?;
    Some((server, SystemTime::UNIX_EPOCH.checked_add(Duration::from_micros(token.asked_at.wall))?))
}
