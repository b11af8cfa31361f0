//! An issuer that is no Keycloak: `ORIGIN/tenant`, whose discovery document names its endpoints.

use crate::reply::Reply;
use crate::request::Request;

/// The document, and its path. `ORIGIN` in it is the server's.
#[derive(Clone, Debug)]
pub struct Document {
    pub path: &'static str,
    pub json: String,
}

impl Document {
    pub const OPENID: &'static str = "/tenant/.well-known/openid-configuration";
    /// RFC 8414.
    pub const OAUTH: &'static str = "/.well-known/oauth-authorization-server/tenant";

    /// One that names each endpoint.
    pub fn complete() -> Self {
        Self::at(Self::OPENID)
    }

    pub fn at(path: &'static str) -> Self {
        let json = r#"{"issuer":"ORIGIN/tenant","token_endpoint":"ORIGIN/oauth2/token","revocation_endpoint":"ORIGIN/oauth2/revoke","jwks_uri":"ORIGIN/oauth2/keys","token_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post"]}"#;
        Self { path, json: json.to_owned() }
    }

    /// The same with `old` replaced.
    #[must_use]
    pub fn with(self, old: &str, new: &str) -> Self {
        assert!(self.json.contains(old), "{old}");
        Self { json: self.json.replace(old, new), ..self }
    }

    pub(crate) fn answer(&self, request: &Request, issuer: &str) -> Option<Reply> {
        (request.path == self.path).then(|| {
            assert_eq!((request.method.as_str(), request.body.len()), ("GET", 0));
            assert_eq!(request.header("authorization"), None);
            Reply::json(200, &self.json.replace("ORIGIN", issuer.trim_end_matches("/tenant")))
        })
    }

    /// Keycloak's name of the endpoint at `path`.
    pub(crate) fn endpoint(path: &str) -> Option<&str> {
        path.split('?').next()?.strip_prefix("/oauth2/").map(|name| if name == "keys" { "certs" } else { name })
    }
}
