//! The token request, and what came.

use serde_json::Value;

use crate::command::doctor::asked::Asked;
use crate::command::doctor::step::Step;
use crate::duration::display;
use crate::error::{Exit, Failure};
use crate::json;
use crate::jwt::{Jwt, claims};
use crate::oauth::scope::Scope;
use crate::oauth::token_response::TokenResponse;
use crate::redaction::Redactor;
use crate::token_source::TokenSource;

/// How the service answered.
pub fn request(asked: &Asked<TokenResponse>, source: &TokenSource) -> Step {
    let mut step = Step::new("request");
    step.saw("url", source.issuer.token_endpoint());
    step.saw("credentials in", if source.client_auth.name() == "post" { "the form" } else { "a Basic header" });
    if let Some(answered) = &asked.attempt.answered {
        step.saw("status", answered.status);
        step.saw("bytes", answered.bytes);
        step.saw_time("first byte", answered.first_byte);
        step.saw_time("took", answered.took);
    }
    if let Err(no_answer) = &asked.result {
        step.fail_unanswered(no_answer);
        let exit = no_answer.failure.exit();
        if exit == Exit::Temporary && source.route.retries > 0 {
            step.saw_as("a call tries again", source.route.retries, [format!("{} times", source.route.retries)]);
        }
    }
    step
}

/// What came, and whether it is the token that is wanted. `check` is what a call demands of it. Neither the secret nor a
/// token is hidden in the server's words yet.
pub fn answer(response: &TokenResponse, source: &TokenSource, check: Result<(), Failure>) -> Step {
    let mut step = Step::new("answer");
    let fields = json::object(&response.json).unwrap_or_default();
    step.saw("fields", fields.keys().map(|name| claims::quoted(name)).collect::<Vec<_>>());
    match response.lifetime {
        Some(lifetime) => {
            step.saw_as("lifetime", lifetime.as_secs(), [display(lifetime)]);
        }
        None => step.warn(
            "the answer does not say how long the token lives: it is printed and never kept, so that each call asks",
            "ask the realm's administrator for tokens with a lifetime",
        ),
    }
    let granted = response.scope.quote(&Redactor::default());
    step.saw("granted scope", granted.as_str());
    let token = response.access_token.expose();
    step.saw_as("token length", token.len(), [format!("{} characters", token.len())]);
    step.saw_as("stored", false, ["no: doctor keeps no token".to_owned()]);
    if let Err(failure) = check {
        step.fail(&failure);
    }
    match Jwt::decode(token) {
        Ok(jwt) => look_at(&mut step, &jwt, source, &granted),
        Err(why) => step.saw("kind", format!("opaque: {why}")),
    }
    step
}

fn look_at(step: &mut Step, jwt: &Jwt<'_>, source: &TokenSource, granted: &str) {
    let said = &jwt.claims.members;
    step.saw("kind", format!("a JWT, {}", jwt.header.text("alg").map_or("unsigned".to_owned(), claims::quoted)));
    if let Some(issuer) = said.get("iss").map(claims::shown) {
        step.saw("issuer", issuer.as_str());
        if jwt.claims.text("iss") != Some(source.issuer.as_str()) {
            step.warn(
                format!("the token names the issuer `{issuer}`, and --issuer is `{}`", source.issuer.as_str()),
                "give the one that it names by --issuer, if the realm can be reached so: an API may compare the two",
            );
        }
    }
    if let Some(client) = claims::client(said).first() {
        step.saw("client", client.as_str());
        if client != source.client_id.as_str() {
            step.warn(
                format!("the token is for the client `{client}`, and --client-id is another one"),
                "check --client-id",
            );
        }
    }
    if claims::is_another_kind(said) {
        step.warn("by its `typ` it is no access token", "tell the realm's administrator");
    }
    let organisations = claims::organisations(said);
    if organisations.is_empty() {
        step.saw_as("organisations", Value::Array(Vec::new()), ["none".to_owned()]);
        no_organisation(step, source.scope.as_ref(), granted);
    } else {
        let lines = organisations.clone();
        step.saw_as("organisations", organisations, lines);
    }
}

/// Why there is none: Keycloak gives the claim for `organization` only to a service account that is in exactly one.
fn no_organisation(step: &mut Step, asked: Option<&Scope>, granted: &str) {
    let names = |scopes: &str| scopes.split(' ').any(|scope| scope.split(':').next() == Some("organization"));
    let asked = asked.map_or("", Scope::as_str);
    if !names(asked) {
        return step.saw("asked for one", false);
    }
    let what = "the token names no organisation, which Catena's API needs to know";
    if asked.split(' ').any(|scope| scope == "organization:*") || !names(granted) && !granted.is_empty() {
        return step.warn(
            what,
            "ask the realm's administrator: the service account is in no organisation, or the scope `organization` is \
             not assigned to this client",
        );
    }
    step.warn(
        what,
        "try --scope 'organization:*': the service account may be in several organisations; else ask the realm's \
         administrator, it may be in none, or the scope is not assigned to this client",
    );
}
