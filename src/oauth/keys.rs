//! The realm's public keys, asked for without credentials.

use crate::deadline::Deadline;
use crate::event::{Event, tell};
use crate::http::Http;
use crate::http::retry::Tries;
use crate::jwt::keys::Keys;
use crate::oauth::error::{Purpose, RequestError, Unusable};
use crate::oauth::exchange::{Exchange, object};
use crate::oauth::issuer::Issuer;

/// Fetches them (Keycloak: `…/certs`, the `jwks_uri` of its discovery document).
pub fn fetch(http: &Http, issuer: &Issuer, retries: u32, deadline: Deadline) -> Result<Keys, RequestError> {
    let exchange = Exchange::get(Purpose::Keys, issuer.certs_endpoint(), issuer);
    exchange.run(http, &mut Tries::new(retries), deadline, |answer, _| {
        let keys = Keys::parse(object(answer)?).ok_or_else(|| Unusable::NoKeys(answer.describe()))?;
        tell(Event::KeysReceived { count: keys.count() });
        Ok(keys)
    })
}
