//! The token request, and the token that came.

use crate::clock;
use crate::command::doctor::connection::Asked;
use crate::command::doctor::step::{Fact, Step};
use crate::duration::display;
use crate::jwt::Jwt;
use crate::jwt::claims::{self, Claims};
use crate::message;
use crate::oauth::client_auth::ClientAuth;
use crate::oauth::scope::Scope;
use crate::oauth::token_response::TokenResponse;
use crate::token_source::{TokenError, TokenSource};

/// How the service answered.
pub fn request(asked: &Asked<TokenResponse>, source: &TokenSource) -> Step {
    let mut step = Step::new("request");
    step.saw("url", source.issuer.token_endpoint());
    step.saw("credentials in", if source.client_auth == ClientAuth::Post { "the form" } else { "a Basic header" });
    step.facts.extend(asked.attempt.of("request"));
    let Err(error) = &asked.result else { return step };
    let is_temporary = error.is_temporary();
    let is_plain = is_temporary && error.phase().is_some() && !source.issuer.is_https();
    step.fail_request(error, if is_plain { "is that an https port? then --issuer begins with https://" } else { "" });
    if !asked.was_tried() {
        step.saw("sent", false);
    } else if is_temporary && error.retry_after().is_none() && source.route.retries > 0 {
        // A wait that the service asks for may be longer than there is time for.
        step.saw("a call tries again", source.route.retries);
    }
    step
}

/// Whether it is the token that is wanted. `check` is what a call demands of it.
pub fn answer(response: &TokenResponse, source: &TokenSource, check: Result<(), TokenError>) -> Step {
    let mut step = Step::new("answer");
    match response.lifetime {
        Some(lifetime) => step.facts.push(Fact::shown("lifetime", "_seconds", lifetime.as_secs(), display(lifetime))),
        None => step.warn(
            "the answer does not say how long the token lives: it is printed and never kept, so that each call asks",
            "ask the realm's administrator for tokens with a lifetime",
        ),
    }
    step.saw("granted scope", response.scope.quote());
    let token = response.access_token.expose();
    step.saw("token length", token.len());
    check.err().into_iter().for_each(|error| step.fail(&error.into()));
    match Jwt::decode(token) {
        Ok(jwt) => look_at(&mut step, &jwt, source, response),
        Err(why) => step.saw("kind", format!("opaque: {}", message::of_not_jwt(&why))),
    }
    step
}

fn look_at(step: &mut Step, jwt: &Jwt<'_>, source: &TokenSource, response: &TokenResponse) {
    let said = Claims(&jwt.claims.members);
    let algorithm = jwt.header.text("alg").map_or("unsigned".to_owned(), claims::quoted);
    step.saw("kind", format!("a JWT, {algorithm}"));
    if let Some(issuer) = said.shown("iss") {
        step.saw("issuer", issuer.as_str());
        let own = source.issuer.as_str();
        if jwt.claims.text("iss") != Some(own) {
            step.warn(
                format!("the token names the issuer `{issuer}`, and --issuer is `{own}`"),
                "if that is the realm's right name, and on a host that you know, give that by --issuer: an API may \
                 compare the two",
            );
        }
    }
    if let Some(client) = said.client() {
        let shown = claims::shown(client);
        step.saw("client", shown.as_str());
        if client != source.client_id.as_str() {
            step.warn(
                format!("the token is for the client `{shown}`, and --client-id is another one"),
                "check --client-id",
            );
        }
    }
    if claims::is_another_kind(said.0) {
        step.warn("by its `typ` it is no access token", "tell the realm's administrator");
    }
    for (label, claim) in [("issued", "iat"), ("expires", "exp")] {
        let moment = said.0.get(claim).and_then(claims::system_time);
        step.facts.extend(moment.map(|moment| Fact::new(label, clock::date(moment))));
    }
    let ends = said.0.get("exp").and_then(claims::system_time);
    if response.lifetime.is_some() && ends.is_some_and(|ends| ends < clock::wall()) {
        step.warn(
            "the token has ended already, by its own `exp` and this machine's clock",
            "look at the step `clock`; if that is right, tell the realm's administrator: an API refuses the token",
        );
    }
    let organisations = said.organisations();
    step.saw("organisations", organisations.as_slice());
    if organisations.is_empty() {
        no_organisation(step, source.scope.as_ref(), &response.scope.quote());
    }
}

/// Why there is none: Keycloak gives the claim for `organization` only to a service account that is in exactly one.
fn no_organisation(step: &mut Step, asked: Option<&Scope>, granted: &str) {
    const ALL: &str = "organization:*";
    let names = |scopes: &str| scopes.split(' ').any(|scope| scope.split(':').next() == Some("organization"));
    let asked = asked.map_or("", Scope::as_str);
    if !names(asked) {
        return step.saw("organisation asked for", false);
    }
    let is_granted = granted.is_empty() || names(granted);
    step.warn(
        "the token names no organisation, which Catena's API needs to know",
        if asked.split(' ').any(|scope| scope == ALL) || !is_granted {
            "ask the realm's administrator: the service account is in no organisation, or the scope `organization` is \
             not assigned to this client"
        } else {
            "try --scope 'organization:*': the service account may be in several organisations; else ask the realm's \
             administrator, it may be in none, or the scope is not assigned to this client"
        },
    );
}
