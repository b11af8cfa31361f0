//! The realm's responses: its discovery document, its clock, the response to the token request, and the token.

use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::{Fact, Finding, Recorded, Skipped, Step};
use crate::base::clock;
use crate::base::duration::display;
use crate::base::json::Object;
use crate::cli::message;
use crate::display::untrusted::UntrustedText;
use crate::oauth::client_auth::ClientAuth;
use crate::oauth::discovery::Expected;
use crate::oauth::endpoints::{Endpoints, KnownBy};
use crate::oauth::issuer::Issuer;
use crate::oauth::jwt::verify::check_issuer;
use crate::oauth::jwt::{Jwt, claims};
use crate::oauth::scope::Scope;
use crate::oauth::token_response::TokenResponse;
use crate::oauth::token_url::TokenUrl;
use crate::token::source::TokenSource;

/// Whether a Keycloak's discovery document matches our issuer. `is_reported`: the connection's steps report why it
/// failed.
pub fn discovery(request: &Recorded, found: Option<&Object>, expected: Expected<'_>, is_reported: bool) -> Step {
    if is_reported && request.failed_at().is_some() {
        return Step::not_reached("discovery");
    }
    let mut step = Step::new("discovery");
    step.facts = request.of("request");
    request.error.iter().for_each(|error| step.warn(Finding::NoDiscovery(error)));
    let Some(found) = found else { return step };
    let text = |name| found.get(name).and_then(Value::as_str);
    let quote = |text: &str| UntrustedText::new(text.as_bytes()).quote();
    if let Some(said) = text("issuer") {
        let shown = quote(said);
        step.fact("issuer", shown.as_str());
        if said != expected.name() {
            step.warn(Finding::OtherIssuer(&shown, expected.name()));
        }
    } else {
        step.warn(Finding::Undocumented("issuer"));
    }
    if let Some(endpoint) = text("token_endpoint") {
        let shown = quote(endpoint);
        step.fact("token endpoint", shown.as_str());
        if !expected.issuer.is_origin_of(endpoint) {
            step.warn(Finding::OtherTokenEndpoint(&shown));
        }
    } else {
        step.warn(Finding::Undocumented("token endpoint"));
    }
    step
}

/// The endpoints in the discovery document of an issuer that is no Keycloak. The connection's steps report why it
/// could not be reached.
pub fn endpoints(request: &Recorded, found: Option<&Endpoints>, issuer: &Issuer) -> Step {
    if request.failed_at().is_some() {
        return Step::not_reached("discovery");
    }
    let mut step = Step::new("discovery");
    step.facts = request.of("request");
    request.error.iter().for_each(|error| step.fail_request(error));
    let Some(found) = found else { return step };
    let quote = |url: &Option<String>| url.as_ref().map(|url| UntrustedText::new(url.as_bytes()).quote());
    step.fact("token endpoint", quote(&found.token));
    step.fact("revocation endpoint", quote(&found.revocation));
    step.fact("keys", quote(&found.keys));
    if let KnownBy::Document { auth_methods } = &found.known_by {
        step.fact("client authentication", auth_methods.quote());
    }
    if let Some(token) = &found.token {
        step.fact("on the issuer's host", issuer.is_origin_of(token));
    }
    step
}

/// Compares our clock with the server's: by a response's `Date`, which Keycloak does not send, or the token's `iat`.
pub fn clock(requests: [&Option<Recorded>; 2], token: Option<&TokenResponse>) -> Step {
    /// Synchronised clocks differ by less, and APIs tolerate it.
    const TOLERANCE: Duration = Duration::from_secs(30);
    /// Not measurable: `Date` and `iat` are whole seconds, and a response takes time.
    const UNSEEN: Duration = Duration::from_secs(3);
    let mut requests = requests.into_iter().flatten();
    let by_date = requests.clone().find_map(|request| request.clocks).map(|clocks| ("'Date'", clocks));
    let by_token = || token.and_then(issued).map(|clocks| ("the token's 'iat'", clocks));
    let Some((source, (server, own))) = by_date.or_else(by_token) else {
        let has_response = requests.any(|request| !request.of("request").is_empty());
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
    let shown = if apart < UNSEEN { "negligible".to_owned() } else { words() };
    step.facts.push(Fact::shown("difference", "_seconds", if is_ahead { seconds } else { -seconds }, shown));
    if apart >= TOLERANCE {
        step.warn(Finding::Clock(apart, is_ahead));
    }
    step
}

/// The token's `iat`, and when it was requested by our clock.
fn issued(token: &TokenResponse) -> Option<(SystemTime, SystemTime)> {
    let jwt = Jwt::decode(token.access_token.expose()).ok()?;
    let server = claims::system_time(jwt.claims.members.get("iat")?)?;
    Some((server, SystemTime::UNIX_EPOCH.checked_add(Duration::from_micros(token.asked_at.wall))?))
}

/// The response to the token request.
pub fn request(recorded: Option<&Recorded>, source: Option<&TokenSource>, endpoints: Option<&Endpoints>) -> Step {
    let (Some(recorded), Some(source)) = (recorded, source) else { return Step::not_reached("request") };
    let mut step = Step::new("request");
    let url = source.token_url.as_ref().map(TokenUrl::shown).or_else(|| endpoints?.token.clone());
    step.fact("url", url.map(|url| UntrustedText::new(url.as_bytes()).quote()));
    step.fact(
        "credentials in",
        if source.client_auth == ClientAuth::Basic { "a Basic header" } else { "the form body" },
    );
    step.facts.extend(recorded.of("request"));
    let Some(error) = &recorded.error else { return step };
    step.fail_request(error);
    if !recorded.was_tried() {
        step.fact("sent", false);
    } else if error.is_temporary() && error.retry_after().is_none() && source.route.retries > 0 {
        // A `Retry-After` may be longer than the timeout.
        step.fact("retries of a call", source.route.retries);
    }
    step
}

/// Whether the token is the expected one.
pub fn answer(response: Option<&TokenResponse>, source: Option<&TokenSource>) -> Step {
    let (Some(response), Some(source)) = (response, source) else { return Step::not_reached("answer") };
    let mut step = Step::new("answer");
    match response.lifetime {
        Some(lifetime) => step.facts.push(Fact::shown("lifetime", "_seconds", lifetime.as_secs(), display(lifetime))),
        None => step.warn(Finding::NoLifetime),
    }
    step.fact("granted scope", response.scope.quote());
    let token = response.access_token.expose();
    step.fact("token length", token.len());
    let check = source.freshness.check_new(response, clock::now());
    check.err().into_iter().for_each(|error| step.fail(&error.into()));
    match Jwt::decode(token) {
        Ok(jwt) => check_claims(&mut step, &jwt, source, response),
        Err(why) => step.fact("kind", format!("not a JWT: {}", message::jwt::not_jwt(&why))),
    }
    step
}

fn check_claims(step: &mut Step, jwt: &Jwt<'_>, source: &TokenSource, response: &TokenResponse) {
    let said = &jwt.claims;
    let algorithm = jwt.header.text("alg").map_or("unsigned".to_owned(), claims::quoted);
    step.fact("kind", format!("a JWT, {algorithm}"));
    if let Some(issuer) = said.shown("iss") {
        step.fact("issuer", issuer.as_str());
        let expected = source.expected();
        if check_issuer(jwt, expected.name()).is_err() {
            step.warn(Finding::TokenOfOtherIssuer(&issuer, expected.name()));
        }
    }
    if let Some(client) = said.client() {
        let shown = claims::shown(client);
        step.fact("client", shown.as_str());
        if source.client_id.as_ref().is_some_and(|id| client != id.as_str()) {
            step.warn(Finding::TokenOfOtherClient(&shown));
        }
    }
    if said.is_another_kind() {
        step.warn(Finding::NoAccessToken);
    }
    for (label, claim) in [("issued", "iat"), ("expires", "exp")] {
        let moment = said.members.get(claim).and_then(claims::system_time);
        step.facts.extend(moment.map(|moment| Fact::new(label, clock::date(moment))));
    }
    let ends = said.members.get("exp").and_then(claims::system_time);
    if response.lifetime.is_some() && ends.is_some_and(|ends| ends < clock::wall()) {
        step.warn(Finding::TokenEnded);
    }
    let organisations = said.organisations();
    // Keycloak's claim.
    if !source.issuer.is_keycloak() && organisations.is_empty() {
        return;
    }
    step.fact("organisations", organisations.as_slice());
    let names = |scopes: &str| scopes.split(' ').any(|scope| scope.split(':').next() == Some("organization"));
    let requested = source.scope.as_ref().map_or("", Scope::as_str);
    if organisations.is_empty() && !names(requested) {
        step.fact("organisation requested", false);
    } else if organisations.is_empty() {
        // Keycloak adds the claim for `organization` only if the service account is in exactly one.
        let is_granted = response.scope.is_empty() || names(response.scope.raw());
        let is_any = requested.split(' ').any(|scope| scope == "organization:*");
        step.warn(Finding::NoOrganisation(is_granted && !is_any));
    }
}
