//! Why a TLS peer is not trusted, as data.

use std::time::{Duration, SystemTime};

use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, InvalidMessage, OtherError};
use thiserror::Error;

/// Who signed a certificate, where rustls says only that the issuer is unknown.
#[derive(Debug, Error)]
#[error("unknown issuer: {self:?}")]
pub enum UnknownIssuer {
    Itself,
    /// Its name, as the certificates give it.
    Authority(String),
}

/// `Other` and the fields of the last ones are rustls' own words. Names are the server's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsProblem {
    Certificate(CertificateProblem),
    /// The peer does not speak TLS.
    NotTls,
    Alert(AlertDescription),
    NoCommonVersion(String),
    NotAHostName,
    Other(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateProblem {
    /// The moments are `None` beyond the calendar.
    Expired(Option<SystemTime>),
    NotYetValid(Option<SystemTime>),
    OtherNames(Vec<String>),
    BadSignature,
    SelfSigned,
    UnknownAuthority(String),
    /// CA:TRUE, which must not identify a server.
    CaAsServer,
    Other(String),
}

impl TlsProblem {
    pub fn of(error: &rustls::Error) -> Self {
        match error {
            rustls::Error::InvalidCertificate(error) => Self::Certificate(CertificateProblem::of(error)),
            rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => Self::NotTls,
            rustls::Error::AlertReceived(alert) => Self::Alert(*alert),
            rustls::Error::PeerIncompatible(why) => Self::NoCommonVersion(format!("{why:?}")),
            rustls::Error::UnsupportedNameType => Self::NotAHostName,
            other => Self::Other(other.to_string()),
        }
    }
}

impl CertificateProblem {
    fn of(error: &CertificateError) -> Self {
        match error {
            CertificateError::ExpiredContext { not_after, .. } => Self::Expired(moment(*not_after)),
            CertificateError::NotValidYetContext { not_before, .. } => Self::NotYetValid(moment(*not_before)),
            // rustls gives `DnsName("a.example.com")`.
            CertificateError::NotValidForNameContext { presented, .. } => Self::OtherNames(
                presented.iter().map(|name| name.split('"').nth(1).unwrap_or(name).to_owned()).collect(),
            ),
            CertificateError::BadSignature => Self::BadSignature,
            CertificateError::Other(OtherError(other)) => match other.downcast_ref() {
                Some(UnknownIssuer::Itself) => Self::SelfSigned,
                Some(UnknownIssuer::Authority(name)) => Self::UnknownAuthority(name.clone()),
                None if is_ca_as_server(other.as_ref()) => Self::CaAsServer,
                None => Self::Other(other.to_string()),
            },
            other => Self::Other(other.to_string()),
        }
    }
}

/// rustls hands webpki's error through where it has no name of its own for it.
fn is_ca_as_server(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    matches!(error.downcast_ref::<webpki::Error>(), Some(webpki::Error::CaUsedAsEndEntity))
}

fn moment(time: UnixTime) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(time.as_secs()))
}
