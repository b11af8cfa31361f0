//! Client assertions (RFC 7521 §4.2, RFC 7523 §2.2): those of other issuers, checked before they are sent, and our own.
//!
//! An assertion for another audience is never sent: it is a credential for another server. An expired one is sent,
//! because this machine's clock may be wrong.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::{Value, json};
use thiserror::Error;

use super::jwt::claims::{self, elements};
use super::jwt::{Jwt, NotJwt};
use super::signing_key::{Algorithm, SigningKey};
use crate::base::origin::Origin;
use crate::base::secret::Secret;
use crate::credential::{ClientCredentials, ClientId, Kind};
use crate::http::private_key::UnusableKey;

/// What our own assertions say, and what another issuer's must say.
#[derive(Clone, Debug)]
pub struct AssertionSettings {
    /// Keycloak takes its issuer alone, and nothing beside it.
    pub audience: String,
    /// `None`: by the assertion's claims.
    pub kind: Option<AssertionType>,
    pub key_id: Option<String>,
    pub algorithm: Option<Algorithm>,
}

/// `client_assertion_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssertionType {
    JwtBearer,
    /// A JWT-SVID of SPIFFE.
    JwtSpiffe,
}

impl AssertionType {
    pub const NAMES: [&str; 2] = ["jwt-bearer", "jwt-spiffe"];

    pub fn named(name: &str) -> Option<Self> {
        [Self::JwtBearer, Self::JwtSpiffe].into_iter().find(|kind| kind.name() == name)
    }

    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    pub fn urn(self) -> String {
        format!("urn:ietf:params:oauth:client-assertion-type:{}", self.name())
    }
}

/// An assertion that can be sent.
#[derive(Clone, Debug)]
pub struct Assertion {
    pub text: Secret,
    pub kind: AssertionType,
    pub claims: Box<Claims>,
}

/// What an assertion says, unverified and untrusted; nothing of it is secret.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    /// Whether we signed it.
    pub is_own: bool,
    pub issuer: Option<String>,
    pub subject: Option<String>,
    pub audience: Vec<String>,
    pub issued: Option<SystemTime>,
    pub expires: Option<SystemTime>,
    pub algorithm: String,
    pub key_id: Option<String>,
}

/// Why there is no assertion to send. `by`: the setting that gives it, or the key.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum UnusableAssertion {
    NotJwt { by: Option<Origin>, why: NotJwt },
    OtherAudience { by: Option<Origin>, theirs: Vec<String>, ours: String },
    Key { by: Option<Origin>, why: UnusableKey },
}

impl Assertion {
    /// The given assertion, or a new one by the signing key.
    pub fn of(
        credentials: &ClientCredentials,
        settings: &AssertionSettings,
        now: SystemTime,
    ) -> Result<Self, UnusableAssertion> {
        let by = credentials.by;
        match (credentials.kind, &credentials.id) {
            (Kind::SigningKey, Some(id)) => {
                let key = SigningKey::load(&credentials.secret, settings.algorithm);
                let signed = key.and_then(|key| sign(&key, id, settings, now));
                Self::read(signed.map_err(|why| UnusableAssertion::Key { by, why })?, by, settings, true)
            }
            _ => Self::read(credentials.secret.clone(), by, settings, false),
        }
    }

    pub fn read(
        text: Secret,
        by: Option<Origin>,
        settings: &AssertionSettings,
        is_own: bool,
    ) -> Result<Self, UnusableAssertion> {
        let claims = Claims::read(&text, is_own).map_err(|why| UnusableAssertion::NotJwt { by, why })?;
        if !claims.audience.contains(&settings.audience) {
            let ours = settings.audience.clone();
            return Err(UnusableAssertion::OtherAudience { by, theirs: claims.audience, ours });
        }
        let kind = settings.kind.unwrap_or_else(|| claims.kind());
        Ok(Self { text, kind, claims: claims.into() })
    }
}

impl Claims {
    pub fn read(text: &Secret, is_own: bool) -> Result<Self, NotJwt> {
        let jwt = Jwt::decode(text.expose())?;
        let text = |name| jwt.claims.text(name).map(str::to_owned);
        let moment = |name| jwt.claims.members.get(name).and_then(claims::system_time);
        let audience = jwt.claims.members.get("aud").map_or(&[][..], elements);
        Ok(Self {
            is_own,
            issuer: text("iss"),
            subject: text("sub"),
            audience: audience.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            issued: moment("iat"),
            expires: moment("exp"),
            algorithm: jwt.header.text("alg").unwrap_or("none").to_owned(),
            key_id: jwt.header.text("kid").map(str::to_owned),
        })
    }

    /// A JWT-SVID needs no issuer, and its subject is a SPIFFE ID.
    pub fn kind(&self) -> AssertionType {
        let is_svid = self.issuer.is_none() && self.subject.as_ref().is_some_and(|sub| sub.starts_with("spiffe://"));
        if is_svid { AssertionType::JwtSpiffe } else { AssertionType::JwtBearer }
    }
}

/// Signs an assertion for one request.
fn sign(key: &SigningKey, id: &ClientId, settings: &AssertionSettings, now: SystemTime) -> Result<Secret, UnusableKey> {
    /// Keycloak accepts an `iat` from 60 s ago to 15 s ahead. This one suits a clock that is 30 s fast or 45 s slow.
    const BACKDATED: Duration = Duration::from_secs(15);
    const LIFETIME: Duration = Duration::from_secs(60);
    // Unique for each request: Keycloak takes each once.
    let mut unique = [0; 16];
    SystemRandom::new().fill(&mut unique).map_err(|_| UnusableKey::Failed)?;
    let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let mut header = json!({"alg": key.algorithm.name(), "typ": "JWT"});
    if let Some(key_id) = &settings.key_id {
        header["kid"] = key_id.as_str().into();
    }
    let claims = json!({
        "iss": id.as_str(),
        "sub": id.as_str(),
        "aud": settings.audience,
        "jti": URL_SAFE_NO_PAD.encode(unique),
        "iat": now.saturating_sub(BACKDATED).as_secs(),
        "exp": (now + LIFETIME).as_secs(),
    });
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let message = format!("{header}.{claims}");
    let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes())?);
    Secret::assertion(format!("{message}.{signature}").into()).map_err(|_| UnusableKey::Failed)
}
