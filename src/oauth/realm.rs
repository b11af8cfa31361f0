//! Requests to an issuer: a token (RFC 6749 §4.4), its revocation (RFC 7009) and the issuer's keys (RFC 7517).

use crate::base::clock::{Deadline, Moment};
use crate::base::event::{Event, emit};
use crate::base::json::{self, Object};
use crate::credential::ClientId;
use crate::display::redact::REDACTED;
use crate::display::untrusted::UntrustedText;
use crate::http::endpoint::authority;
use crate::http::retry::{self, Outcome, RetryBudget};
use crate::http::{Answer, Http, Request};
use crate::oauth::client_auth::{self, Client, Proof};
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

/// Requests a token, with retries, for which `again` authenticates the client anew; `None` ends them.
pub fn fetch_token<'a>(
    http: &Http,
    endpoints: &Endpoints,
    client: &Client<'a>,
    mut again: impl FnMut() -> Option<Client<'a>>,
    wanted: Wanted<'_>,
    tries: &mut RetryBudget,
    deadline: Deadline,
) -> Result<TokenResponse, RequestError> {
    let url = endpoints.url(Purpose::Token)?;
    let post = |client: &Client<'_>| {
        Exchange::post(Purpose::Token, (url, endpoints), ("grant_type", "client_credentials"), wanted, client)
    };
    let again = |_| again().as_ref().map(post);
    let response = post(client).run(http, again, tries, deadline, TokenResponse::parse)?;
    emit(Event::TokenReceived {
        characters: response.access_token.expose().len(),
        lifetime: response.lifetime,
        scope: &response.scope.quote(),
    });
    Ok(response)
}

/// Revokes a token, with retries as [`fetch_token`]: revocation is idempotent.
pub fn revoke<'a>(
    http: &Http,
    endpoints: &Endpoints,
    client: &Client<'a>,
    mut again: impl FnMut() -> Option<Client<'a>>,
    token: &AccessToken,
    retries: u32,
    deadline: Deadline,
) -> Result<Revoked, RequestError> {
    emit(Event::Revoking { client: client.id.map(ClientId::as_str), issuer: client.issuer.as_str() });
    let url = endpoints.url(Purpose::Revocation)?;
    let post = |client: &Client<'_>| {
        Exchange::post(Purpose::Revocation, (url, endpoints), ("token", token.expose()), Wanted::default(), client)
    };
    let again = |_| again().as_ref().map(post);
    post(client).run(http, again, &mut RetryBudget::new(retries), deadline, |answer, _| {
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
    exchange.run(http, Some, &mut RetryBudget::new(retries), deadline, |answer, _| {
        let keys = Keys::parse(object(answer)?).ok_or_else(|| Unusable::NoKeys(answer.describe()))?;
        emit(Event::KeysReceived { count: keys.count() });
        Ok(keys)
    })
}

/// A request of any kind.
pub(super) struct Exchange {
    pub purpose: Purpose,
    pub request: Request,
    pub asked: Asked,
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

    /// A request with the client's credentials to `url`, which is one of the endpoints.
    fn post(
        purpose: Purpose,
        (url, endpoints): (&str, &Endpoints),
        first: (&str, &str),
        wanted: Wanted<'_>,
        client: &Client<'_>,
    ) -> Self {
        let scope = wanted.scope.map(Scope::as_str);
        let request = client_auth::form(url.to_owned(), first, scope, wanted.params, client);
        let issuer = client.issuer.as_str().to_owned();
        let Client { id, auth, proof, by, mistake, may_change, .. } = client;
        let (is_id_secret, assertion) = match proof {
            Proof::Secret(secret) => (id.is_some_and(|id| id.as_str() == secret.expose()), None),
            Proof::Assertion(assertion) => (false, Some(assertion.claims.clone())),
            Proof::Certificate => (false, None),
        };
        let id = id.map(|id| if is_id_secret { REDACTED } else { id.as_str() }.into());
        let client = AskedAs { id, auth: *auth, by: *by, mistake: *mistake, assertion, may_change: *may_change };
        let (server, scope) = (server(url, endpoints.known_by.clone()), scope.map(str::to_owned));
        let asked = Asked { issuer, server, scope, client: Some(client) };
        Self { purpose, request, asked }
    }

    /// Sends the request, and retries it with what `again` makes of it. `read` parses a 2xx; it gets the time just before
    /// the request.
    pub fn run<T>(
        self,
        http: &Http,
        mut again: impl FnMut(Self) -> Option<Self>,
        tries: &mut RetryBudget,
        deadline: Deadline,
        read: impl FnOnce(&Answer, Moment) -> Result<T, Unusable>,
    ) -> Result<T, RequestError> {
        let Self { purpose, request, mut asked } = self;
        let (has_form, is_at_token_url) = (request.form.is_some(), asked.server.known_by == KnownBy::TokenUrl);
        let may_change = asked.client.as_ref().is_some_and(|client| client.may_change);
        let mut again = |request| {
            let next = again(Self { purpose, request, asked: asked.clone() })?;
            asked = next.asked;
            Some(next.request)
        };
        let Outcome { result, sent, is_final, lost, wait } = retry::send(http, request, &mut again, tries, deadline);
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
            // The lost attempt used the assertion up: the next call gets a token if its source gives another.
            let (cause, is_final) = match lost.clone() {
                Some(lost) if may_change && cause.is_reuse() => (Cause::NoAnswer(lost), false),
                _ => (cause, is_final),
            };
            // An invalid response may come from a gateway, after the service has acted.
            let is_invalid = match &cause {
                Cause::NoAnswer(_) => false,
                Cause::Status(response, _) => !(300..=599).contains(&response.status),
                Cause::Unusable(_) => true,
            };
            // A request without credentials changes nothing there.
            let outcome_unknown = (lost.is_some() || is_invalid) && has_form;
            let (attempts, cause) = (tries.made, Box::new(cause));
            RequestError { purpose, attempts, wait, outcome_unknown, is_final, is_at_token_url, told: None, cause }
        })
    }
}

pub(super) fn server(url: &str, known_by: KnownBy) -> Box<AskedServer> {
    Box::new(AskedServer { host: authority(url).to_owned(), known_by })
}

/// The body as a JSON object.
pub fn object(answer: &Answer) -> Result<Object, Unusable> {
    json::text(&answer.body).and_then(json::object).map_err(|problem| Unusable::NotJson(problem, answer.describe()))
}
