//! The issuer: the URL of a Keycloak realm, from which every endpoint follows.

use std::net::IpAddr;

use ureq::http::Uri;

use crate::http::endpoint::Endpoint;

/// No server reads a longer request line.
const LONGEST: usize = 2_000;

/// A realm's URL without a trailing slash: https, or plain http to a loopback host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    url: String,
    endpoint: Endpoint,
    /// Whether it was written with slashes at its end.
    is_tidied: bool,
}

impl Issuer {
    /// Catena's realm.
    pub const CATENA: &str = "https://auth.catenatelematics.com/realms/catena";

    /// The error says why, and never repeats the text: it may hold a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = text.trim_end_matches('/');
        if url.len() > LONGEST {
            return Err(format!("it is longer than {LONGEST} characters"));
        }
        if url.starts_with(['"', '\'']) {
            return Err("it stands in quotation marks, which are a part of it".to_owned());
        }
        if !url.contains("://") {
            return Err("it does not start with `https://`".to_owned());
        }
        let uri: Uri = url.parse().map_err(|_| "it is not a URL".to_owned())?;
        let authority = uri.scheme().and(uri.authority()).ok_or("it does not start with `https://`")?;
        if authority.as_str().contains('@') {
            return Err("it holds a user name: leave out everything before the `@`".to_owned());
        }
        if uri.query().is_some() || text.contains('#') {
            return Err("it has a query or a fragment: leave out everything from `?` or `#` on".to_owned());
        }
        if uri.path().contains("/protocol/") || uri.path().contains("/.well-known/") {
            return Err("it is an endpoint's URL: leave out everything after the realm's name".to_owned());
        }
        let endpoint = Endpoint::of(&uri)?;
        if !endpoint.tls && !is_loopback(&endpoint.host) {
            return Err("plain http would send the secret in the clear: use https".to_owned());
        }
        Ok(Self { url: url.to_owned(), endpoint, is_tidied: url.len() < text.len() })
    }

    pub fn as_str(&self) -> &str {
        &self.url
    }

    pub fn token_endpoint(&self) -> String {
        format!("{}/protocol/openid-connect/token", self.url)
    }

    pub fn revocation_endpoint(&self) -> String {
        format!("{}/protocol/openid-connect/revoke", self.url)
    }

    /// Where its public keys are.
    pub fn certs_endpoint(&self) -> String {
        format!("{}/protocol/openid-connect/certs", self.url)
    }

    /// Where it describes itself (OpenID Connect Discovery 1.0 §4).
    pub fn discovery_document(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.url)
    }

    /// Whether slashes at its end were left out.
    pub fn is_tidied(&self) -> bool {
        self.is_tidied
    }

    /// Whether it looks like a Keycloak's: `…/realms/NAME`.
    pub fn names_a_realm(&self) -> bool {
        let mut parts = self.url.rsplit('/');
        parts.next().is_some_and(|name| !name.is_empty()) && parts.next() == Some("realms")
    }

    /// Whether `url` is on the same scheme, host and port.
    pub fn is_origin_of(&self, url: &str) -> bool {
        url.parse().is_ok_and(|uri: Uri| Endpoint::of(&uri).is_ok_and(|endpoint| endpoint == self.endpoint))
    }

    /// A name or an address, without the brackets of an IPv6 address.
    pub fn host(&self) -> &str {
        &self.endpoint.host
    }

    pub fn is_https(&self) -> bool {
        self.endpoint.tls
    }
}

/// `localhost` and the names below it (RFC 6761 §6.3), 127.0.0.0/8 and ::1. The dialler looks at the address again.
fn is_loopback(host: &str) -> bool {
    let name = host.to_ascii_lowercase();
    match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => name == "localhost" || name.ends_with(".localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_follow_from_the_realm() {
        let issuer = Issuer::parse("https://id.example.com:8443/auth/realms/a//").unwrap();
        assert_eq!(issuer.as_str(), "https://id.example.com:8443/auth/realms/a");
        assert_eq!(issuer.host(), "id.example.com");
        assert_eq!(issuer.token_endpoint(), "https://id.example.com:8443/auth/realms/a/protocol/openid-connect/token");
        assert!(Issuer::parse(Issuer::CATENA).is_ok());
    }

    #[test]
    fn what_is_on_the_same_origin() {
        let issuer = Issuer::parse("https://id.example.com/realms/a").unwrap();
        assert!(issuer.is_origin_of("https://id.example.com:443/x"));
        for other in ["http://id.example.com/x", "https://id.example.com:8443/x", "https://example.com/x", "", "/x"] {
            assert!(!issuer.is_origin_of(other), "{other}");
        }
        assert!(issuer.names_a_realm());
        for other in ["https://id.example.com", "https://id.example.com/realms", "https://id.example.com/realms/a/b"] {
            assert!(!Issuer::parse(other).unwrap().names_a_realm(), "{other}");
        }
    }

    #[test]
    fn plain_http_is_for_loopback_alone() {
        for good in [
            "http://localhost:8080/realms/a",
            "http://127.9.9.9/realms/a",
            "http://[::1]:80/realms/a",
            "http://kc.localhost/r",
        ] {
            assert!(Issuer::parse(good).is_ok(), "{good}");
        }
        for bad in ["http://id.example.com/r", "http://localhost.example.com/r", "http://0.0.0.0/r", "http://[::]/r"] {
            assert!(Issuer::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_no_realm_url_is_refused() {
        for bad in [
            "",
            "catena",
            "/realms/a",
            "ftp://h/r",
            "https://",
            "https://user:hunter2@h/r",
            "https://h/r?x=1",
            "https://h/r#x",
            "https://h:99999/r",
            "https://h:/r",
            "https://h/realms/a/protocol/openid-connect/token",
            "https://h/realms/a/.well-known/openid-configuration",
            "https://h/r x",
        ] {
            let why = Issuer::parse(bad).unwrap_err();
            assert!(!why.contains("hunter2"));
        }
    }
}
