//! Keys that sign tokens and assertions, and their public part in a realm's key set.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair as RsaKeyPair, PublicKeyComponents};
use ring::signature::{
    self, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384,
    RSA_PSS_SHA512, RsaEncoding, UnparsedPublicKey, VerificationAlgorithm,
};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;

/// An RSA key for the tests alone: ring generates none, and it would take a second.
const RSA: &[u8] = include_bytes!("rsa-2048.pk8");

/// A private key with its name and its algorithm.
pub struct Signer {
    algorithm: &'static str,
    id: String,
    pkcs8: Vec<u8>,
    key: Key,
}

enum Key {
    Ec(EcdsaKeyPair, &'static str),
    Ed25519(Ed25519KeyPair),
    Rsa(Box<RsaKeyPair>, &'static dyn RsaEncoding),
}

impl Signer {
    /// A new key (for RSA always the same) for `algorithm`, as `alg` names it.
    ///
    /// # Panics
    /// If the algorithm is unknown.
    pub fn new(algorithm: &'static str, id: &str) -> Self {
        let random = SystemRandom::new();
        let ec = |kind| EcdsaKeyPair::generate_pkcs8(kind, &random).expect("a key").as_ref().to_vec();
        let pkcs8 = match algorithm {
            "ES256" => ec(&ECDSA_P256_SHA256_FIXED_SIGNING),
            "ES384" => ec(&ECDSA_P384_SHA384_FIXED_SIGNING),
            "EdDSA" => Ed25519KeyPair::generate_pkcs8(&random).expect("a key").as_ref().to_vec(),
            _ => RSA.to_vec(),
        };
        Self::of(algorithm, id, pkcs8)
    }

    /// The key of a PEM text (PKCS#8).
    ///
    /// # Panics
    /// If there is none for this algorithm.
    pub fn from_pem(algorithm: &'static str, id: &str, pem: &[u8]) -> Self {
        let key = PrivatePkcs8KeyDer::from_pem_slice(pem).expect("a key in PKCS#8");
        Self::of(algorithm, id, key.secret_pkcs8_der().to_vec())
    }

    fn of(algorithm: &'static str, id: &str, pkcs8: Vec<u8>) -> Self {
        let rsa = |encoding| Key::Rsa(Box::new(RsaKeyPair::from_pkcs8(&pkcs8).expect("a key")), encoding);
        let ec = |kind: &'static EcdsaSigningAlgorithm| {
            EcdsaKeyPair::from_pkcs8(kind, &pkcs8, &SystemRandom::new()).expect("a key")
        };
        let key = match algorithm {
            "ES256" => Key::Ec(ec(&ECDSA_P256_SHA256_FIXED_SIGNING), "P-256"),
            "ES384" => Key::Ec(ec(&ECDSA_P384_SHA384_FIXED_SIGNING), "P-384"),
            // OpenSSL writes no public key beside the private one.
            "EdDSA" => Key::Ed25519(Ed25519KeyPair::from_pkcs8_maybe_unchecked(&pkcs8).expect("a key")),
            "RS256" => rsa(&RSA_PKCS1_SHA256),
            "RS384" => rsa(&RSA_PKCS1_SHA384),
            "RS512" => rsa(&RSA_PKCS1_SHA512),
            "PS256" => rsa(&RSA_PSS_SHA256),
            "PS384" => rsa(&RSA_PSS_SHA384),
            "PS512" => rsa(&RSA_PSS_SHA512),
            other => panic!("no algorithm `{other}`"),
        };
        Self { algorithm, id: id.to_owned(), pkcs8, key }
    }

    /// The private key as a PEM text (PKCS#8).
    pub fn pem(&self) -> String {
        let text = STANDARD.encode(&self.pkcs8);
        let lines: String = text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line) + "\n").collect();
        format!("-----BEGIN PRIVATE KEY-----\n{lines}-----END PRIVATE KEY-----\n")
    }

    /// As `alg` names it.
    pub fn algorithm(&self) -> &'static str {
        self.algorithm
    }

    /// Its name, as `kid` says it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether this key made the signature of `jwt`, by this algorithm.
    pub fn signed(&self, jwt: &str) -> bool {
        let algorithm: &'static dyn VerificationAlgorithm = match self.algorithm {
            "ES256" => &signature::ECDSA_P256_SHA256_FIXED,
            "ES384" => &signature::ECDSA_P384_SHA384_FIXED,
            "EdDSA" => &signature::ED25519,
            "RS256" => &signature::RSA_PKCS1_2048_8192_SHA256,
            "RS384" => &signature::RSA_PKCS1_2048_8192_SHA384,
            "RS512" => &signature::RSA_PKCS1_2048_8192_SHA512,
            "PS256" => &signature::RSA_PSS_2048_8192_SHA256,
            "PS384" => &signature::RSA_PSS_2048_8192_SHA384,
            _ => &signature::RSA_PSS_2048_8192_SHA512,
        };
        let public = match &self.key {
            Key::Ec(key, _) => key.public_key().as_ref(),
            Key::Ed25519(key) => key.public_key().as_ref(),
            Key::Rsa(key, _) => key.public_key().as_ref(),
        };
        let Some((text, signature)) = jwt.rsplit_once('.') else { return false };
        let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return false };
        UnparsedPublicKey::new(algorithm, public).verify(text.as_bytes(), &signature).is_ok()
    }

    /// A token with these claims (JSON).
    pub fn sign(&self, claims: &str) -> String {
        self.sign_as(&format!(r#"{{"alg":"{}","typ":"JWT","kid":"{}"}}"#, self.algorithm, self.id), claims)
    }

    /// The same with any header.
    pub fn sign_as(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let random = SystemRandom::new();
        let signature = match &self.key {
            Key::Ec(key, _) => key.sign(&random, signed.as_bytes()).expect("a signature").as_ref().to_vec(),
            Key::Ed25519(key) => key.sign(signed.as_bytes()).as_ref().to_vec(),
            Key::Rsa(key, encoding) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(*encoding, &random, signed.as_bytes(), &mut signature).expect("a signature");
                signature
            }
        };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// The members of its public key (RFC 7517), without the braces around them.
    pub fn public(&self) -> String {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let key = match &self.key {
            Key::Ec(key, curve) => {
                let (x, y) = key.public_key().as_ref()[1..].split_at(key.public_key().as_ref().len() / 2);
                format!(r#""kty":"EC","crv":"{curve}","x":"{}","y":"{}""#, encode(x), encode(y))
            }
            Key::Ed25519(key) => {
                format!(r#""kty":"OKP","crv":"Ed25519","x":"{}""#, encode(key.public_key().as_ref()))
            }
            Key::Rsa(key, _) => {
                let public: PublicKeyComponents<Vec<u8>> = key.public().into();
                format!(r#""kty":"RSA","n":"{}","e":"{}""#, encode(&public.n), encode(&public.e))
            }
        };
        format!(r#""kid":"{}","use":"sig","alg":"{}",{key}"#, self.id, self.algorithm)
    }
}
