//! The part of Keycloak 26 that a client uses: the discovery document, and the token, revocation and certs endpoints
//! with their order of checks, error codes and messages.

use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::assertion::{Assertions, invalid};
use crate::document::Document;
use crate::reply::Reply;
use crate::request::Request;
use crate::runner::{self, RUNNER_PATH};
use crate::signing::Signer;

pub const REALM: &str = "catena";
pub const CLIENT_ID: &str = "acme";
/// As long as Keycloak's own.
pub const CLIENT_SECRET: &str = "Zk3vQ9xW7tB2nM5rL8pY1sD4";

/// The state of a realm.
pub struct Realm {
    pub url: String,
    /// `None` for a Keycloak.
    pub document: Option<Document>,
    /// The secret of the client `acme`.
    pub secret: String,
    /// The other ways to authenticate.
    pub assertions: Assertions,
    /// The JSON of `expires_in`; empty leaves it out.
    pub expires_in: &'static str,
    pub signer: Signer,
    /// The issued tokens.
    pub given: Mutex<Vec<String>>,
}

impl Realm {
    /// The response to `request`; `number` makes each token unique.
    ///
    /// # Panics
    /// If the request is not what a correct client sends; this fails the test.
    pub fn answer(&self, request: &Request, number: usize) -> Reply {
        assert_eq!(request.header("accept"), Some("application/json"));
        let agent = request.header("user-agent").unwrap_or_default();
        assert!(agent.starts_with("catena-token/") || agent.starts_with("curl/"), "{agent}");
        if let Some(document) = &self.document {
            let found = document.answer(request, &self.url);
            return found.unwrap_or_else(|| self.endpoint(Document::endpoint(&request.path), request, number));
        }
        if request.path == format!("/realms/{REALM}/.well-known/openid-configuration") {
            return self.discovery(request);
        }
        if request.path.starts_with(RUNNER_PATH) {
            return runner::answer(self.assertions.provider, request, number);
        }
        self.endpoint(request.path.strip_prefix(&format!("/realms/{REALM}/protocol/openid-connect/")), request, number)
    }

    fn endpoint(&self, name: Option<&str>, request: &Request, number: usize) -> Reply {
        match name {
            Some("certs") => self.certs(request),
            Some("token") => match self.check_client(request) {
                Ok(client) => self.token(request, number, &client),
                Err(refusal) => refusal,
            },
            Some("revoke") => match self.check_client(request) {
                Ok(_) => self.revoke(request),
                Err(refusal) => refusal,
            },
            _ if request.path.starts_with("/realms/") => Reply::json(404, r#"{"error":"Realm does not exist"}"#),
            _ => Reply::json(404, r#"{"error":"Unable to find matching target resource method"}"#),
        }
    }

    /// The discovery document.
    fn discovery(&self, request: &Request) -> Reply {
        assert_eq!((request.method.as_str(), request.body.len()), ("GET", 0));
        assert_eq!(request.header("authorization"), None);
        let url = &self.url;
        Reply::json(
            200,
            &format!(
                r#"{{"issuer":"{url}","token_endpoint":"{url}/protocol/openid-connect/token","jwks_uri":"{url}/x"}}"#
            ),
        )
    }

    /// The realm's keys, including Keycloak's encryption key.
    fn certs(&self, request: &Request) -> Reply {
        assert_eq!((request.method.as_str(), request.body.len()), ("GET", 0));
        assert_eq!(request.header("authorization"), None);
        let encryption = r#"{"kid":"encryption","kty":"RSA","alg":"RSA-OAEP","use":"enc","n":"AQ","e":"AQAB"}"#;
        Reply::json(200, &format!(r#"{{"keys":[{encryption},{{{}}}]}}"#, self.signer.public()))
    }

    /// The client, or the refusal of one that fails to authenticate.
    fn check_client(&self, request: &Request) -> Result<String, Reply> {
        assert_eq!(request.method, "POST");
        assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
        let names = request.form().into_iter().map(|(name, _)| name).filter(|name| name != "resource");
        let mut names: Vec<String> = names.collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count, "a parameter stands twice");
        if names.iter().any(|name| name.starts_with("client_assertion")) {
            return self.assertions.client(&self.url, request);
        }
        if request.certificate.is_some()
            && !names.iter().any(|name| name == "client_secret")
            && request.header("authorization").is_none()
        {
            let id = request.field("client_id").filter(|id| id == CLIENT_ID);
            return id.ok_or_else(|| refusal("invalid_client"));
        }
        let (id, given) = credentials(request);
        match (id == CLIENT_ID, given == self.secret) {
            (true, _) if self.assertions.key.is_some() => Err(invalid("Parameter client_assertion_type is missing")),
            (true, true) => Ok(id),
            (true, false) => Err(refusal("unauthorized_client")),
            (false, _) => Err(refusal("invalid_client")),
        }
    }

    fn token(&self, request: &Request, number: usize, client: &str) -> Reply {
        assert_eq!(request.field("grant_type").as_deref(), Some("client_credentials"));
        match request.field("scope").as_deref() {
            None => self.granted(request, number, "", client),
            Some("organization") => self.granted(request, number, "organization", client),
            Some(other) => Reply::json(
                400,
                &format!(r#"{{"error":"invalid_scope","error_description":"Invalid scopes: {other}"}}"#),
            ),
        }
    }

    #[allow(clippy::disallowed_methods, reason = "an issuer has a clock of its own")]
    fn granted(&self, request: &Request, number: usize, scope: &str, client: &str) -> Reply {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs();
        let expires = match self.expires_in.trim_matches('"').parse::<u64>() {
            Ok(expires_in) => format!(r#""exp":{},"#, now + expires_in),
            Err(_) => String::new(),
        };
        let bound = |own: &String| format!(r#""cnf":{{"x5t#S256":"{own}"}},"#);
        let bound = request.certificate.as_ref().map(bound).unwrap_or_default();
        let token = self.signer.sign(&format!(
            r#"{{{expires}{bound}"iat":{now},"jti":"trrtcc:{number}","iss":"{}","aud":"api","typ":"Bearer","azp":"{client}","scope":"{scope}","org":{{"Acme Freight":{{"id":"0b9f5a3e","org_type":["FLEET"]}}}},"organization":["acme"]}}"#,
            self.url
        ));
        let expires_in = match self.expires_in {
            "" => String::new(),
            expires_in => format!(r#""expires_in":{expires_in},"#),
        };
        let body = format!(
            r#"{{"access_token":"{token}",{expires_in}"refresh_expires_in":0,"token_type":"Bearer","not-before-policy":0,"scope":"{scope}"}}"#
        );
        self.given.lock().unwrap_or_else(PoisonError::into_inner).push(token);
        Reply::json(200, &body).header("Cache-Control", "no-store")
    }

    /// Revoking a token twice has the same response.
    fn revoke(&self, request: &Request) -> Reply {
        let token = request.field("token").expect("a token");
        match self.given.lock().unwrap_or_else(PoisonError::into_inner).contains(&token) {
            true => Reply::http(200, "", ""),
            false => Reply::json(200, r#"{"error":"invalid_token","error_description":"Invalid token"}"#),
        }
    }
}

pub(crate) fn refusal(error: &str) -> Reply {
    let words = "Invalid client or Invalid client credentials";
    Reply::json(401, &format!(r#"{{"error":"{error}","error_description":"{words}"}}"#))
}

/// From the form, else from the Basic header, whose parts are form-encoded (RFC 6749 §2.3.1). Never from both.
fn credentials(request: &Request) -> (String, String) {
    let form = (request.field("client_id"), request.field("client_secret"));
    let Some(basic) = request.header("authorization") else {
        return (form.0.unwrap_or_default(), form.1.unwrap_or_default());
    };
    assert_eq!(form, (None, None), "the credentials travel twice");
    let encoded = basic.strip_prefix("Basic ").expect("a Basic header");
    let decoded = STANDARD.decode(encoded).expect("base64");
    let text = String::from_utf8(decoded).expect("ASCII");
    let (id, secret) = text.split_once(':').expect("two parts");
    (form_decode(id), form_decode(secret))
}

fn form_decode(text: &str) -> String {
    form_urlencoded::parse(text.as_bytes()).map(|(name, _)| name.into_owned()).collect()
}
