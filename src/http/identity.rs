//! The client's own certificate for TLS, and its key (RFC 8705).
//!
//! It is for the realm alone: neither a proxy nor another host gets it.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use ring::digest::{SHA256, digest};
use rustls::sign::CertifiedKey;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::base::clock::Deadline;
use crate::base::origin::Origin;
use crate::base::secret::{Secret, UnusableSecret};
use crate::http::private_key::{self, UnusableKey};
use crate::http::trust::certificate::{Der, public_key};
use crate::http::trust::certificates;
use crate::os::input;

/// A longer file is no certificate chain.
const LONGEST: usize = 64 * 1024;

/// A file, and the setting that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    pub path: PathBuf,
    pub by: Origin,
}

/// Where the certificate is, and its key if that is in another file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityFiles {
    pub certificate: NamedFile,
    pub key: Option<NamedFile>,
}

#[derive(Debug)]
pub struct Identity {
    pub certified: Arc<CertifiedKey>,
    /// The key in PEM.
    pub key: Secret,
    /// The SHA-256 of the certificate, to which tokens may be bound.
    pub digest: [u8; 32],
}

/// Why there is no certificate to show, with the file at fault.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum IdentityError {
    Unreadable(NamedFile, io::Error),
    Unusable(NamedFile, UnusableSecret),
    NoCertificate(NamedFile),
    Key(NamedFile, UnusableKey),
    /// The key is another certificate's.
    OtherKey(NamedFile),
}

impl IdentityFiles {
    /// The file with the key.
    pub fn key(&self) -> &NamedFile {
        self.key.as_ref().unwrap_or(&self.certificate)
    }

    pub fn read(&self, deadline: Deadline) -> Result<Identity, IdentityError> {
        let file = |file: &NamedFile| -> Result<Zeroizing<Vec<u8>>, IdentityError> {
            input::read_file(&file.path, LONGEST, deadline)
                .map_err(|error| IdentityError::Unreadable(file.clone(), error))
        };
        let (text, own) = (file(&self.certificate)?, self.key());
        let chain = certificates(&text);
        let first = chain.first().ok_or_else(|| IdentityError::NoCertificate(self.certificate.clone()))?;
        let digest = digest(&SHA256, first).as_ref().try_into().unwrap_or_default();
        let mut pem = if self.key.is_some() { file(own)? } else { text };
        let pem = Secret::pem(std::mem::take(&mut *pem)).map_err(|why| IdentityError::Unusable(own.clone(), why))?;
        let key = private_key::load(&pem).map_err(|why| IdentityError::Key(own.clone(), why))?;
        // Not `CertifiedKey::keys_match`, which does not read a certificate of version 1.
        let public = key.public_key().ok_or_else(|| IdentityError::OtherKey(own.clone()))?;
        if Der(&public).next().map(|(_, key)| key) != public_key(first) {
            return Err(IdentityError::OtherKey(own.clone()));
        }
        Ok(Identity { certified: Arc::new(CertifiedKey::new(chain, key)), key: pem, digest })
    }
}
