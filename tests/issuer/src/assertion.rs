//! Client authentication by a signed JWT, as Keycloak 26.7 does it: the client's own assertion (`client-jwt`), or one
//! of an identity provider (`federated-jwt`), with its order of checks, error codes and messages.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::keycloak::{CLIENT_ID, refusal};
use crate::reply::Reply;
use crate::request::Request;
use crate::signing::Signer;

/// An identity provider whose tokens authenticate clients. The RSA key of the tests signs them, by RS256.
#[derive(Clone, Copy)]
pub struct Provider {
    /// The `iss` of its tokens; SPIFFE's may have none.
    pub issuer: &'static str,
    /// Whether a token authenticates more than one request.
    pub reuse: bool,
    /// Each `sub` with the client that it is.
    pub subjects: &'static [(&'static str, &'static str)],
}

/// Which assertions the realm accepts.
pub(crate) struct Assertions {
    /// The key of the client `acme`, which then has no secret.
    pub key: Option<Signer>,
    pub provider: Option<Provider>,
    /// The `jti` of each assertion that was used.
    pub used: Mutex<HashSet<String>>,
}

const TYPES: &str = "urn:ietf:params:oauth:client-assertion-type:";

impl Assertions {
    /// The client that the assertion in `request` authenticates at the realm `url`.
    ///
    /// # Panics
    /// If the request has what a correct client does not send; this fails the test.
    pub fn client(&self, url: &str, request: &Request) -> Result<String, Reply> {
        assert_eq!(request.field("client_secret"), None, "a secret is sent beside an assertion");
        assert_eq!(request.header("authorization"), None, "a Basic header is sent beside an assertion");
        let jwt = request.field("client_assertion").unwrap_or_default();
        let (Some(header), Some(claims)) = (part(&jwt, 0), part(&jwt, 1)) else {
            return Err(refusal("invalid_client"));
        };
        let text = |claim: &str| claims[claim].as_str().unwrap_or_default().to_owned();
        let (issuer, subject, id) = (text("iss"), text("sub"), request.field("client_id"));
        let kind = if issuer.is_empty() && subject.starts_with("spiffe://") { "jwt-spiffe" } else { "jwt-bearer" };
        if request.field("client_assertion_type") != Some(format!("{TYPES}{kind}")) {
            return Err(refusal("invalid_client"));
        }
        if issuer == subject {
            self.own(&subject, id, &header, &jwt)?;
            check(url, &claims, 60, 15)?;
            self.once(&claims)?;
            return Ok(subject);
        }
        let provider = self.provider.filter(|provider| kind == "jwt-spiffe" || provider.issuer == issuer);
        let provider = provider.ok_or_else(|| refusal("invalid_client"))?;
        let known = provider.subjects.iter().find(|(own, _)| *own == subject);
        let (_, client) = known.ok_or_else(|| refusal("invalid_client"))?;
        // No value of it is right for every version of Keycloak.
        assert_eq!(id, None, "the client id is sent beside a provider's assertion");
        if header["alg"] != "RS256" || !Signer::new("RS256", "").signed(&jwt) {
            return Err(refusal("invalid_client"));
        }
        check(url, &claims, 300, 0)?;
        if !provider.reuse {
            self.once(&claims)?;
        }
        Ok((*client).to_owned())
    }

    fn own(&self, subject: &str, id: Option<String>, header: &Value, jwt: &str) -> Result<(), Reply> {
        if subject != CLIENT_ID {
            return Err(refusal("invalid_client"));
        }
        let key = self.key.as_ref().filter(|_| id.is_none_or(|id| id == subject));
        let key = key.ok_or_else(|| refusal("unauthorized_client"))?;
        if header["alg"] != key.algorithm() || header.get("kid").is_some_and(|id| id != key.id()) {
            return Err(invalid("Unable to load public key"));
        }
        match key.signed(jwt) {
            true => Ok(()),
            false => {
                Err(invalid("Client authentication with signed JWT failed: Signature on JWT token failed validation"))
            }
        }
    }

    fn once(&self, claims: &Value) -> Result<(), Reply> {
        let id = claims["jti"].as_str().ok_or_else(|| invalid("Token jti claim is required"))?;
        match self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned()) {
            true => Ok(()),
            false => Err(invalid("Token reuse detected")),
        }
    }
}

/// A refusal of an assertion whose client is known.
pub(crate) fn invalid(why: &str) -> Reply {
    Reply::json(400, &format!(r#"{{"error":"invalid_client","error_description":"{why}"}}"#))
}

/// Audience and times of an assertion that may be `oldest` seconds old, by a clock that may differ by `skew`.
#[allow(clippy::disallowed_methods, reason = "an issuer has a clock of its own")]
fn check(url: &str, claims: &Value, oldest: i64, skew: i64) -> Result<(), Reply> {
    let audience = match &claims["aud"] {
        Value::Array(several) if several.len() > 1 => return Err(invalid("Multiple audiences not allowed")),
        Value::Array(one) => one.first().unwrap_or(&Value::Null),
        one => one,
    };
    if audience != url {
        return Err(invalid("Invalid token audience"));
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs().cast_signed();
    let Some(expires) = claims["exp"].as_i64() else { return Err(invalid("Token exp claim is required")) };
    if expires <= now || claims["nbf"].as_i64().is_some_and(|start| start > now + skew) {
        return Err(invalid("Token is not active"));
    }
    match claims["iat"].as_i64() {
        Some(issued) if issued > now + skew => Err(invalid("Token was issued in the future")),
        Some(issued) if issued < now - oldest => Err(invalid("Token was issued too far in the past to be used now")),
        None if expires > now + oldest => {
            Err(invalid("Token expiration is too far in the future and iat claim not present in token"))
        }
        _ => Ok(()),
    }
}

/// A part of a JWT; `None` if it is no JSON.
fn part(jwt: &str, number: usize) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(jwt.split('.').nth(number)?).ok()?;
    serde_json::from_slice(&bytes).ok()
}
