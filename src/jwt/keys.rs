//! A realm's public keys (RFC 7517), and whether one of them made a signature.
//!
//! The key decides what it is good for, and the token only names it: there must be exactly one of that name, for
//! signatures, of the type, the curve and the algorithm that the token claims.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ED25519, RsaPublicKeyComponents, UnparsedPublicKey};
use serde_json::Value;

use super::algorithm::Algorithm;
use crate::json::{self, Object};

pub struct Keys(Vec<Object>);

/// Why a signature is not a key's. Each text begins with what `it` is.
pub enum NoProof {
    /// It is none of the realm's.
    Forged(String),
    /// The realm's key is none that ring takes.
    Unusable(String),
}

impl Keys {
    /// A JWK set. The error says what is wrong with `it`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let Some(Value::Array(keys)) = json::object(text)?.remove("keys") else {
            return Err("it has no list of `keys`");
        };
        let objects = keys.into_iter().map(|key| match key {
            Value::Object(key) => Ok(key),
            _ => Err("one of its `keys` is no object"),
        });
        objects.collect::<Result<_, _>>().map(Self)
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether the key named `id` made `signature` of `message` by `algorithm`, whose `alg` is `name`.
    pub fn check(
        &self,
        id: &str,
        (algorithm, name): (&Algorithm, &str),
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), NoProof> {
        let forged = |why: &str| NoProof::Forged(why.to_owned());
        let mut named = self.0.iter().filter(|key| text(key, "kid") == Some(id));
        let key = named.next().ok_or_else(|| forged("the realm has no key of its `kid`"))?;
        if named.next().is_some() {
            return Err(forged("the realm has more than one key of its `kid`"));
        }
        let is_absent_or = |member: &str, value: &str| key.get(member).is_none_or(|found| found == value);
        if !is_absent_or("use", "sig") || key.get("key_ops").is_some_and(|uses| !names(uses, "verify")) {
            return Err(forged("the key of its `kid` is not for signatures"));
        }
        let curve = algorithm.curve();
        let fits = text(key, "kty") == Some(algorithm.key_type()) && (curve.is_none() || text(key, "crv") == curve);
        if !fits || !is_absent_or("alg", name) {
            return Err(forged("the key of its `kid` is for another algorithm"));
        }
        if verified(key, algorithm, message, signature)? {
            Ok(())
        } else {
            Err(forged("its signature does not fit: it was altered, or signed by somebody else"))
        }
    }
}

/// What ring takes of RSA keys, in bits.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2_048..=8_192;

fn verified(key: &Object, algorithm: &Algorithm, message: &[u8], signature: &[u8]) -> Result<bool, NoProof> {
    Ok(match algorithm {
        Algorithm::Rsa(parameters) => {
            let (n, e) = (number(key, "n")?, number(key, "e")?);
            let bits = n.len() * 8 - n.first().map_or(0, |byte| byte.leading_zeros() as usize);
            if !RSA_BITS.contains(&bits) {
                return Err(NoProof::Unusable(format!("the realm's key has {bits} bits")));
            }
            RsaPublicKeyComponents { n, e }.verify(parameters, message, signature).is_ok()
        }
        Algorithm::Ec { coordinate, verification, .. } => {
            let (x, y) = (bytes(key, "x")?, bytes(key, "y")?);
            if x.len() != *coordinate || y.len() != *coordinate {
                return Err(broken("x"));
            }
            // An uncompressed point (SEC 1 §2.3.3).
            let point = [&[4], &x[..], &y].concat();
            UnparsedPublicKey::new(*verification, point).verify(message, signature).is_ok()
        }
        Algorithm::Ed25519 => UnparsedPublicKey::new(&ED25519, bytes(key, "x")?).verify(message, signature).is_ok(),
    })
}

/// A number without the zeros that some servers put before it.
fn number(key: &Object, member: &'static str) -> Result<Vec<u8>, NoProof> {
    let mut bytes = bytes(key, member)?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.drain(..zeros);
    Ok(bytes)
}

fn bytes(key: &Object, member: &'static str) -> Result<Vec<u8>, NoProof> {
    text(key, member).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()).ok_or_else(|| broken(member))
}

fn broken(member: &str) -> NoProof {
    NoProof::Unusable(format!("the realm's key has no usable `{member}`"))
}

fn text<'a>(key: &'a Object, member: &str) -> Option<&'a str> {
    key.get(member)?.as_str()
}

fn names(list: &Value, wanted: &str) -> bool {
    list.as_array().is_some_and(|values| values.iter().any(|value| value == wanted))
}
