//! How the client proves who it is (RFC 6749 §2.3.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::credential::ClientCredentials;
use crate::http::Request;
use crate::redaction::Redactor;

/// Where the credentials travel. Never in both places: Keycloak lets the body win.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuth {
    /// `client_id` and `client_secret` in the form body.
    Post,
    /// An `Authorization: Basic` header.
    Basic,
}

impl ClientAuth {
    pub const NAMES: [&str; 2] = ["post", "basic"];

    pub fn parse(name: &str) -> Result<Self, String> {
        let found = [Self::Post, Self::Basic].into_iter().find(|method| method.name() == name);
        found.ok_or_else(|| "it is neither `post` nor `basic`".to_owned())
    }

    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

/// A form with `parameters`, and with the credentials once, where `method` puts them: behind the first parameter, as
/// the service's reference writes it.
pub fn form(url: String, parameters: &[(&str, &str)], credentials: &ClientCredentials, method: ClientAuth) -> Request {
    let (id, secret) = (credentials.id.as_str(), credentials.secret.expose());
    let length: usize = parameters.iter().map(|(name, value)| name.len() + 3 * value.len() + 2).sum();
    // Room for the worst case, so that no half of the secret is left behind in memory by a reallocation.
    let room = length + 3 * (id.len() + secret.len()) + 128;
    let mut form = form_urlencoded::Serializer::new(String::with_capacity(room));
    let (first, others) = parameters.split_at(parameters.len().min(1));
    form.extend_pairs(first);
    if method == ClientAuth::Post {
        form.append_pair("client_id", id).append_pair("client_secret", secret);
    }
    form.extend_pairs(others);
    let authorization = (method == ClientAuth::Basic).then(|| basic_value(credentials));
    Request { url, form: Some(Zeroizing::new(form.finish())), authorization }
}

/// Hides what such a request sends, in case the server sends it back.
pub fn hiding(credentials: &ClientCredentials) -> Redactor {
    let mut redactor = Redactor::of(credentials.secret.expose());
    redactor.hide(basic_value(credentials).trim_start_matches("Basic "));
    redactor
}

/// `Basic …`, with id and secret form-encoded first, as RFC 6749 demands and Keycloak checks.
fn basic_value(credentials: &ClientCredentials) -> Zeroizing<String> {
    let pair = Zeroizing::new(format!(
        "{}:{}",
        *form_encode(credentials.id.as_str()),
        *form_encode(credentials.secret.expose())
    ));
    Zeroizing::new(format!("Basic {}", *Zeroizing::new(STANDARD.encode(pair.as_bytes()))))
}

/// One value as `application/x-www-form-urlencoded`.
fn form_encode(text: &str) -> Zeroizing<String> {
    Zeroizing::new(form_urlencoded::byte_serialize(text.as_bytes()).collect())
}
