//! Finds the endpoints of an issuer: a Keycloak's are known, any other issuer has a document that names them (OpenID
//! Connect Discovery 1.0, RFC 8414).
//!
//! A document decides where the client secret goes. It must be for this issuer, and its endpoints must be https.

use serde_json::Value;

use crate::base::clock::Deadline;
use crate::base::event::{Event, emit};
use crate::base::json::Object;
use crate::display::untrusted::UntrustedText;
use crate::http::Http;
use crate::http::endpoint::{Endpoint, LONGEST, authority, parse_url};
use crate::http::retry::RetryBudget;
use crate::oauth::endpoints::{Endpoints, KnownBy};
use crate::oauth::error::{RequestError, Unusable};
use crate::oauth::issuer::{Issuer, Purpose};
use crate::oauth::realm::{Exchange, object};

/// An issuer, and the name that its document and its tokens must have, if that is not its URL.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    pub issuer: &'a Issuer,
    pub token_issuer: Option<&'a str>,
}

impl Expected<'_> {
    pub fn name(&self) -> &str {
        self.token_issuer.unwrap_or(self.issuer.as_str())
    }
}

/// The endpoints of an issuer. A success leaves all of `tries` to the request that follows.
pub fn endpoints(
    http: &Http,
    expected: Expected<'_>,
    tries: &mut RetryBudget,
    deadline: Deadline,
) -> Result<Endpoints, RequestError> {
    let issuer = expected.issuer;
    if issuer.is_keycloak() {
        return Ok(Endpoints::of_keycloak(issuer));
    }
    let made = tries.made;
    let mut discover = |url: &str| {
        tries.made = made;
        Exchange::get(Purpose::Discovery, url, issuer).run(http, Some, tries, deadline, |answer, _| {
            let document = object(answer)?;
            read(&document, expected)
        })
    };
    let found = match discover(&openid_document(issuer)) {
        Err(error) if error.status() == Some(404) => discover(&oauth_document(issuer)),
        found => found,
    }?;
    tries.made = made;
    if let Some(token) = &found.token {
        let is_elsewhere = !issuer.is_origin_of(token);
        emit(Event::Discovered { token: &UntrustedText::new(token.as_bytes()).quote(), is_elsewhere });
    }
    Ok(found)
}

/// Requests the document of a Keycloak, without retries: a token does not need it.
pub fn document(http: &Http, issuer: &Issuer, deadline: Deadline) -> Result<Object, RequestError> {
    let exchange = Exchange::get(Purpose::Discovery, &openid_document(issuer), issuer);
    exchange.run(http, Some, &mut RetryBudget::new(0), deadline, |answer, _| object(answer))
}

/// OpenID Connect Discovery 1.0 §4.
fn openid_document(issuer: &Issuer) -> String {
    format!("{}/.well-known/openid-configuration", issuer.as_str())
}

/// RFC 8414 §3.1: between the host and the path.
fn oauth_document(issuer: &Issuer) -> String {
    let url = issuer.as_str();
    let path = url.match_indices('/').nth(2).map_or(url.len(), |(at, _)| at);
    format!("{}/.well-known/oauth-authorization-server{}", &url[..path], &url[path..])
}

/// What the document says, if it may be used.
pub fn read(document: &Object, expected: Expected<'_>) -> Result<Endpoints, Unusable> {
    let text = |name| document.get(name).and_then(Value::as_str);
    let without_slash = |text: &str| text.strip_suffix('/').unwrap_or(text).to_owned();
    // Another server's document would send the secret to that server (RFC 8414 §3.3).
    let theirs = text("issuer").unwrap_or_default();
    if without_slash(theirs) != without_slash(expected.name()) {
        let theirs = UntrustedText::new(theirs.as_bytes());
        return Err(Unusable::OtherIssuer { theirs, ours: expected.name().to_owned() });
    }
    let endpoint = |name| text(name).map(|url| check(name, url, expected.issuer)).transpose();
    let methods = document.get("token_endpoint_auth_methods_supported").and_then(Value::as_array);
    let methods: Vec<&str> = methods.into_iter().flatten().filter_map(Value::as_str).collect();
    Ok(Endpoints {
        token: endpoint("token_endpoint")?,
        revocation: endpoint("revocation_endpoint")?,
        keys: endpoint("jwks_uri")?,
        known_by: KnownBy::Document { auth_methods: UntrustedText::new(methods.join(", ").as_bytes()) },
    })
}

/// The URL of an endpoint, if a secret may be sent there.
fn check(name: &'static str, url: &str, issuer: &Issuer) -> Result<String, Unusable> {
    let shown = || UntrustedText::new(url.as_bytes());
    let is_clean = url.len() <= LONGEST && !url.contains('#') && !authority(url).contains('@');
    let endpoint = parse_url(url).ok().filter(|_| is_clean).and_then(|uri| Endpoint::of(&uri).ok());
    match endpoint {
        Some(endpoint) if endpoint.tls || endpoint.is_loopback() && issuer.server().is_loopback() => Ok(url.to_owned()),
        Some(_) => Err(Unusable::PlainEndpoint(name, shown())),
        None => Err(Unusable::NotAnEndpoint(name, shown())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TENANT: &str = "https://id.example.com/tenant";

    fn issuer(url: &str) -> Issuer {
        Issuer::parse(url).unwrap()
    }

    fn read_at(url: &str, token_issuer: Option<&str>, document: &Value) -> Result<Endpoints, Unusable> {
        read(document.as_object().unwrap(), Expected { issuer: &issuer(url), token_issuer })
    }

    #[test]
    fn the_document_has_two_places() {
        for (url, openid, oauth) in [
            (TENANT, "/tenant/.well-known/openid-configuration", "/.well-known/oauth-authorization-server/tenant"),
            ("https://id.example.com/", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"),
        ] {
            assert_eq!(openid_document(&issuer(url)), format!("https://id.example.com{openid}"));
            assert_eq!(oauth_document(&issuer(url)), format!("https://id.example.com{oauth}"));
        }
    }

    #[test]
    fn the_document_must_be_for_this_issuer() {
        for (theirs, token_issuer, is_ours) in [
            (TENANT, None, true),
            ("https://id.example.com/tenant/", None, true),
            ("https://id.example.com/tenant//", None, false),
            ("https://id.example.com/Tenant", None, false),
            ("https://id.example.com", None, false),
            ("http://id.example.com/tenant", None, false),
            ("", None, false),
            ("https://sts.example.com/1", Some("https://sts.example.com/1/"), true),
            (TENANT, Some("https://sts.example.com/1"), false),
        ] {
            let read = read_at(TENANT, token_issuer, &json!({ "issuer": theirs }));
            assert_eq!(read.is_ok(), is_ours, "{theirs}");
            assert!(is_ours || matches!(read, Err(Unusable::OtherIssuer { .. })), "{theirs}");
        }
        assert!(matches!(read_at(TENANT, None, &json!({})), Err(Unusable::OtherIssuer { .. })));
        assert!(matches!(read_at(TENANT, None, &json!({"issuer": [TENANT]})), Err(Unusable::OtherIssuer { .. })));
    }

    #[test]
    fn an_endpoint_is_https_or_on_this_host_like_its_issuer() {
        const LOCAL: &str = "http://localhost:4444";
        for (at, endpoint, expected) in [
            (TENANT, "https://other.example.net:8443/token?tenant=1", Some(true)),
            (TENANT, "HTTPS://other.example.net/token", Some(true)),
            (TENANT, "http://id.example.com/token", None),
            (TENANT, "http://127.0.0.1/token", None),
            (LOCAL, "http://127.0.0.1:4444/token", Some(true)),
            (LOCAL, "https://id.example.com/token", Some(true)),
            (LOCAL, "http://id.example.com/token", None),
            (TENANT, "/token", Some(false)),
            (TENANT, "ftp://id.example.com/token", Some(false)),
            (TENANT, "https://id.example.com@evil.example/token", Some(false)),
            (TENANT, "https://id.example.com?x@evil.example/token", Some(true)),
            (TENANT, "https://id.example.com/token#x", Some(false)),
            (TENANT, "https://id.example.com/a b", Some(false)),
            (TENANT, "https://id.example.com/a\r\nHost: b", Some(false)),
            (TENANT, &format!("https://id.example.com/{}", "a".repeat(LONGEST)), Some(false)),
        ] {
            for name in ["token_endpoint", "revocation_endpoint", "jwks_uri"] {
                let is = match read_at(at, None, &json!({"issuer": at, name: endpoint})) {
                    Ok(_) => Some(true),
                    Err(Unusable::NotAnEndpoint(..)) => Some(false),
                    Err(Unusable::PlainEndpoint(..)) => None,
                    Err(other) => panic!("{other:?}"),
                };
                assert_eq!(is, expected, "{endpoint}");
            }
        }
    }

    #[test]
    fn what_a_document_names_is_found() {
        let document = json!({
            "issuer": TENANT, "token_endpoint": "https://a/t", "jwks_uri": "https://b/k", "revocation_endpoint": null,
            "token_endpoint_auth_methods_supported": ["client_secret_basic", 1, "private_key_jwt"],
        });
        let found = read_at(TENANT, None, &document).unwrap();
        assert_eq!(found.url(Purpose::Token).unwrap(), "https://a/t");
        assert_eq!(found.url(Purpose::Keys).unwrap(), "https://b/k");
        assert!(found.url(Purpose::Revocation).is_err());
        let KnownBy::Document { auth_methods } = found.known_by else { panic!("no document") };
        assert_eq!(auth_methods.raw(), "client_secret_basic, private_key_jwt");
    }
}
