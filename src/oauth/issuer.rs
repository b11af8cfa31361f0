//! The issuer: the URL of a Keycloak realm.

use percent_encoding::{AsciiSet, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use ureq::http::Uri;

use crate::http::endpoint::{Endpoint, LONGEST, UnusableUrl, parse_url, split_zone};

/// What was requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    Token,
    Revocation,
    Keys,
    Discovery,
    /// An assertion of the runner, whose URL is given.
    Assertion,
}

/// A realm's URL without a trailing slash: https, or plain http to a loopback host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    url: String,
    endpoint: Endpoint,
    /// Of a link-local address, as `%eth0`. Neither requests nor tokens contain it.
    pub zone: String,
    /// Whether a trailing slash was removed.
    pub is_tidied: bool,
}

impl Issuer {
    pub fn parse(text: &str) -> Result<Self, UnusableUrl> {
        /// Keycloak encodes a realm's name like this in a token's `iss`.
        const BLANK: &AsciiSet = &AsciiSet::EMPTY.add(b' ');
        let url = text.trim().trim_end_matches('/');
        if url.starts_with(['"', '\'']) {
            return Err(UnusableUrl::Quoted);
        }
        let path = url.find("://").ok_or(UnusableUrl::NotHttps)? + "://".len();
        let path = url[path..].find(['/', '?', '#']).map_or(url.len(), |length| path + length);
        let (origin, path) = url.split_at(path);
        if origin.contains('@') {
            return Err(UnusableUrl::UserName);
        }
        let (origin, zone) = split_zone(origin);
        let url = format!("{origin}{}", utf8_percent_encode(path, BLANK));
        if url.len() > LONGEST {
            return Err(UnusableUrl::TooLong(LONGEST));
        }
        let uri = parse_url(&url)?;
        if uri.query().is_some() || text.contains('#') {
            return Err(UnusableUrl::QueryOrFragment);
        }
        if uri.path().contains("/protocol/") || uri.path().contains("/.well-known/") {
            return Err(UnusableUrl::OfEndpoint);
        }
        let endpoint = Endpoint::of(&uri)?;
        if !endpoint.is_private() {
            return Err(UnusableUrl::PlainHttp);
        }
        Ok(Self { url, endpoint, zone, is_tidied: text.trim_end().ends_with('/') })
    }

    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// What it calls itself, unless a setting says otherwise. A Keycloak's name has no trailing slash; another issuer's
    /// has one if the setting has one.
    pub fn own_name(&self) -> String {
        let slash = if self.is_tidied && !self.is_keycloak() { "/" } else { "" };
        format!("{}{slash}", self.url)
    }

    /// Whether its path holds `/realms/NAME`: then its endpoints are known.
    pub fn is_keycloak(&self) -> bool {
        self.url.split_once("/realms/").is_some_and(|(_, name)| !name.is_empty())
    }

    /// Whether it ends like Keycloak's: `…/realms/NAME`.
    pub fn names_a_realm(&self) -> bool {
        self.url.rsplit_once("/realms/").is_some_and(|(_, name)| !name.contains('/'))
    }

    /// Whether `url` has the same scheme, host and port.
    pub fn is_origin_of(&self, url: &str) -> bool {
        url.parse().is_ok_and(|uri: Uri| Endpoint::of(&uri).is_ok_and(|endpoint| endpoint == self.endpoint))
    }

    pub fn server(&self) -> &Endpoint {
        &self.endpoint
    }

    /// A name, or an address without brackets.
    pub fn host(&self) -> &str {
        &self.endpoint.host
    }

    pub fn is_https(&self) -> bool {
        self.endpoint.tls
    }
}

/// Catena's realm.
impl Default for Issuer {
    fn default() -> Self {
        let endpoint = Endpoint { host: "auth.catenatelematics.com".to_owned(), port: 443, tls: true };
        let url = format!("https://{}/realms/catena", endpoint.host);
        Self { url, endpoint, zone: String::new(), is_tidied: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::endpoints::Endpoints;

    #[test]
    fn endpoints_follow_from_the_realm() {
        let issuer = Issuer::parse("https://id.example.com:8443/auth/realms/a//").unwrap();
        assert_eq!(issuer.as_str(), "https://id.example.com:8443/auth/realms/a");
        assert_eq!(issuer.host(), "id.example.com");
        assert_eq!(
            Endpoints::of_keycloak(&issuer).url(Purpose::Token).unwrap(),
            "https://id.example.com:8443/auth/realms/a/protocol/openid-connect/token"
        );
        assert_eq!(Issuer::parse(Issuer::default().as_str()), Ok(Issuer::default()));
    }

    #[test]
    fn a_realms_name_is_encoded_once() {
        for name in ["Mein Körper", "Mein%20K%C3%B6rper", "Mein Körper/ "] {
            let issuer = Issuer::parse(&format!("https://h/realms/{name}")).unwrap();
            assert_eq!(issuer.as_str(), "https://h/realms/Mein%20K%C3%B6rper");
        }
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
            assert_eq!(Issuer::parse(bad), Err(UnusableUrl::PlainHttp), "{bad}");
        }
    }

    #[test]
    fn what_is_no_realm_url_is_refused() {
        for (bad, why) in [
            ("", UnusableUrl::NotHttps),
            ("catena", UnusableUrl::NotHttps),
            ("/realms/a", UnusableUrl::NotHttps),
            ("'https://h/r'", UnusableUrl::Quoted),
            ("ftp://h/r", UnusableUrl::Scheme),
            ("https://", UnusableUrl::NotHttps),
            ("https://user:hunter2@h/r", UnusableUrl::UserName),
            ("https://h/r?x=1", UnusableUrl::QueryOrFragment),
            ("https://h/r#x", UnusableUrl::QueryOrFragment),
            ("https://h:99999/r", UnusableUrl::Port),
            ("https://h:/r", UnusableUrl::Port),
            ("https://h/realms/a/protocol/openid-connect/token", UnusableUrl::OfEndpoint),
            ("https://h/realms/a/.well-known/openid-configuration", UnusableUrl::OfEndpoint),
            ("https://h/r\tx", UnusableUrl::NotUrl),
            ("https://h x/r", UnusableUrl::NotUrl),
            (&format!("https://h/{}", "r".repeat(LONGEST)), UnusableUrl::TooLong(LONGEST)),
        ] {
            assert_eq!(Issuer::parse(bad), Err(why), "{bad}");
        }
    }
}
