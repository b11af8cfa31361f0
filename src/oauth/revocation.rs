//! The revocation endpoint (RFC 7009).

use serde_json::Value;

use crate::credential::ClientCredentials;
use crate::deadline::Deadline;
use crate::event::{Event, tell};
use crate::foreign::ForeignText;
use crate::http::retry::Tries;
use crate::http::{Answer, Http};
use crate::oauth::access_token::AccessToken;
use crate::oauth::client_auth::{self, ClientAuth};
use crate::oauth::error::{AnswerProblem, Asked, Purpose, RequestError, Unusable};
use crate::oauth::exchange::{Exchange, object};
use crate::oauth::issuer::Issuer;

/// What is to be ended, and by whom.
pub struct RevocationRequest<'a> {
    pub issuer: &'a Issuer,
    pub credentials: &'a ClientCredentials,
    pub client_auth: ClientAuth,
    pub token: &'a AccessToken,
}

/// What the server says of a token that does not work there any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// It was revoked, now or before.
    Ended,
    /// The server takes it for none of its own that is valid (`invalid_token`, which Keycloak sends with a 200).
    NotValid,
}

/// Asks the server to revoke a token, again after a temporary failure: to ask twice does no harm.
pub fn revoke(
    http: &Http,
    request: &RevocationRequest<'_>,
    retries: u32,
    deadline: Deadline,
) -> Result<Revoked, RequestError> {
    tell(Event::Revoking { client: request.credentials.id.as_str(), issuer: request.issuer.as_str() });
    let parameters = [("token", request.token.expose())];
    let form =
        client_auth::form(request.issuer.revocation_endpoint(), &parameters, request.credentials, request.client_auth);
    let asked =
        Asked { issuer: request.issuer.as_str().to_owned(), scope: None, client_auth: Some(request.client_auth) };
    let exchange = Exchange { purpose: Purpose::Revocation, request: form, asked };
    exchange.run(http, &mut Tries::new(retries), deadline, |answer, _| read(answer))
}

/// A success has an empty body, or one of JSON that nobody needs (RFC 7009 §2.2). Anything else did not come from the
/// service.
fn read(answer: &Answer) -> Result<Revoked, AnswerProblem> {
    if answer.body.trim_ascii().is_empty() {
        return Ok(Revoked::Ended);
    }
    match object(answer)?.get("error") {
        None => Ok(Revoked::Ended),
        Some(Value::String(error)) if error == "invalid_token" => Ok(Revoked::NotValid),
        Some(error) => {
            let code = ForeignText::new(error.as_str().unwrap_or_default().as_bytes());
            let description = ForeignText::default();
            Err(Unusable::ErrorInSuccess { status: answer.status, code, description }.into())
        }
    }
}
