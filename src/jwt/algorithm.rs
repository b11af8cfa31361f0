//! The algorithms that a signature can be checked by: what ring has of RFC 7518 §3.1 and RFC 8037.

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

/// Why an algorithm checks nothing.
pub enum NoAlgorithm {
    /// It can prove nothing to whoever holds public keys.
    Worthless(&'static str),
    /// Another program may be able to check it.
    Unknown,
}

impl Algorithm {
    pub fn named(wanted: &str) -> Result<Self, NoAlgorithm> {
        if let Some((name, kind)) = KNOWN.into_iter().find(|(name, _)| *name == wanted) {
            return Ok(Self { name, kind });
        }
        if wanted.eq_ignore_ascii_case("none") {
            return Err(NoAlgorithm::Worthless("so that nobody has signed it"));
        }
        // Whoever takes a public key for the shared secret can be fooled by anybody who knows that key.
        if wanted.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("HS")) {
            return Err(NoAlgorithm::Worthless("which takes a shared secret and no realm's key"));
        }
        Err(NoAlgorithm::Unknown)
    }

    /// Whether a key's `alg` is this one.
    pub fn is_named(&self, name: &str) -> bool {
        let is_same = |(own, kind): (&str, Kind)| own == name && matches!(kind, Kind::Ed25519);
        name == self.name || matches!(self.kind, Kind::Ed25519) && KNOWN.into_iter().any(is_same)
    }

    /// The `kty` of its keys.
    pub fn key_type(&self) -> &'static str {
        match self.kind {
            Kind::Rsa(_) => "RSA",
            Kind::Ec { .. } => "EC",
            Kind::Ed25519 => "OKP",
        }
    }

    /// The `crv` of its keys.
    pub fn curve(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Rsa(_) => None,
            Kind::Ec { curve, .. } => Some(curve),
            Kind::Ed25519 => Some("Ed25519"),
        }
    }
}
