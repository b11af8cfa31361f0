//! The token endpoint: one client credentials grant (RFC 6749 §4.4).

use std::time::Duration;

use zeroize::Zeroizing;

use crate::clock::Moment;
use crate::credential::ClientCredentials;
use crate::deadline::Deadline;
use crate::error::{Exit, Failure};
use crate::event::{self, Event, tell};
use crate::foreign::ForeignText;
use crate::http::retry::{self, Outcome, Patience, Tries};
use crate::http::{Answer, Form, Http, HttpFailure};
use crate::oauth::client_auth::{ClientAuth, basic_value};
use crate::oauth::error_response;
use crate::oauth::issuer::Issuer;
use crate::oauth::refusal::Refusal;
use crate::oauth::scope::Scope;
use crate::oauth::token_response::{TokenResponse, hiding_tokens};
use crate::redaction::Redactor;

/// What is asked for, and as whom.
pub struct TokenRequest<'a> {
    pub issuer: &'a Issuer,
    pub credentials: &'a ClientCredentials,
    pub scope: Option<&'a Scope>,
    pub client_auth: ClientAuth,
}

/// A request that brought no token, and what it means for others who ask with the same credentials.
pub struct NoToken {
    pub failure: Failure,
    /// Why, without what holds for this moment alone: how often it was tried, how long it is to wait.
    pub why: String,
    /// How long the service asked to wait.
    pub wait: Option<Duration>,
    /// Whether whoever asks in the same way meets the same: a refusal, or a temporary failure of the service that a
    /// longer time of one's own would not have mended.
    pub holds_for_others: bool,
}

impl NoToken {
    /// A failure of this process, before anything was asked.
    pub fn own(failure: Failure) -> Self {
        Self { failure, why: String::new(), wait: None, holds_for_others: false }
    }
}

/// Asks for a token, again after a temporary failure, and checks what came.
pub fn fetch(
    http: &Http,
    request: &TokenRequest<'_>,
    tries: &mut Tries,
    patience: Patience,
    deadline: Deadline,
) -> Result<TokenResponse, NoToken> {
    let form = request.form();
    let redactor = request.redactor();
    let Outcome { result, sent, is_final, wait } = retry::post(http, &form, tries, patience, deadline);
    let no_token = || match tries.made {
        1 => "no token".to_owned(),
        made => format!("no token after {made} tries"),
    };
    let out_of_time = matches!(result, Err(HttpFailure::TimedOut { setting: "--timeout", .. }));
    let failed = |failure: Failure, why: String| NoToken {
        why,
        wait: wait.map(|wait| wait.time),
        holds_for_others: match failure.exit() {
            Exit::Refused => true,
            Exit::Temporary => is_final && !out_of_time,
            _ => false,
        },
        failure,
    };
    let answer = result.map_err(|failure| {
        // It may name what a server says of itself: the names in its certificate.
        let why = ForeignText::new(failure.to_string().as_bytes()).quote(&redactor);
        failed(Failure::new(failure.exit(), no_token(), &why).hint(failure.hint()), why)
    })?;
    read(&answer, sent, request, &redactor).map_err(|refusal| {
        let why = refusal.why.clone();
        failed(refusal.into_failure(&no_token(), wait), why)
    })
}

fn read(
    answer: &Answer,
    sent: Moment,
    request: &TokenRequest<'_>,
    redactor: &Redactor,
) -> Result<TokenResponse, Refusal> {
    if !(200..=299).contains(&answer.status) {
        return Err(error_response::explain(answer, request, redactor));
    }
    let response = TokenResponse::parse(answer, sent, redactor)?;
    if event::is_heard() {
        tell(Event::TokenReceived {
            characters: response.access_token.expose().len(),
            lifetime: response.lifetime,
            scope: &response.scope.quote(&hiding_tokens(redactor, &response.json)),
        });
    }
    Ok(response)
}

impl TokenRequest<'_> {
    /// The parameters of the service's reference; the credentials once, where `client_auth` puts them.
    fn form(&self) -> Form {
        let (id, secret) = (self.credentials.id.as_str(), self.credentials.secret.expose());
        let scope = self.scope.map_or("", Scope::as_str);
        // Room for the worst case, so that no half of the secret is left behind in memory by a reallocation.
        let room = 3 * (id.len() + secret.len() + scope.len()) + 128;
        let mut body = form_urlencoded::Serializer::new(String::with_capacity(room));
        body.append_pair("grant_type", "client_credentials");
        if self.client_auth == ClientAuth::Post {
            body.append_pair("client_id", id).append_pair("client_secret", secret);
        }
        // Keycloak refuses an empty scope.
        if !scope.is_empty() {
            body.append_pair("scope", scope);
        }
        let authorization = (self.client_auth == ClientAuth::Basic).then(|| basic_value(self.credentials));
        Form { url: self.issuer.token_endpoint(), body: Zeroizing::new(body.finish()), authorization }
    }

    /// Hides what this request sends, in case the server sends it back.
    fn redactor(&self) -> Redactor {
        let mut redactor = Redactor::default();
        redactor.hide(self.credentials.secret.expose());
        redactor.hide(basic_value(self.credentials).trim_start_matches("Basic "));
        redactor
    }
}
