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
use super::verify::VerifyError;
use crate::json::Object;

pub struct Keys(Vec<Object>);

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
    pub fn check(&self, id: &str, algorithm: &Algorithm, message: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        let mut named = self.0.iter().filter(|key| text(key, "kid") == Some(id));
        let key = named.next().ok_or(VerifyError::UnknownKey)?;
        if named.next().is_some() {
            return Err(VerifyError::AmbiguousKey);
        }
        let given = |member: &str| key.get(member).filter(|value| !value.is_null());
        let is_for = |uses: &Value| uses.as_array().is_some_and(|uses| uses.iter().any(|own| own == "verify"));
        if !given("use").is_none_or(|found| found == "sig") || !given("key_ops").is_none_or(is_for) {
            return Err(VerifyError::KeyNotForSignatures);
        }
        let (kind, curve) = algorithm.key_type();
        let fits = text(key, "kty") == Some(kind) && (curve.is_none() || text(key, "crv") == curve);
        if !fits || !given("alg").is_none_or(|name| name.as_str().is_some_and(|name| algorithm.is_named(name))) {
            return Err(VerifyError::KeyForOtherAlgorithm);
        }
        if verified(key, algorithm.kind, message, signature)? { Ok(()) } else { Err(VerifyError::BadSignature) }
    }
}

/// What ring takes of RSA keys, in bits.
const MODULUS: RangeInclusive<usize> = 2_048..=8_192;
const EXPONENT: RangeInclusive<usize> = 2..=33;

fn verified(key: &Object, kind: Kind, message: &[u8], signature: &[u8]) -> Result<bool, VerifyError> {
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
fn odd_number(key: &Object, member: &'static str, sizes: RangeInclusive<usize>) -> Result<Vec<u8>, VerifyError> {
    let mut bytes = bytes(key, member)?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.drain(..zeros);
    let bits = bytes.len() * 8 - bytes.first().map_or(0, |byte| byte.leading_zeros() as usize);
    if !sizes.contains(&bits) {
        return Err(VerifyError::KeySize { member, bits, usable: sizes });
    }
    if bytes.last().is_none_or(|byte| byte % 2 == 0) { Err(VerifyError::BrokenKey(member)) } else { Ok(bytes) }
}

fn bytes_of(key: &Object, member: &'static str, length: usize) -> Result<Vec<u8>, VerifyError> {
    bytes(key, member)
        .and_then(|bytes| if bytes.len() == length { Ok(bytes) } else { Err(VerifyError::BrokenKey(member)) })
}

fn bytes(key: &Object, member: &'static str) -> Result<Vec<u8>, VerifyError> {
    text(key, member).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()).ok_or(VerifyError::BrokenKey(member))
}

fn text<'a>(key: &'a Object, member: &str) -> Option<&'a str> {
    key.get(member)?.as_str()
}
