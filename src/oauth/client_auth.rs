//! Client authentication (RFC 6749 §2.3.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::byte_serialize;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::credential::ClientCredentials;
use crate::display::redact;
use crate::http::Request;
use crate::oauth::issuer::Issuer;
use crate::oauth::parameter::Parameter;

/// Where the credentials are sent. Never both: Keycloak would prefer the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientAuth {
    /// `client_id` and `client_secret` in the form body.
    Post,
    /// An `Authorization: Basic` header.
    Basic,
}

impl ClientAuth {
    pub const NAMES: [&str; 2] = ["post", "basic"];

    pub fn named(name: &str) -> Option<Self> {
        [Self::Post, Self::Basic].into_iter().find(|method| method.name() == name)
    }

    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

/// A client of a realm.
pub struct Client<'a> {
    pub issuer: &'a Issuer,
    pub credentials: &'a ClientCredentials,
    pub auth: ClientAuth,
}

/// A form with the `first` parameter, the credentials and the scope: the order of the service's reference. `params`
/// come last.
pub fn form(
    url: String,
    first: (&str, &str),
    scope: Option<&str>,
    params: &[Parameter],
    client: &Client<'_>,
) -> Request {
    let (id, secret) = (client.credentials.id.as_str(), client.credentials.secret.expose());
    let params_length: usize = params.iter().map(|own| own.name.len() + own.value.len() + 2).sum();
    let length = first.1.len() + id.len() + secret.len() + scope.map_or(0, str::len) + params_length;
    // Room for the worst case: a reallocation would leave parts of the secret in memory.
    let mut form = form_urlencoded::Serializer::new(String::with_capacity(3 * length + 128));
    form.append_pair(first.0, first.1);
    if client.auth == ClientAuth::Post {
        form.append_pair("client_id", id).append_pair("client_secret", secret);
    }
    form.extend_pairs(scope.map(|scope| ("scope", scope)));
    form.extend_pairs(params.iter().map(|own| (&own.name, &own.value)));
    // The Basic value is redacted for both, because a server could derive it from the form.
    let basic = basic_value(client.credentials);
    let authorization = (client.auth == ClientAuth::Basic).then_some(basic);
    Request { url, form: Some(Zeroizing::new(form.finish())), authorization }
}

/// `Basic …`, with id and secret form-encoded first (RFC 6749 §2.3.1). It is redacted, in case a server sends it back.
fn basic_value(credentials: &ClientCredentials) -> Zeroizing<String> {
    let encoded = |text: &str| Zeroizing::new(byte_serialize(text.as_bytes()).collect::<String>());
    let (id, secret) = (encoded(credentials.id.as_str()), encoded(credentials.secret.expose()));
    let pair = Zeroizing::new(format!("{}:{}", *id, *secret));
    let value = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
    redact::hide(&value);
    Zeroizing::new(format!("Basic {}", *value))
}
