//! The realm's public keys, asked for without credentials.

use crate::deadline::Deadline;
use crate::error::Failure;
use crate::event::{Event, tell};
use crate::http::retry::{Patience, Tries};
use crate::http::{Answer, Http, Request};
use crate::jwt::keys::Keys;
use crate::oauth::error_response::{self, Asked};
use crate::oauth::exchange::Exchange;
use crate::oauth::issuer::Issuer;
use crate::oauth::refusal::Refusal;
use crate::redaction::Redactor;

/// Fetches them (Keycloak: `…/certs`, the `jwks_uri` of its discovery document). `redactor` hides what the realm may know
/// from another request, and send back.
pub fn fetch(
    http: &Http,
    issuer: &Issuer,
    retries: u32,
    deadline: Deadline,
    redactor: Redactor,
) -> Result<Keys, Failure> {
    let request = Request { url: issuer.certs_endpoint(), form: None, authorization: None };
    let what = "the token cannot be checked";
    let exchange = Exchange { what, what_in_doubt: None, was_in_doubt: false, request, redactor };
    let keys = exchange.run(http, &mut Tries::new(retries), Patience::Here, deadline, |answer, _| {
        read(answer, issuer, &exchange.redactor)
    });
    keys.map_err(|no_answer| no_answer.failure)
}

fn read(answer: &Answer, issuer: &Issuer, redactor: &Redactor) -> Result<Keys, Refusal> {
    if !answer.is_success() {
        let asked = Asked { issuer, scope: None, client_auth: None };
        return Err(error_response::explain(answer, &asked, redactor));
    }
    let text = std::str::from_utf8(&answer.body).map_err(|_| Refusal::unusable("it is not UTF-8"))?;
    let keys = Keys::parse(text).map_err(|why| Refusal::unusable(format!("{why}: {}", answer.describe(redactor))))?;
    tell(Event::KeysReceived { count: keys.count() });
    Ok(keys)
}
