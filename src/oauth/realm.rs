//! What is asked of a realm: a token (RFC 6749 §4.4), the end of one (RFC 7009), its keys, and what it says of itself
//! (OpenID Connect Discovery 1.0).
//!
//! Nothing on the way to a token needs the last: a Keycloak's endpoints follow from its issuer.

use crate::base::clock::Moment;
use crate::base::deadline::Deadline;
use crate::base::event::{Event, emit};
use crate::base::json::{self, Object};
use crate::http::retry::{self, Outcome, RetryBudget};
use crate::http::{Answer, Http, Request};
use crate::oauth::access_token::AccessToken;
use crate::oauth::client_auth::{self, Client};
use crate::oauth::error::{Asked, Cause, ErrorResponse, Purpose, RequestError, Unusable};
use crate::oauth::issuer::Issuer;
use crate::oauth::jwt::keys::Keys;
use crate::oauth::scope::Scope;
use crate::oauth::token_response::{TokenResponse, hide_tokens};

/// What the server says of a token that is not valid there any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// It was revoked, now or before.
    RevokedToken,
    /// The server takes it for none of its own that is valid (`invalid_token`, which Keycloak sends with a 200).
    NotValid,
}

/// Asks for a token, again after a temporary failure, and checks what came.
pub fn fetch_token(
    http: &Http,
    client: &Client<'_>,
    scope: Option<&Scope>,
    tries: &mut RetryBudget,
    deadline: Deadline,
) -> Result<TokenResponse, RequestError> {
    let exchange = Exchange::post(Purpose::Token, ("grant_type", "client_credentials"), scope, client);
    let response = exchange.run(http, tries, deadline, TokenResponse::parse)?;
    emit(Event::TokenReceived {
        characters: response.access_token.expose().len(),
        lifetime: response.lifetime,
        scope: &response.scope.quote(),
    });
    Ok(response)
}

/// Asks the server to revoke a token, again after a temporary failure: to ask twice does no harm.
pub fn revoke(
    http: &Http,
    client: &Client<'_>,
    token: &AccessToken,
    retries: u32,
    deadline: Deadline,
) -> Result<Revoked, RequestError> {
    emit(Event::Revoking { client: client.credentials.id.as_str(), issuer: client.issuer.as_str() });
    let exchange = Exchange::post(Purpose::Revocation, ("token", token.expose()), None, client);
    exchange.run(http, &mut RetryBudget::new(retries), deadline, |answer, _| {
        // A success has an empty body, or one of JSON that nobody needs (RFC 7009 §2.2). Anything else did not come
        // from the service.
        if answer.body.trim_ascii().is_empty() {
            return Ok(Revoked::RevokedToken);
        }
        match object(answer)?.get("error") {
            None => Ok(Revoked::RevokedToken),
            Some(error) if error == "invalid_token" => Ok(Revoked::NotValid),
            Some(_) => Err(Unusable::ErrorInSuccess(ErrorResponse::of(answer))),
        }
    })
}

pub fn fetch_keys(http: &Http, issuer: &Issuer, retries: u32, deadline: Deadline) -> Result<Keys, RequestError> {
    Exchange::get(Purpose::Keys, issuer).run(http, &mut RetryBudget::new(retries), deadline, |answer, _| {
        let keys = Keys::parse(object(answer)?).ok_or_else(|| Unusable::NoKeys(answer.describe()))?;
        emit(Event::KeysReceived { count: keys.count() });
        Ok(keys)
    })
}

/// Asks for the discovery document, once.
pub fn discover(http: &Http, issuer: &Issuer, deadline: Deadline) -> Result<Object, RequestError> {
    Exchange::get(Purpose::Discovery, issuer).run(http, &mut RetryBudget::new(0), deadline, |answer, _| object(answer))
}

/// A request, whatever it is about.
struct Exchange {
    purpose: Purpose,
    request: Request,
    asked: Asked,
}

impl Exchange {
    /// For a document that needs no credentials.
    fn get(purpose: Purpose, issuer: &Issuer) -> Self {
        let request = Request { url: issuer.endpoint(purpose), form: None, authorization: None };
        Self { purpose, request, asked: Asked { issuer: issuer.as_str().to_owned(), scope: None, client_auth: None } }
    }

    /// With the client's credentials, and with the scope that is asked for.
    fn post(purpose: Purpose, first: (&str, &str), scope: Option<&Scope>, client: &Client<'_>) -> Self {
        let scope = scope.map(Scope::as_str);
        let request = client_auth::form(client.issuer.endpoint(purpose), first, scope, client);
        let issuer = client.issuer.as_str().to_owned();
        let asked = Asked { issuer, scope: scope.map(str::to_owned), client_auth: Some(client.auth) };
        Self { purpose, request, asked }
    }

    /// Sends the request. `read` parses a success; it gets the moment at which the request was sent.
    fn run<T>(
        self,
        http: &Http,
        tries: &mut RetryBudget,
        deadline: Deadline,
        read: impl FnOnce(&Answer, Moment) -> Result<T, Unusable>,
    ) -> Result<T, RequestError> {
        let Self { purpose, request, asked } = self;
        let Outcome { result, sent, is_final, outcome_unknown, wait } = retry::send(http, &request, tries, deadline);
        let read = result.map_err(Cause::NoAnswer).and_then(|answer| {
            hide_tokens(&String::from_utf8_lossy(&answer.body));
            match answer.is_success() {
                true => read(&answer, sent).map_err(Cause::Unusable),
                false => Err(Cause::Status(ErrorResponse::of(&answer), asked)),
            }
        });
        read.map_err(|cause| {
            // What makes no sense may come from a gateway: whether the service acted is unknown.
            let makes_no_sense = match &cause {
                Cause::NoAnswer(_) => false,
                Cause::Status(response, _) => !(300..=599).contains(&response.status),
                Cause::Unusable(_) => true,
            };
            let outcome_unknown = outcome_unknown || makes_no_sense;
            RequestError { purpose, attempts: tries.made, wait, outcome_unknown, is_final, cause: Box::new(cause) }
        })
    }
}

/// The body as a JSON object.
fn object(answer: &Answer) -> Result<Object, Unusable> {
    json::text(&answer.body).and_then(json::object).map_err(|problem| Unusable::NotJson(problem, answer.describe()))
}
