//! Why a TLS peer is not believed, in words that name the cure.

use std::fmt;
use std::time::{Duration, SystemTime};

use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, InvalidMessage};
use thiserror::Error;

use crate::clock;

/// Told by our verifier where rustls knows only an unknown issuer.
#[derive(Debug, Error)]
#[error("the certificate is self-signed")]
pub struct SelfSigned;

/// The same where somebody signed it who is not in the CA bundle: the name, as the certificates give it.
#[derive(Debug, Error)]
#[error("the authority `{0}` is unknown")]
pub struct UnknownAuthority(pub String);

/// What is wrong, and what to do about it.
#[derive(Debug)]
pub struct TrustFailure {
    why: String,
    hint: &'static str,
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
        match error {
            rustls::Error::InvalidCertificate(error) => Self::of_certificate(error),
            rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
                Self { why: "it does not answer with TLS".to_owned(), hint: PLAIN }
            }
            rustls::Error::AlertReceived(alert) => {
                let hint = match alert {
                    AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure => VERSIONS,
                    AlertDescription::CertificateRequired | AlertDescription::BadCertificate => CLIENT_CERTIFICATE,
                    _ => ASK,
                };
                Self { why: format!("it ended the TLS session: {alert:?}"), hint }
            }
            rustls::Error::PeerIncompatible(why) => Self { why: format!("no common TLS: {why:?}"), hint: VERSIONS },
            rustls::Error::UnsupportedNameType => Self { why: "its name is no host name".to_owned(), hint: NAME },
            other => Self { why: format!("TLS failed: {other}"), hint: ASK },
        }
    }

    fn of_certificate(error: &CertificateError) -> Self {
        match error {
            CertificateError::Expired => Self { why: "its certificate has expired".to_owned(), hint: CLOCK },
            CertificateError::ExpiredContext { not_after, .. } => {
                Self { why: format!("its certificate expired on {}", date(*not_after)), hint: CLOCK }
            }
            CertificateError::NotValidYet => Self { why: "its certificate is not valid yet".to_owned(), hint: CLOCK },
            CertificateError::NotValidYetContext { not_before, .. } => {
                Self { why: format!("its certificate is not valid before {}", date(*not_before)), hint: CLOCK }
            }
            CertificateError::NotValidForName => {
                Self { why: "its certificate is for another name".to_owned(), hint: NAME }
            }
            CertificateError::NotValidForNameContext { presented, .. } => {
                Self { why: format!("its certificate is for another name: {}", list(presented)), hint: NAME }
            }
            CertificateError::UnknownIssuer => {
                let why = "its certificate is signed by an unknown authority, which is not in the CA bundle";
                Self { why: why.to_owned(), hint: AUTHORITY }
            }
            CertificateError::Other(other) if other.0.is::<UnknownAuthority>() => {
                let name = other.0.downcast_ref().map_or("", |UnknownAuthority(name)| name.as_str());
                let why = format!(
                    "its certificate is signed by an unknown authority, which is not in the CA bundle: `{name}`"
                );
                Self { why, hint: AUTHORITY }
            }
            CertificateError::BadSignature => {
                let why = "its certificate was not signed by the authority of that name in the CA bundle";
                Self { why: why.to_owned(), hint: AUTHORITY }
            }
            CertificateError::Other(other) if other.0.is::<SelfSigned>() => {
                Self { why: "its certificate is self-signed".to_owned(), hint: SELF_SIGNED }
            }
            CertificateError::Other(other) if is_ca_as_server(other.0.as_ref()) => {
                let why = "its certificate is a CA certificate (CA:TRUE), which must not identify a server";
                Self { why: why.to_owned(), hint: NOT_A_CA }
            }
            CertificateError::Other(other) => {
                Self { why: format!("its certificate is not accepted: {}", other.0), hint: ASK }
            }
            other => Self { why: format!("its certificate is not accepted: {other}"), hint: ASK },
        }
    }

    pub fn hint(&self) -> String {
        self.hint.to_owned()
    }
}

impl fmt::Display for TrustFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
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
