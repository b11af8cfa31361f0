//! Client authentication (RFC 6749 §2.3, RFC 7521 §4.2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::byte_serialize;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::base::origin::Origin;
use crate::base::secret::Secret;
use crate::credential::{ClientId, Mistake};
use crate::display::redact;
use crate::http::Request;
use crate::oauth::assertion::Assertion;
use crate::oauth::issuer::Issuer;
use crate::oauth::parameter::Parameter;

/// How the client authenticates. Never in two ways: Keycloak would choose one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientAuth {
    /// `client_id` and `client_secret` in the form body.
    Post,
    /// An `Authorization: Basic` header.
    Basic,
    /// Another issuer's assertion, and no `client_id`: Keycloak 26.4 to 26.6 would compare it with the assertion's
    /// `sub`, and 26.7 with its own client.
    Assertion,
    /// An assertion that the client signs.
    SigningKey,
    /// The TLS certificate, and the `client_id` in the form (RFC 8705 §2).
    Certificate,
}

impl ClientAuth {
    /// For a secret, as `--client-auth` names them.
    pub const NAMES: [&str; 2] = ["post", "basic"];

    pub fn named(name: &str) -> Option<Self> {
        [Self::Post, Self::Basic].into_iter().find(|method| method.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Basic => "basic",
            Self::Assertion => "assertion",
            Self::SigningKey => "private_key_jwt",
            Self::Certificate => "tls_client_auth",
        }
    }

    pub fn sends_secret(self) -> bool {
        matches!(self, Self::Post | Self::Basic)
    }
}

/// A client of a realm, as it authenticates in one request.
#[derive(Clone)]
pub struct Client<'a> {
    pub issuer: &'a Issuer,
    pub id: Option<&'a ClientId>,
    pub auth: ClientAuth,
    pub proof: Proof,
    /// The setting that gives the credential.
    pub by: Option<Origin>,
    pub mistake: Option<Mistake>,
    /// Whether another request may get another assertion.
    pub may_change: bool,
}

#[derive(Clone)]
pub enum Proof {
    Secret(Secret),
    Assertion(Box<Assertion>),
    /// The connection proves it.
    Certificate,
}

impl Proof {
    fn text(&self) -> &str {
        match self {
            Self::Secret(secret) => secret.expose(),
            Self::Assertion(assertion) => assertion.text.expose(),
            Self::Certificate => "",
        }
    }
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
    let (id, auth) = (client.id.map_or("", ClientId::as_str), client.auth);
    let params_length: usize = params.iter().map(|own| own.name.len() + own.value.len() + 2).sum();
    let scope_length = scope.map_or(0, str::len);
    let length = first.1.len() + id.len() + client.proof.text().len() + scope_length + params_length;
    // Room for the worst case: a reallocation would leave parts of the secret in memory.
    let mut form = form_urlencoded::Serializer::new(String::with_capacity(3 * length + 256));
    form.append_pair(first.0, first.1);
    if matches!(auth, ClientAuth::Post | ClientAuth::SigningKey | ClientAuth::Certificate) {
        form.append_pair("client_id", id);
    }
    let basic = match &client.proof {
        Proof::Secret(secret) => {
            if auth == ClientAuth::Post {
                form.append_pair("client_secret", secret.expose());
            }
            // It is redacted for both, because a server could derive it from the form.
            Some(basic_value(id, secret))
        }
        Proof::Assertion(assertion) => {
            form.append_pair("client_assertion_type", &assertion.kind.urn());
            form.append_pair("client_assertion", assertion.text.expose());
            None
        }
        Proof::Certificate => None,
    };
    form.extend_pairs(scope.map(|scope| ("scope", scope)));
    form.extend_pairs(params.iter().map(|own| (&own.name, &own.value)));
    let authorization = basic.filter(|_| auth == ClientAuth::Basic);
    Request { url, form: Some(Zeroizing::new(form.finish())), authorization }
}

/// `Basic …`, with id and secret form-encoded first (RFC 6749 §2.3.1). It is redacted, in case a server sends it back.
fn basic_value(id: &str, secret: &Secret) -> Zeroizing<String> {
    let encoded = |text: &str| Zeroizing::new(byte_serialize(text.as_bytes()).collect::<String>());
    let (id, secret) = (encoded(id), encoded(secret.expose()));
    let pair = Zeroizing::new(format!("{}:{}", *id, *secret));
    let value = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
    redact::hide(&value);
    Zeroizing::new(format!("Basic {}", *value))
}
