//! The revocation endpoint (RFC 7009).

use serde_json::Value;

use crate::deadline::Deadline;
use crate::event::{Event, tell};
use crate::foreign::ForeignText;
use crate::http::retry::Tries;
use crate::http::{Answer, Http};
use crate::oauth::access_token::AccessToken;
use crate::oauth::client_auth::Client;
use crate::oauth::error::{ErrorResponse, Purpose, RequestError, Unusable};
use crate::oauth::exchange::{Exchange, object};

/// What the server says of a token that is not valid there any more.
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
    client: &Client<'_>,
    token: &AccessToken,
    retries: u32,
    deadline: Deadline,
) -> Result<Revoked, RequestError> {
    tell(Event::Revoking { client: client.credentials.id.as_str(), issuer: client.issuer.as_str() });
    let (url, token) = (client.issuer.revocation_endpoint(), ("token", token.expose()));
    let exchange = Exchange::post(Purpose::Revocation, url, token, None, client);
    exchange.run(http, &mut Tries::new(retries), deadline, |answer, _| read(answer))
}

/// A success has an empty body, or one of JSON that nobody needs (RFC 7009 §2.2). Anything else did not come from the
/// service.
fn read(answer: &Answer) -> Result<Revoked, Unusable> {
    if answer.body.trim_ascii().is_empty() {
        return Ok(Revoked::Ended);
    }
    match object(answer)?.get("error") {
        None => Ok(Revoked::Ended),
        Some(Value::String(error)) if error == "invalid_token" => Ok(Revoked::NotValid),
        Some(error) => {
            let code = ForeignText::new(error.as_str().unwrap_or_default().as_bytes());
            let (status, response) = (answer.status, ErrorResponse::default());
            Err(Unusable::ErrorInSuccess(Box::new(ErrorResponse { status, code, ..response })))
        }
    }
}
