//! What a realm says of itself (OpenID Connect Discovery 1.0), asked for without credentials.
//!
//! Nothing on the way to a token needs it: a Keycloak's endpoints follow from its issuer. It is for who wants to know
//! whether the realm sees itself as it is seen.

use serde_json::Value;

use crate::deadline::Deadline;
use crate::http::Http;
use crate::http::retry::Tries;
use crate::oauth::error::{Purpose, RequestError};
use crate::oauth::exchange::{Exchange, object};
use crate::oauth::issuer::Issuer;

/// The members that count, as they were sent; foreign text.
pub struct Discovery {
    pub issuer: Option<String>,
    pub token_endpoint: Option<String>,
}

/// Asks once.
pub fn fetch(http: &Http, issuer: &Issuer, deadline: Deadline) -> Result<Discovery, RequestError> {
    let exchange = Exchange::get(Purpose::Discovery, issuer.discovery_document(), issuer);
    exchange.run(http, &mut Tries::new(0), deadline, |answer, _| {
        let members = object(answer)?;
        let text = |name| members.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(Discovery { issuer: text("issuer"), token_endpoint: text("token_endpoint") })
    })
}
