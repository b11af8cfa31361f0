//! The token endpoint: one client credentials grant (RFC 6749 §4.4).

use zeroize::Zeroizing;

use crate::credential::ClientCredentials;
use crate::deadline::Deadline;
use crate::error::Failure;
use crate::event::{self, Event, tell};
use crate::foreign::ForeignText;
use crate::http::retry::{self, Outcome};
use crate::http::{Answer, Form, Http};
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

/// Asks for a token, again after a temporary failure, and checks what came.
pub fn fetch(
    http: &Http,
    request: &TokenRequest<'_>,
    retries: u32,
    deadline: Deadline,
) -> Result<TokenResponse, Failure> {
    let form = request.form();
    let redactor = request.redactor();
    let Outcome { result, tries, wait } = retry::post(http, &form, retries, deadline);
    let no_token = || if tries == 1 { "no token".to_owned() } else { format!("no token after {tries} tries") };
    let answer = result.map_err(|failure| {
        // It may name what a server says of itself: the names in its certificate.
        let why = ForeignText::new(failure.to_string().as_bytes()).quote(&redactor);
        Failure::new(failure.exit(), no_token(), why).hint(failure.hint())
    })?;
    read(&answer, request, &redactor).map_err(|refusal| refusal.into_failure(&no_token(), wait))
}

fn read(answer: &Answer, request: &TokenRequest<'_>, redactor: &Redactor) -> Result<TokenResponse, Refusal> {
    if !(200..=299).contains(&answer.status) {
        return Err(error_response::explain(answer, request, redactor));
    }
    let response = TokenResponse::parse(answer, redactor)?;
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
