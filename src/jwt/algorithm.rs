//! The signature algorithms that ring can verify, of RFC 7518 §3.1 and RFC 8037.

use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, EcdsaVerificationAlgorithm, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
    RSA_PSS_2048_8192_SHA512, RsaParameters,
};

#[derive(Clone, Copy)]
pub struct Algorithm {
    /// Its `alg`.
    pub name: &'static str,
    pub kind: Kind,
}

#[derive(Clone, Copy)]
pub enum Kind {
    Rsa(&'static RsaParameters),
    Ec {
        /// As `crv` names it.
        curve: &'static str,
        /// The length of a coordinate in bytes.
        coordinate: usize,
        verification: &'static EcdsaVerificationAlgorithm,
    },
    Ed25519,
}

const KNOWN: [(&str, Kind); 10] = [
    ("RS256", Kind::Rsa(&RSA_PKCS1_2048_8192_SHA256)),
    ("RS384", Kind::Rsa(&RSA_PKCS1_2048_8192_SHA384)),
    ("RS512", Kind::Rsa(&RSA_PKCS1_2048_8192_SHA512)),
    ("PS256", Kind::Rsa(&RSA_PSS_2048_8192_SHA256)),
    ("PS384", Kind::Rsa(&RSA_PSS_2048_8192_SHA384)),
    ("PS512", Kind::Rsa(&RSA_PSS_2048_8192_SHA512)),
    ("ES256", Kind::Ec { curve: "P-256", coordinate: 32, verification: &ECDSA_P256_SHA256_FIXED }),
    ("ES384", Kind::Ec { curve: "P-384", coordinate: 48, verification: &ECDSA_P384_SHA384_FIXED }),
    ("EdDSA", Kind::Ed25519),
    // The same by its newer name (RFC 9864).
    ("Ed25519", Kind::Ed25519),
];

impl Algorithm {
    pub fn named(wanted: &str) -> Option<Self> {
        KNOWN.into_iter().find(|(name, _)| *name == wanted).map(|(name, kind)| Self { name, kind })
    }

    /// Whether a key's `alg` is this one.
    pub fn is_named(&self, name: &str) -> bool {
        name == self.name || matches!((self.kind, name), (Kind::Ed25519, "EdDSA" | "Ed25519"))
    }

    /// The `kty` and the `crv` of its keys.
    pub fn key_type(&self) -> (&'static str, Option<&'static str>) {
        match self.kind {
            Kind::Rsa(_) => ("RSA", None),
            Kind::Ec { curve, .. } => ("EC", Some(curve)),
            Kind::Ed25519 => ("OKP", Some("Ed25519")),
        }
    }
}
