//! How the client proves who it is (RFC 6749 §2.3.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::credential::ClientCredentials;

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
        match name {
            "post" => Ok(Self::Post),
            "basic" => Ok(Self::Basic),
            _ => Err("it is neither `post` nor `basic`".to_owned()),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Basic => "basic",
        }
    }
}

/// `Basic …`, with id and secret form-encoded first, as RFC 6749 demands and Keycloak checks.
pub fn basic_value(credentials: &ClientCredentials) -> Zeroizing<String> {
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
