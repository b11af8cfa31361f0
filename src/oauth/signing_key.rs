//! A private key that signs client assertions: rustls signs, and this module adds what JWS (RFC 7515) needs.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use rustls::SignatureScheme;
use rustls::sign;

use crate::base::secret::Secret;
use crate::http::private_key::{self, UnusableKey};
use crate::http::trust::certificate::Der;

/// A signature algorithm (RFC 7518 §3.1, RFC 8037): its `alg`, and what it is for TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Algorithm(&'static str, SignatureScheme);

const KNOWN: [Algorithm; 9] = [
    Algorithm("RS256", SignatureScheme::RSA_PKCS1_SHA256),
    Algorithm("RS384", SignatureScheme::RSA_PKCS1_SHA384),
    Algorithm("RS512", SignatureScheme::RSA_PKCS1_SHA512),
    Algorithm("PS256", SignatureScheme::RSA_PSS_SHA256),
    Algorithm("PS384", SignatureScheme::RSA_PSS_SHA384),
    Algorithm("PS512", SignatureScheme::RSA_PSS_SHA512),
    Algorithm("ES256", SignatureScheme::ECDSA_NISTP256_SHA256),
    Algorithm("ES384", SignatureScheme::ECDSA_NISTP384_SHA384),
    Algorithm("EdDSA", SignatureScheme::ED25519),
];

impl Algorithm {
    pub const NAMES: [&str; KNOWN.len()] = {
        let (mut names, mut at) = ([""; KNOWN.len()], 0);
        while at < names.len() {
            names[at] = KNOWN[at].0;
            at += 1;
        }
        names
    };

    pub fn named(name: &str) -> Option<Self> {
        KNOWN.into_iter().find(|algorithm| algorithm.0 == name)
    }

    pub fn name(self) -> &'static str {
        self.0
    }

    /// The length of each of an ECDSA signature's two numbers, in bytes (RFC 7518 §3.4).
    fn coordinate(self) -> Option<usize> {
        match self.1 {
            SignatureScheme::ECDSA_NISTP256_SHA256 => Some(32),
            SignatureScheme::ECDSA_NISTP384_SHA384 => Some(48),
            _ => None,
        }
    }
}

pub struct SigningKey {
    key: Arc<dyn sign::SigningKey>,
    pub algorithm: Algorithm,
}

impl SigningKey {
    /// `algorithm`: `None` is RS256, ES256, ES384 or EdDSA.
    pub fn load(pem: &Secret, algorithm: Option<Algorithm>) -> Result<Self, UnusableKey> {
        let key = private_key::load(pem)?;
        let signs = |algorithm: &Algorithm| key.choose_scheme(&[algorithm.1]).is_some();
        let algorithm = match algorithm {
            Some(algorithm) if !signs(&algorithm) => return Err(UnusableKey::Algorithm(algorithm.0)),
            algorithm => algorithm.or_else(|| KNOWN.into_iter().find(signs)),
        };
        Ok(Self { key, algorithm: algorithm.ok_or(UnusableKey::Unsupported(None))? })
    }

    /// A signature in JWS' form.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, UnusableKey> {
        let signer = self.key.choose_scheme(&[self.algorithm.1]).ok_or(UnusableKey::Algorithm(self.algorithm.0))?;
        let signature = signer.sign(message).map_err(|_| UnusableKey::Failed)?;
        match self.algorithm.coordinate() {
            None => Ok(signature),
            Some(length) => fixed(&signature, length).ok_or(UnusableKey::Failed),
        }
    }

    /// Its kind and size.
    pub fn describe(&self) -> String {
        match (self.algorithm.0, self.modulus()) {
            (_, Some((modulus, _))) => format!("RSA, {} bits", modulus.len() * 8),
            ("ES256", _) => "P-256".to_owned(),
            ("ES384", _) => "P-384".to_owned(),
            _ => "Ed25519".to_owned(),
        }
    }

    /// The `kid` that Keycloak gives to a registered certificate or public key: the hash of its `SubjectPublicKeyInfo`.
    pub fn keycloak_id(&self) -> String {
        id(&self.public())
    }

    /// The key's JWK thumbprint (RFC 7638), a usual `kid`.
    pub fn thumbprint(&self) -> String {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let (public, length) = (self.public(), self.algorithm.coordinate());
        let point = |length: usize| &public[public.len().saturating_sub(length)..];
        // RFC 7638 §3.2: the required members, in the order of their names.
        let jwk = match (self.modulus(), length) {
            (Some((n, e)), _) => format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, text(&e), text(&n)),
            (None, Some(length)) => {
                let (x, y) = point(2 * length).split_at(length);
                format!(r#"{{"crv":"P-{}","kty":"EC","x":"{}","y":"{}"}}"#, length * 8, text(x), text(y))
            }
            (None, None) => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, text(point(32))),
        };
        id(jwk.as_bytes())
    }

    /// The public key's `SubjectPublicKeyInfo`.
    fn public(&self) -> Vec<u8> {
        self.key.public_key().map(|key| key.to_vec()).unwrap_or_default()
    }

    /// An RSA key's modulus and exponent.
    fn modulus(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let public = self.public();
        let (_, bits) = Der(Der(&public).next()?.1).nth(1)?;
        // A bit string: its first byte is the number of unused bits.
        let mut numbers = Der(Der(bits.get(1..)?).next()?.1).map(|(_, number)| unsigned(number).to_vec());
        (self.key.algorithm() == rustls::SignatureAlgorithm::RSA).then_some((numbers.next()?, numbers.next()?))
    }
}

fn id(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, bytes))
}

/// An ECDSA signature in DER (RFC 3279 §2.2.3), as two numbers of this length.
fn fixed(der: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut signature = vec![0; 2 * length];
    let mut numbers = Der(Der(der).next()?.1);
    for half in signature.chunks_exact_mut(length) {
        let number = unsigned(numbers.next()?.1);
        half[length.checked_sub(number.len())?..].copy_from_slice(number);
    }
    Some(signature)
}

/// A positive number without leading zeros.
fn unsigned(number: &[u8]) -> &[u8] {
    &number[number.iter().take_while(|byte| **byte == 0).count()..]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn load(pem: &str) -> Result<SigningKey, UnusableKey> {
        SigningKey::load(&Secret::pem(pem.into()).unwrap(), None)
    }

    #[test]
    fn what_is_no_usable_key_is_told_apart() {
        let block = |kind: &str| format!("-----BEGIN {kind}-----\nAAAA\n-----END {kind}-----\n");
        for (text, why) in [
            ("secret".to_owned(), UnusableKey::NotPem),
            (block("ENCRYPTED PRIVATE KEY"), UnusableKey::Encrypted),
            (block("OPENSSH PRIVATE KEY"), UnusableKey::OpenSsh),
            (block("PUBLIC KEY"), UnusableKey::Public),
            (block("RSA PUBLIC KEY"), UnusableKey::Public),
            (block("CERTIFICATE"), UnusableKey::Public),
            (block("PRIVATE KEY"), UnusableKey::Unsupported(None)),
        ] {
            assert_eq!(load(&text).err(), Some(why), "{text}");
        }
    }

    /// RFC 8037 appendix A: the key, its thumbprint.
    #[test]
    fn the_thumbprint_is_that_of_the_standard() {
        let mut pkcs8 = vec![0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
        pkcs8.extend(URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap());
        let pem = base64::engine::general_purpose::STANDARD.encode(&pkcs8);
        let key = load(&format!("-----BEGIN PRIVATE KEY-----\n{pem}\n-----END PRIVATE KEY-----\n")).unwrap();
        assert_eq!(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!((key.describe().as_str(), key.algorithm.name()), ("Ed25519", "EdDSA"));
        assert_eq!(key.sign(b"").unwrap().len(), 64);
    }

    #[test]
    fn a_signature_of_ecdsa_has_a_fixed_length() {
        let short = [0x30, 8, 2, 2, 0, 0xff, 2, 2, 1, 2];
        assert_eq!(fixed(&short, 4), Some(vec![0, 0, 0, 0xff, 0, 0, 1, 2]));
        assert_eq!(fixed(&short, 1), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any::<String>(), der in any::<Vec<u8>>()) {
            let pem = base64::engine::general_purpose::STANDARD.encode(&der);
            for kind in ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"] {
                let block = format!("{text}\n-----BEGIN {kind}-----\n{pem}\n-----END {kind}-----\n");
                let _ = Secret::pem(block.into()).map(|pem| SigningKey::load(&pem, None).err());
            }
            let _ = fixed(&der, 32);
        }
    }
}
