//! Requests to an issuer: a token (RFC 6749 §4.4), its revocation (RFC 7009) and the issuer's keys (RFC 7517).

use crate::base::clock::{Deadline, Moment};
use crate::base::event::{Event, emit};
use crate::base::json::{self, Object};
use crate::credential::ClientCredentials;
use crate::display::redact::REDACTED;
use crate::display::untrusted::UntrustedText;
use crate::http::retry::{self, Outcome, RetryBudget};
use crate::http::{Answer, Http, Request};
use crate::oauth::client_auth::{self, Client};
use crate::oauth::endpoints::{Endpoints, KnownBy};
use crate::oauth::error::{Asked, AskedAs, AskedServer, Cause, ErrorResponse, RequestError, Unusable};
use crate::oauth::issuer::{Issuer, Purpose};
use crate::oauth::jwt::keys::Keys;
use crate::oauth::parameter::Parameter;
use crate::oauth::scope::Scope;
use crate::oauth::token_response::{AccessToken, TokenResponse, hide_tokens};

/// The result of a revocation: the token is not valid any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    Now,
    /// It was not a valid token of this server (`invalid_token`, which Keycloak sends with a 200).
    NotValid,
}

/// Which token is requested.
#[derive(Clone, Copy, Default)]
pub struct Wanted<'a> {
    pub scope: Option<&'a Scope>,
    pub params: &'a [Parameter],
}

/// Requests a token, with retries.
pub fn fetch_token(
    http: &Http,
    endpoints: &Endpoints,
    client: &Client<'_>,
    wanted: Wanted<'_>,
    tries: &mut RetryBudget,
    deadline: Deadline,
) -> Result<TokenResponse, RequestError> {
    let exchange = Exchange::post(Purpose::Token, endpoints, ("grant_type", "client_credentials"), wanted, client)?;
    let response = exchange.run(http, tries, deadline, TokenResponse::parse)?;
    emit(Event::TokenReceived {
        characters: response.access_token.expose().len(),
        lifetime: response.lifetime,
        scope: &response.scope.quote(),
    });
    Ok(response)
}

/// Revokes a token, with retries: revocation is idempotent.
pub fn revoke(
    http: &Http,
    endpoints: &Endpoints,
    client: &Client<'_>,
    token: &AccessToken,
    retries: u32,
    deadline: Deadline,
) -> Result<Revoked, RequestError> {
    emit(Event::Revoking { client: client.credentials.id.as_str(), issuer: client.issuer.as_str() });
    let exchange =
        Exchange::post(Purpose::Revocation, endpoints, ("token", token.expose()), Wanted::default(), client)?;
    exchange.run(http, &mut RetryBudget::new(retries), deadline, |answer, _| {
        // The body is empty or ignored JSON (RFC 7009 §2.2). Anything else did not come from the service.
        if answer.body.trim_ascii().is_empty() {
            return Ok(Revoked::Now);
        }
        match object(answer)?.get("error") {
            None => Ok(Revoked::Now),
            Some(error) if error == "invalid_token" => Ok(Revoked::NotValid),
            Some(_) => Err(Unusable::ErrorInSuccess(ErrorResponse::of(answer))),
        }
    })
}

pub fn fetch_keys(
    http: &Http,
    endpoints: &Endpoints,
    issuer: &Issuer,
    retries: u32,
    deadline: Deadline,
) -> Result<Keys, RequestError> {
    let exchange = Exchange::get(Purpose::Keys, endpoints.url(Purpose::Keys)?, issuer);
    exchange.run(http, &mut RetryBudget::new(retries), deadline, |answer, _| {
        let keys = Keys::parse(object(answer)?).ok_or_else(|| Unusable::NoKeys(answer.describe()))?;
        emit(Event::KeysReceived { count: keys.count() });
        Ok(keys)
    })
}

/// A request of any kind.
pub struct Exchange {
    purpose: Purpose,
    request: Request,
    asked: Asked,
}

impl Exchange {
    /// A request without credentials.
    pub fn get(purpose: Purpose, url: &str, issuer: &Issuer) -> Self {
        let request = Request { url: url.to_owned(), form: None, authorization: None };
        let known_by = KnownBy::Document { auth_methods: UntrustedText::default() };
        let known_by = if issuer.is_keycloak() { KnownBy::Keycloak } else { known_by };
        let asked =
            Asked { issuer: issuer.as_str().to_owned(), server: server(url, known_by), scope: None, client: None };
        Self { purpose, request, asked }
    }

    /// A request with the client's credentials.
    fn post(
        purpose: Purpose,
        endpoints: &Endpoints,
        first: (&str, &str),
        wanted: Wanted<'_>,
        client: &Client<'_>,
    ) -> Result<Self, RequestError> {
        let (url, scope) = (endpoints.url(purpose)?, wanted.scope.map(Scope::as_str));
        let request = client_auth::form(url.to_owned(), first, scope, wanted.params, client);
        let issuer = client.issuer.as_str().to_owned();
        let ClientCredentials { id, secret_by, secret } = client.credentials;
        let mistake = client.credentials.mistake();
        let id = if id.as_str() == secret.expose() { REDACTED } else { id.as_str() }.to_owned();
        let client = AskedAs { id, auth: client.auth, secret_by: *secret_by, mistake };
        let (server, scope) = (server(url, endpoints.known_by.clone()), scope.map(str::to_owned));
        let asked = Asked { issuer, server, scope, client: Some(client) };
        Ok(Self { purpose, request, asked })
    }

    /// Sends the request. `read` parses a 2xx; it gets the time just before the request.
    pub fn run<T>(
        self,
        http: &Http,
        tries: &mut RetryBudget,
        deadline: Deadline,
        read: impl FnOnce(&Answer, Moment) -> Result<T, Unusable>,
    ) -> Result<T, RequestError> {
        let Self { purpose, request, asked } = self;
        let (has_form, is_at_token_url) = (request.form.is_some(), asked.server.known_by == KnownBy::TokenUrl);
        let Outcome { result, sent, is_final, outcome_unknown, wait } = retry::send(http, &request, tries, deadline);
        let read = result.map_err(Cause::NoAnswer).and_then(|answer| {
            // A discovery document has the names of tokens, before other words.
            if has_form {
                hide_tokens(&String::from_utf8_lossy(&answer.body));
            }
            match answer.status {
                200..=299 => read(&answer, sent).map_err(Cause::Unusable),
                _ => Err(Cause::Status(ErrorResponse::of(&answer), asked)),
            }
        });
        read.map_err(|cause| {
            // An invalid response may come from a gateway, after the service has acted.
            let is_invalid = match &cause {
                Cause::NoAnswer(_) => false,
                Cause::Status(response, _) => !(300..=599).contains(&response.status),
                Cause::Unusable(_) => true,
            };
            // A request without credentials changes nothing there.
            let outcome_unknown = (outcome_unknown || is_invalid) && has_form;
            let (attempts, cause) = (tries.made, Box::new(cause));
            RequestError { purpose, attempts, wait, outcome_unknown, is_final, is_at_token_url, cause }
        })
    }
}

fn server(url: &str, known_by: KnownBy) -> Box<AskedServer> {
    let host = url.split(['/', '?']).nth(2).unwrap_or_default().to_owned();
    Box::new(AskedServer { host, known_by })
}

/// The body as a JSON object.
pub fn object(answer: &Answer) -> Result<Object, Unusable> {
    json::text(&answer.body).and_then(json::object).map_err(|problem| Unusable::NotJson(problem, answer.describe()))
}
