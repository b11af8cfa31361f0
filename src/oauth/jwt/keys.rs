//! A realm's public keys (RFC 7517), which verify signatures.
//!
//! The token names a key, but the key decides its use: exactly one key must have that name, and be for signatures, of
//! the type, the curve and the algorithm that the token claims.

use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ED25519_PUBLIC_KEY_LEN, EcdsaVerificationAlgorithm,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde_json::Value;

use super::error::VerifyError;
use crate::base::json::Object;

/// A signature algorithm that ring supports, by its `alg`.
#[derive(Clone, Copy)]
pub struct Algorithm(&'static str, Kind);

#[derive(Clone, Copy)]
enum Kind {
    Rsa(&'static RsaParameters),
    /// `crv`, and the length of a coordinate in bytes.
    Ec(&'static str, usize, &'static EcdsaVerificationAlgorithm),
    Ed25519,
}

/// RFC 7518 §3.1 and RFC 8037.
const KNOWN: [Algorithm; 10] = [
    Algorithm("RS256", Kind::Rsa(&RSA_PKCS1_2048_8192_SHA256)),
    Algorithm("RS384", Kind::Rsa(&RSA_PKCS1_2048_8192_SHA384)),
    Algorithm("RS512", Kind::Rsa(&RSA_PKCS1_2048_8192_SHA512)),
    Algorithm("PS256", Kind::Rsa(&RSA_PSS_2048_8192_SHA256)),
    Algorithm("PS384", Kind::Rsa(&RSA_PSS_2048_8192_SHA384)),
    Algorithm("PS512", Kind::Rsa(&RSA_PSS_2048_8192_SHA512)),
    Algorithm("ES256", Kind::Ec("P-256", 32, &ECDSA_P256_SHA256_FIXED)),
    Algorithm("ES384", Kind::Ec("P-384", 48, &ECDSA_P384_SHA384_FIXED)),
    Algorithm("EdDSA", Kind::Ed25519),
    // EdDSA's new name (RFC 9864).
    Algorithm("Ed25519", Kind::Ed25519),
];

impl Algorithm {
    pub fn named(name: &str) -> Option<Self> {
        KNOWN.into_iter().find(|algorithm| algorithm.0 == name)
    }

    /// Whether the key's type, curve and `alg` match.
    fn fits(self, key: &Value) -> bool {
        let own = [self.0];
        let (kind, curve, names) = match self.1 {
            Kind::Rsa(_) => ("RSA", None, &own[..]),
            Kind::Ec(curve, ..) => ("EC", Some(curve), &own[..]),
            Kind::Ed25519 => ("OKP", Some("Ed25519"), &["EdDSA", "Ed25519"][..]),
        };
        text(key, "kty") == Some(kind)
            && (curve.is_none() || text(key, "crv") == curve)
            && given(key, "alg").is_none_or(|alg| names.iter().any(|name| alg == name))
    }

    /// Whether the key made `signature` of `message`.
    fn verifies(self, key: &Value, message: &[u8], signature: &[u8]) -> Result<bool, VerifyError> {
        let is_genuine = match self.1 {
            Kind::Rsa(parameters) => {
                let (n, e) = (odd_number(key, "n", MODULUS)?, odd_number(key, "e", EXPONENT)?);
                RsaPublicKeyComponents { n, e }.verify(parameters, message, signature)
            }
            Kind::Ec(_, length, verification) => {
                // An uncompressed point (SEC 1 §2.3.3).
                let (x, y) = (coordinate(key, "x", length)?, coordinate(key, "y", length)?);
                UnparsedPublicKey::new(verification, [&[4], &x[..], &y].concat()).verify(message, signature)
            }
            Kind::Ed25519 => {
                let point = coordinate(key, "x", ED25519_PUBLIC_KEY_LEN)?;
                UnparsedPublicKey::new(&ED25519, point).verify(message, signature)
            }
        };
        Ok(is_genuine.is_ok())
    }
}

pub struct Keys(Vec<Value>);

impl Keys {
    /// Parses a JWK set; `None` if it has no list of keys.
    pub fn parse(mut set: Object) -> Option<Self> {
        if let Some(Value::Array(keys)) = set.remove("keys") { Some(Self(keys)) } else { None }
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether the key named `id` made `signature` of `message` by `algorithm`.
    pub fn check(&self, id: &str, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        let mut named = self.0.iter().filter(|key| text(key, "kid") == Some(id));
        let key = named.next().ok_or(VerifyError::UnknownKey)?;
        if named.next().is_some() {
            return Err(VerifyError::AmbiguousKey);
        }
        let is_for = |uses: &Value| uses.as_array().is_some_and(|uses| uses.iter().any(|own| own == "verify"));
        let is_for_signatures = given(key, "use").is_none_or(|found| found == "sig");
        if !is_for_signatures || !given(key, "key_ops").is_none_or(is_for) || !algorithm.fits(key) {
            return Err(VerifyError::KeyForOtherUse);
        }
        if algorithm.verifies(key, message, signature)? { Ok(()) } else { Err(VerifyError::BadSignature) }
    }
}

/// ring's limits of RSA keys, in bits.
const MODULUS: RangeInclusive<usize> = 2_048..=8_192;
const EXPONENT: RangeInclusive<usize> = 2..=33;

/// A number of an RSA key, without leading zeros. ring would report an invalid one as a bad signature.
fn odd_number(key: &Value, member: &'static str, sizes: RangeInclusive<usize>) -> Result<Vec<u8>, VerifyError> {
    let number: Vec<u8> = bytes(key, member)?.into_iter().skip_while(|byte| *byte == 0).collect();
    let bits = number.first().map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize);
    let is_usable = sizes.contains(&bits) && number.last().is_some_and(|byte| byte % 2 == 1);
    if is_usable { Ok(number) } else { Err(VerifyError::BrokenKey(member)) }
}

fn coordinate(key: &Value, member: &'static str, length: usize) -> Result<Vec<u8>, VerifyError> {
    let bytes = bytes(key, member)?;
    if bytes.len() == length { Ok(bytes) } else { Err(VerifyError::BrokenKey(member)) }
}

fn bytes(key: &Value, member: &'static str) -> Result<Vec<u8>, VerifyError> {
    text(key, member).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()).ok_or(VerifyError::BrokenKey(member))
}

fn text<'a>(key: &'a Value, member: &str) -> Option<&'a str> {
    key.get(member)?.as_str()
}

fn given<'a>(key: &'a Value, member: &str) -> Option<&'a Value> {
    key.get(member).filter(|value| !value.is_null())
}
