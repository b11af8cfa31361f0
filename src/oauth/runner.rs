//! The identity that GitHub's runner, and those like it, give a job: an assertion for any audience, on request.
//!
//! The job needs `permissions: id-token: write`; the runner then sets `ACTIONS_ID_TOKEN_REQUEST_URL` and the token for
//! that address. The endpoint is another server than the realm: it gets no credential of the realm.

use form_urlencoded::byte_serialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::assertion::Claims;
use super::endpoints::KnownBy;
use super::error::{Asked, RequestError, Unusable};
use super::issuer::Purpose;
use super::realm::{Exchange, object, server};
use crate::base::clock::Deadline;
use crate::base::event::{Event, emit};
use crate::base::secret::Secret;
use crate::http::retry::RetryBudget;
use crate::http::{Http, Request};

/// Requests an assertion for `audience`, with retries.
pub fn fetch_assertion(
    http: &Http,
    url: &str,
    token: &Secret,
    audience: &str,
    retries: u32,
    deadline: Deadline,
) -> Result<Secret, RequestError> {
    let separator = if url.contains('?') { '&' } else { '?' };
    let audience: String = byte_serialize(audience.as_bytes()).collect();
    let request = Request {
        url: format!("{url}{separator}audience={audience}"),
        form: None,
        authorization: Some(Zeroizing::new(format!("Bearer {}", token.expose()))),
    };
    // A message shows its host alone.
    let issuer = url.split('?').next().unwrap_or_default().to_owned();
    let asked = Asked { issuer, server: server(url, KnownBy::Runner), scope: None, client: None };
    let exchange = Exchange { purpose: Purpose::Assertion, request, asked };
    let jwt = exchange.run(http, Some, &mut RetryBudget::new(retries), deadline, |answer, _| {
        let Some(Value::String(jwt)) = object(answer)?.remove("value") else { return Err(Unusable::NoAssertion) };
        let jwt = Secret::assertion(jwt.into_bytes()).ok().filter(|jwt| Claims::read(jwt, false).is_ok());
        jwt.ok_or(Unusable::NoAssertion)
    })?;
    emit(Event::AssertionReceived { characters: jwt.expose().len() });
    Ok(jwt)
}
