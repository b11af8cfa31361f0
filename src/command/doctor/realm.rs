//! What the realm says without credentials: its discovery document, and its clock.

use std::time::{Duration, SystemTime};

use crate::clock;
use crate::command::doctor::asked::Asked;
use crate::command::doctor::step::{NOT_REACHED, Step};
use crate::command::doctor::witness::Attempt;
use crate::duration::in_words;
use crate::foreign::ForeignText;
use crate::jwt::{Jwt, table};
use crate::oauth::discovery::Discovery;
use crate::oauth::issuer::Issuer;
use crate::oauth::token_response::TokenResponse;
use crate::redaction::Redactor;

/// Clocks that are kept right differ by less; and tokens have been refused for no more.
const TOLERANCE: Duration = Duration::from_secs(30);

/// Whether the realm sees itself as it is seen. No call asks for it, so that it stops none. `is_told`: the connection's
/// steps tell why this question did not arrive.
pub fn discovery(found: &Asked<Discovery>, issuer: &Issuer, is_told: bool, redactor: &Redactor) -> Step {
    let mut step = Step::new("discovery");
    let quote = |text: &str| ForeignText::new(text.as_bytes()).quote(redactor);
    if let Some(answered) = &found.attempt.answered {
        step.saw("status", answered.status);
        step.saw_time("took", answered.took);
    }
    let found = match &found.result {
        Ok(found) => found,
        Err(_) if is_told && found.failed_before().is_some() => return Step::not_reached("discovery"),
        Err(no_answer) => {
            step.warn_unanswered(no_answer);
            return step;
        }
    };
    match found.issuer.as_deref().map(quote) {
        Some(own) => {
            step.saw_foreign("issuer", own.as_str(), [own.as_str()]);
            if found.issuer.as_deref() != Some(issuer.as_str()) {
                step.warn_foreign(
                    format!(
                        "the realm calls itself `{own}`, and --issuer is `{}`: an API that expects the one refuses \
                         tokens that name the other",
                        issuer.as_str()
                    ),
                    "if that is its right name, and on a host that you know, give that by --issuer; else have the \
                     server's hostname setting mended",
                );
            }
        }
        None => step.warn("the discovery document names no issuer", "check --issuer: is it a realm?"),
    }
    match found.token_endpoint.as_deref() {
        Some(endpoint) => {
            let own = quote(endpoint);
            step.saw_foreign("token endpoint", own.as_str(), [own.as_str()]);
            if !issuer.is_origin_of(endpoint) {
                step.warn_foreign(
                    format!("the realm's token endpoint is on another origin than --issuer: `{own}`"),
                    "ask the realm's administrator about its hostname setting, or which --issuer is meant",
                );
            }
        }
        None => step.warn("the discovery document names no token endpoint", "check --issuer: is it a realm?"),
    }
    step
}

/// A `Date` and an `iat` have whole seconds, and an answer takes its time.
const UNSEEN: Duration = Duration::from_secs(3);

/// Our clock beside the server's, by the first answer with a `Date`, which a Keycloak itself does not send; else by when
/// the token was issued.
pub fn clock(attempts: [Option<&Attempt>; 2], token: Option<&TokenResponse>) -> Step {
    let answers = || attempts.iter().flatten().filter_map(|attempt| attempt.answered);
    let by_date = answers().find_map(|answered| answered.clocks).map(|clocks| ("`Date`", clocks));
    let by_token = || token.and_then(issued).map(|clocks| ("the token's `iat`", clocks));
    let Some((source, (server, own))) = by_date.or_else(by_token) else {
        let why = match answers().next() {
            Some(_) => "no answer has a `Date`, and there is no token that says when it was issued",
            None => NOT_REACHED,
        };
        return Step::skipped("clock", why);
    };
    let mut step = Step::new("clock");
    step.saw("by", source);
    step.saw("server", clock::date(server));
    step.saw("this machine", clock::date(own));
    let (apart, is_ahead) = match own.duration_since(server) {
        Ok(ahead) => (ahead, true),
        Err(behind) => (behind.duration(), false),
    };
    let seconds = apart.as_secs_f64().round();
    let which = if is_ahead { "ahead of" } else { "behind" };
    let words = format!("{} {which} the server's", in_words(Duration::from_secs_f64(seconds)));
    let shown = if apart < UNSEEN { "none to speak of".to_owned() } else { format!("this machine's is {words}") };
    step.saw_seconds("difference", if is_ahead { seconds } else { -seconds }, shown);
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

/// When the token was issued by the server's clock, and when it was asked for by ours.
fn issued(token: &TokenResponse) -> Option<(SystemTime, SystemTime)> {
    let jwt = Jwt::decode(token.access_token.expose()).ok()?;
    let server = table::system_time(jwt.claims.members.get("iat")?)?;
    Some((server, SystemTime::UNIX_EPOCH.checked_add(Duration::from_micros(token.asked_at.wall))?))
}
