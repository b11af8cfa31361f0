//! A realm's public keys (RFC 7517), and whether one of them made a signature.
//!
//! The key decides its use, and the token only names it: there must be exactly one key of that name, for signatures, of
//! the type, the curve and the algorithm that the token claims.

use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ED25519, ED25519_PUBLIC_KEY_LEN, RsaPublicKeyComponents, UnparsedPublicKey};
use serde_json::Value;

use super::algorithm::{Algorithm, Kind};
use super::verify::{cannot_be_checked, not_genuine};
use crate::error::Failure;
use crate::json::Object;

pub struct Keys(Vec<Object>);

const FORGED_HINT: &str = "another realm may have signed it, or a key that is not in use any more";

impl Keys {
    /// A JWK set; what is no object in it is no key. `None` for one without a list of keys.
    pub fn parse(mut set: Object) -> Option<Self> {
        let Some(Value::Array(keys)) = set.remove("keys") else { return None };
        let objects = keys.into_iter().filter_map(|key| match key {
            Value::Object(key) => Some(key),
            _ => None,
        });
        Some(Self(objects.collect()))
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether the key named `id` made `signature` of `message` by `algorithm`.
    pub fn check(&self, id: &str, algorithm: &Algorithm, message: &[u8], signature: &[u8]) -> Result<(), Failure> {
        let mut named = self.0.iter().filter(|key| text(key, "kid") == Some(id));
        let key = named.next().ok_or_else(|| not_genuine("the realm has no key of its `kid`", FORGED_HINT))?;
        if named.next().is_some() {
            return Err(cannot_be_checked("the realm has more than one key of its `kid`"));
        }
        let given = |member: &str| key.get(member).filter(|value| !value.is_null());
        let is_for = |uses: &Value| uses.as_array().is_some_and(|uses| uses.iter().any(|own| own == "verify"));
        if !given("use").is_none_or(|found| found == "sig") || !given("key_ops").is_none_or(is_for) {
            return Err(not_genuine("the key of its `kid` is not for signatures", ""));
        }
        let (kind, curve) = algorithm.key_type();
        let fits = text(key, "kty") == Some(kind) && (curve.is_none() || text(key, "crv") == curve);
        if !fits || !given("alg").is_none_or(|name| name.as_str().is_some_and(|name| algorithm.is_named(name))) {
            return Err(not_genuine("the key of its `kid` is for another algorithm", ""));
        }
        if !verified(key, algorithm.kind, message, signature)? {
            let why = "its signature does not fit: it was altered, or signed by somebody else";
            return Err(not_genuine(why, FORGED_HINT));
        }
        Ok(())
    }
}

/// What ring takes of RSA keys, in bits.
const MODULUS: RangeInclusive<usize> = 2_048..=8_192;
const EXPONENT: RangeInclusive<usize> = 2..=33;

fn verified(key: &Object, kind: Kind, message: &[u8], signature: &[u8]) -> Result<bool, Failure> {
    Ok(match kind {
        Kind::Rsa(parameters) => {
            let (n, e) = (odd_number(key, "n", MODULUS)?, odd_number(key, "e", EXPONENT)?);
            RsaPublicKeyComponents { n, e }.verify(parameters, message, signature).is_ok()
        }
        Kind::Ec { coordinate, verification, .. } => {
            // An uncompressed point (SEC 1 §2.3.3).
            let (x, y) = (bytes_of(key, "x", coordinate)?, bytes_of(key, "y", coordinate)?);
            let point = [&[4], &x[..], &y].concat();
            UnparsedPublicKey::new(verification, point).verify(message, signature).is_ok()
        }
        Kind::Ed25519 => {
            let point = bytes_of(key, "x", ED25519_PUBLIC_KEY_LEN)?;
            UnparsedPublicKey::new(&ED25519, point).verify(message, signature).is_ok()
        }
    })
}

/// A number of an RSA key, without the leading zeros that some servers send. ring reports an even, short or long one
/// like a forged signature.
fn odd_number(key: &Object, member: &str, sizes: RangeInclusive<usize>) -> Result<Vec<u8>, Failure> {
    let mut bytes = bytes(key, member)?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.drain(..zeros);
    let bits = bytes.len() * 8 - bytes.first().map_or(0, |byte| byte.leading_zeros() as usize);
    if !sizes.contains(&bits) {
        let (least, most) = sizes.into_inner();
        let why = format!("the realm's key has an `{member}` of {bits} bits, and {least} to {most} can be used");
        return Err(cannot_be_checked(why));
    }
    if bytes.last().is_none_or(|byte| byte % 2 == 0) { Err(broken(member)) } else { Ok(bytes) }
}

fn bytes_of(key: &Object, member: &str, length: usize) -> Result<Vec<u8>, Failure> {
    bytes(key, member).and_then(|bytes| if bytes.len() == length { Ok(bytes) } else { Err(broken(member)) })
}

fn bytes(key: &Object, member: &str) -> Result<Vec<u8>, Failure> {
    text(key, member).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()).ok_or_else(|| broken(member))
}

fn broken(member: &str) -> Failure {
    cannot_be_checked(format!("the realm's key has no usable `{member}`"))
}

fn text<'a>(key: &'a Object, member: &str) -> Option<&'a str> {
    key.get(member)?.as_str()
}
