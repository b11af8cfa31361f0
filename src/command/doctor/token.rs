//! The token request, and the token that came.

use super::{Fact, Finding, Recorded, Step};
use crate::base::clock;
use crate::base::duration::display;
use crate::cli::message::{self, doctor::HTTPS_PORT};
use crate::oauth::client_auth::ClientAuth;
use crate::oauth::error::Purpose;
use crate::oauth::jwt::Jwt;
use crate::oauth::jwt::claims;
use crate::oauth::scope::Scope;
use crate::oauth::token_response::TokenResponse;
use crate::token::source::TokenSource;

/// How the service answered.
pub fn request(asked: Option<&Recorded>, source: Option<&TokenSource>) -> Step {
    let (Some(asked), Some(source)) = (asked, source) else { return Step::not_reached("request") };
    let mut step = Step::new("request");
    step.fact("url", source.issuer.endpoint(Purpose::Token));
    step.fact("credentials in", if source.client_auth == ClientAuth::Post { "the form" } else { "a Basic header" });
    step.facts.extend(asked.of("request"));
    let Some(error) = &asked.error else { return step };
    let is_temporary = error.is_temporary();
    let is_plain = is_temporary && error.phase().is_some() && !source.issuer.is_https();
    step.fail_request(error, if is_plain { HTTPS_PORT } else { "" });
    if !asked.was_tried() {
        step.fact("sent", false);
    } else if is_temporary && error.retry_after().is_none() && source.route.retries > 0 {
        // A wait that the service asks for may be longer than there is time for.
        step.fact("a call tries again", source.route.retries);
    }
    step
}

/// Whether it is the token that is wanted.
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
        Ok(jwt) => look_at(&mut step, &jwt, source, response),
        Err(why) => step.fact("kind", format!("opaque: {}", message::jwt::not_jwt(&why))),
    }
    step
}

fn look_at(step: &mut Step, jwt: &Jwt<'_>, source: &TokenSource, response: &TokenResponse) {
    let said = &jwt.claims;
    let algorithm = jwt.header.text("alg").map_or("unsigned".to_owned(), claims::quoted);
    step.fact("kind", format!("a JWT, {algorithm}"));
    if let Some(issuer) = said.shown("iss") {
        step.fact("issuer", issuer.as_str());
        let own = source.issuer.as_str();
        if said.text("iss") != Some(own) {
            step.warn(Finding::TokenOfOtherIssuer(&issuer, own));
        }
    }
    if let Some(client) = said.client() {
        let shown = claims::shown(client);
        step.fact("client", shown.as_str());
        if client != source.client_id.as_str() {
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
    step.fact("organisations", organisations.as_slice());
    let names = |scopes: &str| scopes.split(' ').any(|scope| scope.split(':').next() == Some("organization"));
    let asked = source.scope.as_ref().map_or("", Scope::as_str);
    if organisations.is_empty() && !names(asked) {
        step.fact("organisation asked for", false);
    } else if organisations.is_empty() {
        // Keycloak gives the claim for `organization` only to a service account that is in exactly one.
        let is_granted = response.scope.is_empty() || names(response.scope.raw());
        let is_any = asked.split(' ').any(|scope| scope == "organization:*");
        step.warn(Finding::NoOrganisation(is_granted && !is_any));
    }
}
