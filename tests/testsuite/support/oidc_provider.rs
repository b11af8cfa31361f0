//! The node-oidc-provider that `tests/oidc-provider/run` started.

use std::env;

use super::Tool;

/// The resource for which it signs JWTs.
pub const RESOURCE: &str = "https://api.example.com/fleet";

/// A client that may use either kind of authentication, and its secret.
pub const ACME: (&str, &str) = ("acme", "Zk3vQ9xW7tB2nM5rL8pY1sD4");
/// One with a secret that must be form-encoded.
pub const ODD: (&str, &str) = ("odd", "s3cr3t+/=&% and sixteen");

pub struct OidcProvider {
    pub http: String,
    pub https: String,
    ca: String,
}

impl OidcProvider {
    /// # Panics
    /// If the tests were not started by `tests/oidc-provider/run`: a test that cannot run fails.
    pub fn running() -> Self {
        let variable =
            |name| env::var(name).expect("start this by 'tests/oidc-provider/run cargo test … -- --ignored'");
        Self {
            http: variable("OIDC_PROVIDER_HTTP"),
            https: variable("OIDC_PROVIDER_HTTPS"),
            ca: variable("OIDC_PROVIDER_CA"),
        }
    }

    /// A call as this client.
    pub fn client(&self, (id, secret): (&str, &str)) -> Tool {
        Tool::at(&self.http, id, secret)
    }

    /// The same by https.
    pub fn secure_client(&self, (id, secret): (&str, &str)) -> Tool {
        Tool::at(&self.https, id, secret).env("CATENA_CA_CERT", &self.ca)
    }

    /// A call as `acme` for a JWT.
    pub fn for_resource(&self) -> Tool {
        self.client(ACME).args(["--param", &format!("resource={RESOURCE}")])
    }
}
