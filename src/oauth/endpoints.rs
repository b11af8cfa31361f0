//! Where the requests to an issuer go.

use crate::oauth::issuer::Issuer;

/// The URLs of an issuer's endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    pub token: String,
    pub revocation: String,
    pub keys: String,
}

impl Endpoints {
    /// Keycloak derives all of them from the realm's URL.
    pub fn of_keycloak(realm: &Issuer) -> Self {
        let at = |name| format!("{}/protocol/openid-connect/{name}", realm.as_str());
        Self { token: at("token"), revocation: at("revoke"), keys: at("certs") }
    }
}
