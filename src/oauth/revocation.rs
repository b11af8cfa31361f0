//! The revocation endpoint (RFC 7009).

use serde_json::Value;

use crate::credential::ClientCredentials;
use crate::deadline::Deadline;
use crate::error::Exit;
use crate::event::{Event, tell};
use crate::foreign::ForeignText;
use crate::http::retry::Tries;
use crate::http::{Answer, Http};
use crate::json;
use crate::oauth::access_token::AccessToken;
use crate::oauth::client_auth::{self, ClientAuth};
use crate::oauth::error_response::Asked;
use crate::oauth::exchange::{Exchange, NoAnswer};
use crate::oauth::issuer::Issuer;
use crate::oauth::refusal::Refusal;
use crate::redaction::Redactor;

/// What is to be ended, and by whom.
pub struct RevocationRequest<'a> {
    pub issuer: &'a Issuer,
    pub credentials: &'a ClientCredentials,
    pub client_auth: ClientAuth,
    pub token: &'a AccessToken,
    /// Hides what the server may know besides, and send back.
    pub redactor: &'a Redactor,
    /// Whether it may have been ended before.
    pub was_in_doubt: bool,
}

/// What the server says of a token that does not work there any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// It was ended, now or before.
    Ended,
    /// The server takes it for none of its own that is valid (`invalid_token`, which Keycloak sends with a 200).
    NotValid,
}

/// Asks the server to end a token, again after a temporary failure: to ask twice does no harm. The caller waits where
/// the server asks for it.
pub fn revoke(
    http: &Http,
    request: &RevocationRequest<'_>,
    tries: &mut Tries,
    deadline: Deadline,
) -> Result<Revoked, NoAnswer> {
    tell(Event::Revoking { client: request.credentials.id.as_str(), issuer: request.issuer.as_str() });
    let mut redactor = client_auth::hiding(request.credentials);
    redactor.add(request.redactor);
    redactor.hide_token(request.token.expose());
    let parameters = [("token", request.token.expose())];
    let form =
        client_auth::form(request.issuer.revocation_endpoint(), &parameters, request.credentials, request.client_auth);
    let exchange = Exchange {
        what: "not revoked",
        what_in_doubt: Some("it is not known whether the token was revoked"),
        was_in_doubt: request.was_in_doubt,
        request: form,
        asked: Asked { issuer: request.issuer, scope: None, client_auth: Some(request.client_auth) },
        redactor,
    };
    let revoked = exchange.run(http, tries, deadline, |answer, _| read(answer, &exchange.redactor));
    revoked.map_err(|no_answer| NoAnswer {
        failure: match no_answer.is_in_doubt && no_answer.failure.exit() == Exit::Temporary {
            true => no_answer.failure.hint("revoke it again: to do so twice does no harm"),
            false => no_answer.failure,
        },
        ..no_answer
    })
}

/// A success has an empty body, or one of JSON that nobody needs (RFC 7009 §2.2). Anything else did not come from the
/// service.
fn read(answer: &Answer, redactor: &Redactor) -> Result<Revoked, Refusal> {
    let body = answer.body.trim_ascii();
    if body.is_empty() {
        return Ok(Revoked::Ended);
    }
    let object = std::str::from_utf8(body).map_err(|_| "it is not UTF-8").and_then(json::object);
    let object = object.map_err(|why| Refusal::unusable(format!("{why}: {}", answer.describe(redactor))))?;
    match object.get("error") {
        None => Ok(Revoked::Ended),
        Some(Value::String(error)) if error == "invalid_token" => Ok(Revoked::NotValid),
        Some(error) => {
            let error = ForeignText::new(error.as_str().unwrap_or_default().as_bytes()).quote(redactor);
            Err(Refusal::unusable(format!("it is an error in spite of HTTP {}: {error}", answer.status)))
        }
    }
}
