//! The token request, and what came.

use serde_json::Value;

use crate::clock;
use crate::command::doctor::asked::Asked;
use crate::command::doctor::secret::characters;
use crate::command::doctor::step::Step;
use crate::duration::display;
use crate::error::{Exit, Failure};
use crate::json;
use crate::jwt::{Jwt, claims, table};
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
        let is_broken = no_answer.stage.is_some() && no_answer.failure.exit() == Exit::Temporary;
        let is_plain = is_broken && !source.issuer.is_https();
        let hint = if is_plain { "is that an https port? then --issuer begins with https://" } else { "" };
        step.fail_unanswered(no_answer, hint);
        if !asked.was_tried() {
            step.saw_as("sent", false, ["no: a call would not ask either".to_owned()]);
        }
        let is_tried_again = asked.was_tried() && no_answer.failure.exit() == Exit::Temporary;
        // A wait that the service asks for may be longer than there is time for.
        if is_tried_again && no_answer.wait.is_none() && source.route.retries > 0 {
            step.saw_as("a call tries again", source.route.retries, [format!("{} times", source.route.retries)]);
        }
    }
    step
}

/// What came, and whether it is the token that is wanted. `check` is what a call demands of it. `redactor` hides the
/// secret in the server's words; no token is hidden in them yet.
pub fn answer(response: &TokenResponse, source: &TokenSource, redactor: &Redactor, check: Result<(), Failure>) -> Step {
    let mut step = Step::new("answer");
    tell_fields(&mut step, response, redactor);
    match response.lifetime {
        Some(lifetime) => step.saw_seconds("lifetime", lifetime.as_secs(), display(lifetime)),
        None => step.warn(
            "the answer does not say how long the token lives: it is printed and never kept, so that each call asks",
            "ask the realm's administrator for tokens with a lifetime",
        ),
    }
    let granted = response.scope.quote(redactor);
    let shown = if granted.is_empty() { "none" } else { &granted };
    step.saw_foreign("granted scope", granted.as_str(), [shown]);
    let token = response.access_token.expose();
    step.saw_as("token length", token.len(), [characters(token.len())]);
    step.saw_as("stored", false, ["no: doctor keeps no token".to_owned()]);
    if let Err(failure) = check {
        step.fail(&failure);
    }
    match Jwt::decode(token) {
        Ok(jwt) => Looked { step: &mut step, jwt: &jwt, redactor }.at(source, &granted, response),
        Err(why) => step.saw("kind", format!("opaque: {why}")),
    }
    step
}

fn tell_fields(step: &mut Step, response: &TokenResponse, redactor: &Redactor) {
    /// A Keycloak sends six.
    const SHOWN: usize = 20;
    let Ok(fields) = json::object(&response.json) else {
        return step.saw("fields", "they cannot be listed: a name stands twice, or they are nested too deep");
    };
    let mut names: Vec<String> =
        fields.keys().take(SHOWN).map(|name| redactor.redact_own(&claims::quoted(name))).collect();
    names.extend((fields.len() > SHOWN).then(|| format!("and {} more", fields.len() - SHOWN)));
    let line = redactor.redact_own(&names.join(", "));
    step.saw_foreign("fields", names, [line]);
}

/// A token that is looked at.
struct Looked<'a> {
    step: &'a mut Step,
    jwt: &'a Jwt<'a>,
    redactor: &'a Redactor,
}

impl Looked<'_> {
    fn at(&mut self, source: &TokenSource, granted: &str, response: &TokenResponse) {
        let said = &self.jwt.claims.members;
        let algorithm = self.jwt.header.text("alg").map_or("unsigned".to_owned(), claims::quoted);
        self.saw("kind", format!("a JWT, {algorithm}"));
        if let Some(issuer) = said.get("iss").map(claims::shown) {
            let issuer = self.saw("issuer", issuer);
            if self.jwt.claims.text("iss") != Some(source.issuer.as_str()) {
                self.step.warn_foreign(
                    format!("the token names the issuer `{issuer}`, and --issuer is `{}`", source.issuer.as_str()),
                    "if that is the realm's right name, and on a host that you know, give that by --issuer: an API may \
                     compare the two",
                );
            }
        }
        if let Some(client) = claims::client(said).pop() {
            let is_ours = client == source.client_id.as_str();
            let client = self.saw("client", client);
            if !is_ours {
                self.step.warn_foreign(
                    format!("the token is for the client `{client}`, and --client-id is another one"),
                    "check --client-id",
                );
            }
        }
        if claims::is_another_kind(said) {
            self.step.warn("by its `typ` it is no access token", "tell the realm's administrator");
        }
        self.times(response);
        let organisations = claims::organisations(said);
        if organisations.is_empty() {
            self.step.saw_as("organisations", Value::Array(Vec::new()), ["none".to_owned()]);
            no_organisation(self.step, source.scope.as_ref(), granted);
        } else {
            let lines: Vec<String> = organisations.iter().map(|line| self.redactor.redact_own(line)).collect();
            self.step.saw_foreign("organisations", lines.clone(), lines);
        }
    }

    /// By its own word, which the service's clock wrote.
    fn times(&mut self, response: &TokenResponse) {
        let said = &self.jwt.claims.members;
        for (label, claim) in [("issued", "iat"), ("expires", "exp")] {
            if let Some(date) = said.get(claim).and_then(table::date) {
                self.step.saw(label, date);
            }
        }
        let ends = said.get("exp").and_then(table::system_time);
        if ends.is_some_and(|ends| ends < clock::wall()) && response.lifetime.is_some() {
            self.step.warn(
                "the token has ended already, by its own `exp` and this machine's clock",
                "look at the step `clock`; if that is right, tell the realm's administrator: an API refuses the token",
            );
        }
    }

    /// Tells of a server's word, and returns it as it was told.
    fn saw(&mut self, label: &str, word: String) -> String {
        let word = self.redactor.redact_own(&word);
        self.step.saw_foreign(label, word.as_str(), [word.as_str()]);
        word
    }
}

/// Why there is none: Keycloak gives the claim for `organization` only to a service account that is in exactly one.
fn no_organisation(step: &mut Step, asked: Option<&Scope>, granted: &str) {
    let names = |scopes: &str| scopes.split(' ').any(|scope| scope.split(':').next() == Some("organization"));
    let asked = asked.map_or("", Scope::as_str);
    if !names(asked) {
        return step.saw("organisation asked for", false);
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
