//! What rustls does not report of a chain: its authority, and why it is untrusted. For messages: it decides nothing.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use rustls::pki_types::CertificateDer;
use rustls::{CertificateError, OtherError, RootCertStore};
use thiserror::Error;
use webpki::EndEntityCert;

use super::certificate::{self, Certificate};

/// `authority`: whose certificate is at fault; `None`: the server's own.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub struct Distrust {
    pub authority: Option<String>,
    pub why: Why,
}

/// `Algorithm` and `Key`: of its signature, and its own, which rustls does not support. `NotCa` to `NotForServers`: an
/// authority that must not sign, by its basicConstraints, keyUsage, pathLenConstraint or extendedKeyUsage.
#[derive(Debug)]
pub enum Why {
    SelfSigned,
    /// `is_shown`: the server sent this issuer's certificate.
    UnknownIssuer {
        name: String,
        is_shown: bool,
    },
    /// The CA bundle contains it, but not this issuer.
    InBundle(String),
    /// It has this name in its subject alone.
    CommonName(String),
    AddressAsName,
    Algorithm(&'static str),
    Key(String),
    /// A signature, in the chain or of the handshake, is by another key.
    OtherKey,
    NotCa,
    NoCertSign,
    PathLength,
    NotForServers,
    Other(CertificateError),
}

impl From<Distrust> for rustls::Error {
    fn from(distrust: Distrust) -> Self {
        match distrust {
            // rustls has an alert for each of its own errors.
            Distrust { authority: None, why: Why::Other(error) } => error.into(),
            distrust => CertificateError::Other(OtherError(Arc::new(distrust))).into(),
        }
    }
}

/// Why the key of the server's `certificate` did not sign the handshake.
pub fn of_signature(error: rustls::Error, certificate: &CertificateDer<'_>) -> rustls::Error {
    let rustls::Error::InvalidCertificate(_) = error else { return error };
    let own = EndEntityCert::try_from(certificate).ok();
    let key = own.and_then(|own| certificate::unsupported_key(&own.subject_public_key_info()));
    Distrust { authority: None, why: key.map_or(Why::OtherKey, Why::Key) }.into()
}

/// The certificates that a server sent, its own first.
pub struct Chain<'a> {
    shown: &'a [&'a CertificateDer<'a>],
    /// Without those that webpki cannot read.
    parsed: Vec<EndEntityCert<'a>>,
    roots: &'a RootCertStore,
}

impl<'a> Chain<'a> {
    pub fn new(shown: &'a [&'a CertificateDer<'a>], roots: &'a RootCertStore) -> Self {
        let parsed = shown.iter().filter_map(|der| EndEntityCert::try_from(*der).ok()).collect();
        Self { shown, parsed, roots }
    }

    /// The issuer at the top of the chain, trusted or not.
    pub fn authority(&self) -> String {
        let issuers = std::iter::successors(self.parsed.first().map(|own| own.issuer()), |&name| {
            let above = self.parsed.iter().find(|above| above.subject() == name && !self.is_trusted(name));
            above.map(|above| above.issuer())
        });
        // A hostile chain may be circular.
        certificate::name(issuers.take(self.parsed.len() + 1).last().unwrap_or_default())
    }

    pub fn diagnose(&self, error: CertificateError) -> Distrust {
        use CertificateError as Error;
        let own = self.parsed.first();
        let authority = |is_it: &dyn Fn(&CertificateDer<'_>) -> bool| {
            let at = self.shown.iter().position(|der| is_it(der)).filter(|at| *at > 0)?;
            Some(Certificate::read(self.shown[at])?.subject)
        };
        let (authority, why) = match &error {
            Error::ExpiredContext { not_after: date, .. } | Error::NotValidYetContext { not_before: date, .. } => {
                let date = UNIX_EPOCH.checked_add(Duration::from_secs(date.as_secs()));
                let has_date = |read: Certificate| [read.not_before, read.not_after].contains(&date);
                (authority(&|der| Certificate::read(der).is_some_and(has_date)), None)
            }
            Error::UnknownIssuer => (None, own.map(|own| self.unknown_issuer(own))),
            Error::NotValidForNameContext { presented, .. } if presented.is_empty() => {
                (None, own.and_then(|own| certificate::common_name(own.subject())).map(Why::CommonName))
            }
            Error::NotValidForNameContext { expected, presented } => {
                // A DNS name would be valid.
                let name = format!("DnsName({:?})", expected.to_str());
                (None, presented.contains(&name).then_some(Why::AddressAsName))
            }
            Error::BadSignature => self.unsupported_key().unwrap_or_else(|| {
                let is_trusted = own.is_some_and(|own| self.is_trusted(own.issuer()));
                (None, (!is_trusted).then_some(Why::OtherKey))
            }),
            Error::UnsupportedSignatureAlgorithmContext { signature_algorithm_id: id, .. }
            | Error::UnsupportedSignatureAlgorithmForPublicKeyContext { signature_algorithm_id: id, .. } => {
                let authority = || authority(&|der| certificate::signature_algorithm(der) == Some(id));
                let algorithm = || Some(Why::Algorithm(certificate::algorithm(id)));
                self.unsupported_key().unwrap_or_else(|| (authority(), algorithm()))
            }
            Error::Other(_) => (authority(&|der| EndEntityCert::try_from(der).is_err()), None),
            _ => (None, None),
        };
        Distrust { authority, why: why.unwrap_or(Why::Other(error)) }
    }

    fn is_trusted(&self, name: &[u8]) -> bool {
        self.roots.roots.iter().any(|root| root.subject.as_ref() == name)
    }

    fn unknown_issuer(&self, own: &EndEntityCert<'_>) -> Why {
        let (name, key) = (self.authority(), own.subject_public_key_info());
        if own.issuer() == own.subject() {
            Why::SelfSigned
        } else if self.roots.roots.iter().any(|root| key.ends_with(&root.subject_public_key_info)) {
            Why::InBundle(certificate::name(own.issuer()))
        } else {
            let is_shown = self.parsed.iter().any(|shown| certificate::name(shown.subject()) == name);
            Why::UnknownIssuer { name, is_shown }
        }
    }

    /// The first authority with a key that rustls does not support.
    fn unsupported_key(&self) -> Option<(Option<String>, Option<Why>)> {
        let own = self.parsed.first()?;
        let roots = self.roots.roots.iter();
        let roots = roots.map(|root| (root.subject.as_ref(), root.subject_public_key_info.to_vec()));
        let shown = self.parsed.iter().map(|der| (der.subject(), der.subject_public_key_info().to_vec()));
        let mut issuers = roots.chain(shown).filter(|(name, _)| self.parsed.iter().any(|der| der.issuer() == *name));
        let (name, key) = issuers.find_map(|(name, key)| Some((name, certificate::unsupported_key(&key)?)))?;
        Some(((name != own.subject()).then(|| certificate::name(name)), Some(Why::Key(key))))
    }
}
