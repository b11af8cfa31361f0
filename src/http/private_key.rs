//! A private key in PEM: PKCS#8, PKCS#1 or SEC1 (RFC 5915), of RSA with 2048 to 4096 bits, P-256, P-384 or Ed25519.

use std::sync::Arc;

use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::sign::SigningKey;
use thiserror::Error;

use crate::base::secret::Secret;
use crate::http::trust::certificate::unsupported_private_key;

/// Why a key cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{self:?}")]
pub enum UnusableKey {
    /// It needs a passphrase.
    Encrypted,
    OpenSsh,
    /// A public key or a certificate.
    Public,
    /// There is no PEM block of a private key.
    NotPem,
    /// The block is not complete, or its lines were joined.
    Damaged,
    /// RSA of this size, another curve, or damaged.
    Unsupported(Option<String>),
    /// It does not sign with this algorithm.
    Algorithm(&'static str),
    /// There are no random bytes.
    Failed,
}

pub fn load(pem: &Secret) -> Result<Arc<dyn SigningKey>, UnusableKey> {
    let text = pem.expose();
    let der = PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|_| not_a_key(text))?;
    any_supported_type(&der).map_err(|_| UnusableKey::Unsupported(unsupported_private_key(der.secret_der())))
}

/// What a text without a usable private key is.
fn not_a_key(text: &str) -> UnusableKey {
    let has = |words: &str| text.contains(words);
    match () {
        () if has("ENCRYPTED") => UnusableKey::Encrypted,
        () if has("BEGIN OPENSSH PRIVATE KEY") => UnusableKey::OpenSsh,
        () if has("PUBLIC KEY-----") || has("BEGIN CERTIFICATE") => UnusableKey::Public,
        () if has("PRIVATE KEY-----") => UnusableKey::Damaged,
        () => UnusableKey::NotPem,
    }
}
