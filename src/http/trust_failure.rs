//! Why a TLS peer is not believed, in words that name the cure.

use std::time::{Duration, SystemTime};

use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, InvalidMessage, OtherError};
use thiserror::Error;

use crate::clock;

/// Who signed a certificate, where rustls says only that the issuer is unknown.
#[derive(Debug, Error)]
#[error("unknown issuer: {self:?}")]
pub enum UnknownIssuer {
    Itself,
    /// Its name, as the certificates give it.
    Authority(String),
}

/// What is wrong, and what to do about it.
#[derive(Debug, Error)]
#[error("{why}")]
pub struct TrustFailure {
    why: String,
    pub hint: &'static str,
}

const ASK: &str = "do not go on: ask the network's or the server's owner";
const CLOCK: &str = "check this machine's clock; if it is right, the server's owner must renew the certificate";
const AUTHORITY: &str = "if it is a private authority, or your company's that looks into connections, name its \
                         certificate (a PEM file) with --ca-cert or CATENA_CA_CERT";
const SELF_SIGNED: &str = "if it is your own server's, name that certificate with --ca-cert";
const NOT_A_CA: &str = "make it again with `openssl req -x509 -addext basicConstraints=critical,CA:FALSE …`, \
                        or sign a certificate for the server with that CA";
const NAME: &str = "use the name that the certificate is for, or give the server a certificate for this one";
const VERSIONS: &str = "the server must speak TLS 1.2 or newer";
const CLIENT_CERTIFICATE: &str = "the server wants a client certificate, which this program has none of";
const PLAIN: &str = "is that a plain http port, or something in between that blocks https?";

impl TrustFailure {
    pub fn new(error: &rustls::Error) -> Self {
        let (why, hint) = match error {
            rustls::Error::InvalidCertificate(error) => of_certificate(error),
            rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
                ("it does not answer with TLS".to_owned(), PLAIN)
            }
            rustls::Error::AlertReceived(alert) => {
                let hint = match alert {
                    AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure => VERSIONS,
                    AlertDescription::CertificateRequired | AlertDescription::BadCertificate => CLIENT_CERTIFICATE,
                    _ => ASK,
                };
                (format!("it ended the TLS session: {alert:?}"), hint)
            }
            rustls::Error::PeerIncompatible(why) => (format!("no common TLS: {why:?}"), VERSIONS),
            rustls::Error::UnsupportedNameType => ("its name is no host name".to_owned(), NAME),
            other => (format!("TLS failed: {other}"), ASK),
        };
        Self { why, hint }
    }
}

fn of_certificate(error: &CertificateError) -> (String, &'static str) {
    let (what, hint) = match error {
        CertificateError::ExpiredContext { not_after, .. } => (format!("expired on {}", date(*not_after)), CLOCK),
        CertificateError::NotValidYetContext { not_before, .. } => {
            (format!("is not valid before {}", date(*not_before)), CLOCK)
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            (format!("is for another name: {}", list(presented)), NAME)
        }
        CertificateError::BadSignature => {
            ("was not signed by the authority of that name in the CA bundle".to_owned(), AUTHORITY)
        }
        CertificateError::Other(OtherError(other)) => match other.downcast_ref() {
            Some(UnknownIssuer::Itself) => ("is self-signed".to_owned(), SELF_SIGNED),
            Some(UnknownIssuer::Authority(name)) => {
                let what = "is signed by an unknown authority, which is not in the CA bundle";
                (format!("{what}: `{name}`"), AUTHORITY)
            }
            None if is_ca_as_server(other.as_ref()) => {
                ("is a CA certificate (CA:TRUE), which must not identify a server".to_owned(), NOT_A_CA)
            }
            None => (format!("is not accepted: {other}"), ASK),
        },
        other => (format!("is not accepted: {other}"), ASK),
    };
    (format!("its certificate {what}"), hint)
}

/// rustls hands webpki's error through where it has no name of its own for it.
fn is_ca_as_server(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    matches!(error.downcast_ref::<webpki::Error>(), Some(webpki::Error::CaUsedAsEndEntity))
}

/// At most three names: a shared certificate may carry hundreds.
fn list(names: &[String]) -> String {
    const SHOWN: usize = 3;
    // rustls gives `DnsName("a.example.com")`.
    let bare = |name: &String| format!("`{}`", name.split('"').nth(1).unwrap_or(name));
    let mut text = names.iter().take(SHOWN).map(bare).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    if text.is_empty() { "it holds none".to_owned() } else { text }
}

fn date(moment: UnixTime) -> String {
    SystemTime::UNIX_EPOCH
        .checked_add(Duration::from_secs(moment.as_secs()))
        .map_or_else(|| "an impossible date".to_owned(), clock::date)
}
