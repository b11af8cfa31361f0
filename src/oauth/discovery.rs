//! What a realm says of itself (OpenID Connect Discovery 1.0), asked for without credentials.
//!
//! Nothing on the way to a token needs it: a Keycloak's endpoints follow from its issuer. It is for who wants to know
//! whether the realm sees itself as it is seen.

use serde_json::Value;

use crate::deadline::Deadline;
use crate::http::Http;
use crate::http::retry::Tries;
use crate::json;
use crate::oauth::exchange::{Exchange, NoAnswer};
use crate::oauth::issuer::Issuer;
use crate::oauth::refusal::Refusal;

/// The members that count, as they were sent; foreign text.
pub struct Discovery {
    pub issuer: Option<String>,
    pub token_endpoint: Option<String>,
}

/// Asks once.
pub fn fetch(http: &Http, issuer: &Issuer, deadline: Deadline) -> Result<Discovery, NoAnswer> {
    let exchange = Exchange::get("no discovery document", issuer.discovery_document(), issuer);
    exchange.run(http, &mut Tries::new(0), deadline, |answer, _| {
        let members = std::str::from_utf8(&answer.body).map_err(|_| "it is not UTF-8").and_then(json::object);
        let unusable = |why| Refusal::unusable(format!("{why}: {}", answer.describe()));
        let members = members.map_err(unusable)?;
        let text = |name| members.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(Discovery { issuer: text("issuer"), token_endpoint: text("token_endpoint") })
    })
}
