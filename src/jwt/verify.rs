//! Whether a token is genuine: signed by a key of the realm, for whom it is said to be, and valid now.
//!
//! Only the realm's own keys count: `jku`, `jwk`, `x5u` and `x5c` in a header name others and are ignored. A header
//! with extensions that must be understood (`crit`, RFC 7515 §4.1.11) is refused, because none is.

use std::fmt::Display;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::Jwt;
use super::algorithm::Algorithm;
use super::claims::{quoted, shown};
use super::keys::Keys;
use super::table::{ago, date};
use crate::error::{Exit, Failure};

/// What a token must say.
pub struct Expected<'a> {
    /// Its `iss`.
    pub issuer: &'a str,
    /// One of its `aud`.
    pub audience: Option<&'a str>,
}

/// The token was not signed by a key of the realm, or not for it.
pub fn not_genuine(why: impl Display, hint: &str) -> Failure {
    Failure::new(Exit::Unusable, "the token is not genuine", why).hint(hint)
}

/// The token is the realm's, but must not be used now or here.
fn not_valid(why: impl Display, hint: &str) -> Failure {
    Failure::new(Exit::Unusable, "the token is not valid", why).hint(hint)
}

pub fn cannot_be_checked(why: impl Display) -> Failure {
    Failure::new(Exit::Unusable, "the token cannot be checked", why)
}

/// A token whose signature, times and audience are still to be checked.
pub struct Claimed<'a> {
    jwt: &'a Jwt<'a>,
    algorithm: Algorithm,
    key_id: &'a str,
}

/// Checks what needs no key.
pub fn examine<'a>(jwt: &'a Jwt<'a>, expected: &Expected<'_>) -> Result<Claimed<'a>, Failure> {
    let header = &jwt.header;
    let name = header.text("alg").ok_or_else(|| not_genuine("its header names no algorithm (`alg`)", ""))?;
    let algorithm = Algorithm::named(name).ok_or_else(|| no_algorithm(name))?;
    if header.members.contains_key("crit") {
        return Err(not_genuine("its header has extensions that must be understood (`crit`), and are not", ""));
    }
    let key_id = header.text("kid").ok_or_else(|| cannot_be_checked("its header names no key (`kid`)"))?;
    check_issuer(jwt, expected.issuer).map_err(|why| not_genuine(why, ISSUER_HINT))?;
    Ok(Claimed { jwt, algorithm, key_id })
}

/// An algorithm that proves nothing by a public key, or one that another program may be able to check.
fn no_algorithm(name: &str) -> Failure {
    let why = if name.eq_ignore_ascii_case("none") {
        "so that nobody has signed it"
    // Anybody who knows the public key can sign a token for a program that takes it for the shared secret.
    } else if name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("HS")) {
        "which takes a shared secret and no realm's key"
    } else {
        return cannot_be_checked(format!("its algorithm `{}` is not known here", quoted(name)));
    };
    not_genuine(format!("its algorithm is `{}`, {why}", quoted(name)), "")
}

/// Whether a token's `iss` is `expected`, but for a final slash, as in a setting. The error names both.
pub fn check_issuer(jwt: &Jwt<'_>, expected: &str) -> Result<(), String> {
    let without_slash = |text: &str| text.strip_suffix('/').unwrap_or(text).to_owned();
    match jwt.claims.members.get("iss") {
        Some(Value::String(issuer)) if without_slash(issuer) == without_slash(expected) => Ok(()),
        Some(issuer) => Err(format!("its issuer is `{}`, not `{expected}`", shown(issuer))),
        None => Err(format!("it names no issuer, and `{expected}` is expected")),
    }
}

const ISSUER_HINT: &str = "if you trust that issuer, name it with --issuer; if it is the same realm by another name, \
     --token-issuer is to be that name";

impl Claimed<'_> {
    /// Checks the signature, then when it is valid and for whom.
    pub fn verify(&self, keys: &Keys, expected: &Expected<'_>, now: SystemTime) -> Result<(), Failure> {
        let message = self.jwt.signed.as_bytes();
        keys.check(self.key_id, &self.algorithm, message, &self.jwt.signature)?;
        self.check_times(now)?;
        match expected.audience {
            Some(audience) if !is_for(self.jwt.claims.members.get("aud"), audience) => {
                Err(not_valid(format!("it is not for the audience `{audience}`"), ""))
            }
            _ => Ok(()),
        }
    }

    fn check_times(&self, now: SystemTime) -> Result<(), Failure> {
        let seconds = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let moment = |name: &str| match self.jwt.claims.members.get(name) {
            None => Ok(None),
            Some(value) => match value.as_f64() {
                Some(moment) => Ok(Some((value, moment))),
                None => Err(not_valid(format!("its `{name}` is no number"), "")),
            },
        };
        if let Some((value, _)) = moment("nbf")?.filter(|(_, begins)| seconds < *begins) {
            let why = format!("it is not valid before {}", date(value).unwrap_or_else(|| shown(value)));
            return Err(not_valid(why, "check the clock of this machine"));
        }
        if let Some((value, ends)) = moment("exp")?.filter(|(_, ends)| *ends <= seconds) {
            let age = Duration::try_from_secs_f64(seconds - ends).unwrap_or(Duration::MAX);
            let why = format!("it expired {} ({})", ago(age), date(value).unwrap_or_else(|| shown(value)));
            return Err(not_valid(why, ""));
        }
        Ok(())
    }
}

/// One name, or a list of them (RFC 7519 §4.1.3).
fn is_for(audience: Option<&Value>, wanted: &str) -> bool {
    match audience {
        Some(Value::Array(names)) => names.iter().any(|name| name == wanted),
        Some(name) => name == wanted,
        None => false,
    }
}
