//! Verifies a token: signed by a key of the realm, issued by it, for the expected audience, and valid now.
//!
//! Only the realm's keys count: `jku`, `jwk`, `x5u` and `x5c` in the header are ignored. A header with critical
//! extensions (`crit`, RFC 7515 §4.1.11) is refused, because none is supported.

use std::time::{Duration, SystemTime};

use super::Jwt;
use super::claims::elements;
use super::error::{OtherIssuer, VerifyError};
use super::keys::{Algorithm, Keys};
use serde_json::Value;

/// A token whose signature, times and audience are not verified yet.
pub struct Claimed<'a> {
    jwt: &'a Jwt<'a>,
    algorithm: Algorithm,
    key_id: &'a str,
}

/// Checks the header and the issuer, without keys.
pub fn examine<'a>(jwt: &'a Jwt<'a>, issuer: &str) -> Result<Claimed<'a>, VerifyError> {
    let header = &jwt.header;
    let name = header.text("alg").ok_or(VerifyError::NoAlgorithm)?;
    // Never accept HMAC: an attacker could sign with the public key as the shared secret.
    let is_shared = name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("HS"));
    let algorithm = Algorithm::named(name).ok_or_else(|| match is_shared || name.eq_ignore_ascii_case("none") {
        true => VerifyError::KeylessAlgorithm(name.to_owned()),
        false => VerifyError::UnknownAlgorithm(name.to_owned()),
    })?;
    if header.members.contains_key("crit") {
        return Err(VerifyError::CriticalExtensions);
    }
    let key_id = header.text("kid").ok_or(VerifyError::NoKeyId)?;
    check_issuer(jwt, issuer)?;
    Ok(Claimed { jwt, algorithm, key_id })
}

/// Whether a token's `iss` is `expected`, apart from a trailing slash.
pub fn check_issuer(jwt: &Jwt<'_>, expected: &str) -> Result<(), OtherIssuer> {
    let without_slash = |text: &str| text.strip_suffix('/').unwrap_or(text).to_owned();
    match jwt.claims.members.get("iss") {
        Some(Value::String(issuer)) if without_slash(issuer) == without_slash(expected) => Ok(()),
        issuer => Err(OtherIssuer { issuer: issuer.cloned(), expected: expected.to_owned() }),
    }
}

impl Claimed<'_> {
    /// Checks the signature, the times, and that `aud`, a name or a list (RFC 7519 §4.1.3), contains `audience`.
    pub fn verify(&self, keys: &Keys, audience: Option<&str>, now: SystemTime) -> Result<(), VerifyError> {
        let message = self.jwt.signed.as_bytes();
        keys.check(self.key_id, self.algorithm, message, &self.jwt.signature)?;
        self.check_times(now)?;
        let said = self.jwt.claims.members.get("aud").map_or(&[][..], elements);
        match audience {
            Some(wanted) if !said.iter().any(|name| name == wanted) => {
                Err(VerifyError::OtherAudience(wanted.to_owned()))
            }
            _ => Ok(()),
        }
    }

    fn check_times(&self, now: SystemTime) -> Result<(), VerifyError> {
        let seconds = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let moment = |name: &'static str| {
            let value = self.jwt.claims.members.get(name);
            let number = |value: &Value| value.as_f64().ok_or(VerifyError::TimeNotANumber(name));
            value.map(number).transpose().map(|number| value.zip(number))
        };
        if let Some((value, _)) = moment("nbf")?.filter(|(_, begins)| seconds < *begins) {
            return Err(VerifyError::NotYetValid(value.clone()));
        }
        if let Some((value, ends)) = moment("exp")?.filter(|(_, ends)| *ends <= seconds) {
            let age = Duration::try_from_secs_f64(seconds - ends).unwrap_or(Duration::MAX);
            return Err(VerifyError::Expired(value.clone(), age));
        }
        Ok(())
    }
}
