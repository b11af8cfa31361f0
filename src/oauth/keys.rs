//! The realm's public keys, asked for without credentials.

use crate::deadline::Deadline;
use crate::error::Failure;
use crate::event::{Event, tell};
use crate::http::Http;
use crate::http::retry::Tries;
use crate::jwt::keys::Keys;
use crate::oauth::exchange::Exchange;
use crate::oauth::issuer::Issuer;
use crate::oauth::refusal::Refusal;

/// Fetches them (Keycloak: `…/certs`, the `jwks_uri` of its discovery document).
pub fn fetch(http: &Http, issuer: &Issuer, retries: u32, deadline: Deadline) -> Result<Keys, Failure> {
    let exchange = Exchange::get("the token cannot be checked", issuer.certs_endpoint(), issuer);
    let keys = exchange.run(http, &mut Tries::new(retries), deadline, |answer, _| {
        let text = std::str::from_utf8(&answer.body).map_err(|_| Refusal::unusable("it is not UTF-8"))?;
        let unusable = |why| Refusal::unusable(format!("{why}: {}", answer.describe()));
        let keys = Keys::parse(text).map_err(unusable)?;
        tell(Event::KeysReceived { count: keys.count() });
        Ok(keys)
    });
    keys.map_err(|no_answer| no_answer.failure)
}
