//! Where the requests to an issuer go.

use serde::{Deserialize, Serialize};

use crate::display::untrusted::UntrustedText;
use crate::oauth::error::{Cause, RequestError, Unusable};
use crate::oauth::issuer::{Issuer, Purpose};
use crate::oauth::token_url::TokenUrl;

/// The URLs of an issuer's endpoints. `None`: the discovery document does not name it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Endpoints {
    pub token: Option<String>,
    pub revocation: Option<String>,
    pub keys: Option<String>,
    pub known_by: KnownBy,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum KnownBy {
    /// The URL of its realm.
    Keycloak,
    /// A discovery document, which lists these methods of client authentication.
    Document { auth_methods: UntrustedText },
    /// `--token-url`, for the token request alone.
    TokenUrl,
    /// The job's environment: it gives assertions.
    Runner,
}

impl Endpoints {
    /// Keycloak derives all of them from the realm's URL.
    pub fn of_keycloak(realm: &Issuer) -> Self {
        let at = |name| Some(format!("{}/protocol/openid-connect/{name}", realm.as_str()));
        Self { token: at("token"), revocation: at("revoke"), keys: at("certs"), known_by: KnownBy::Keycloak }
    }

    pub fn given(token: &TokenUrl) -> Self {
        Self { token: Some(token.as_str().to_owned()), revocation: None, keys: None, known_by: KnownBy::TokenUrl }
    }

    pub fn url(&self, purpose: Purpose) -> Result<&str, RequestError> {
        let (url, name) = match purpose {
            Purpose::Token | Purpose::Discovery | Purpose::Assertion => (&self.token, "token_endpoint"),
            Purpose::Revocation => (&self.revocation, "revocation_endpoint"),
            Purpose::Keys => (&self.keys, "jwks_uri"),
        };
        let missing = || RequestError {
            purpose,
            attempts: 0,
            wait: None,
            outcome_unknown: false,
            is_final: true,
            is_at_token_url: false,
            told: None,
            cause: Box::new(Cause::Unusable(Unusable::NoEndpoint(name))),
        };
        url.as_deref().ok_or_else(missing)
    }
}
