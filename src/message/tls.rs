//! The words for a TLS peer that is not trusted.

use std::time::{Duration, SystemTime};

use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, OtherError};

use crate::clock;
use crate::http::trust::UnknownIssuer;

pub fn text(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(error) => format!("its certificate {}", certificate(error).0),
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => "it does not answer with TLS".to_owned(),
        Error::AlertReceived(alert) => format!("it ended the TLS session: {alert:?}"),
        Error::PeerIncompatible(why) => format!("no common TLS: {why:?}"),
        Error::UnsupportedNameType => "its name is no host name".to_owned(),
        other => format!("TLS failed: {other}"),
    }
}

const ASK: &str = "do not go on: ask the network's or the server's owner";
const NAME: &str = "use the name that the certificate is for, or give the server a certificate for this one";

pub fn hint(error: &Error) -> &'static str {
    match error {
        Error::InvalidCertificate(error) => certificate(error).1,
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "is that a plain http port, or something in between that blocks https?"
        }
        Error::AlertReceived(AlertDescription::CertificateRequired | AlertDescription::BadCertificate) => {
            "the server wants a client certificate, which this program has none of"
        }
        Error::AlertReceived(AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure)
        | Error::PeerIncompatible(_) => "the server must speak TLS 1.2 or newer",
        Error::UnsupportedNameType => NAME,
        _ => ASK,
    }
}

/// What the certificate is or does, and the hint.
fn certificate(error: &CertificateError) -> (String, &'static str) {
    const CLOCK: &str = "check this machine's clock; if it is right, the server's owner must renew the certificate";
    const AUTHORITY: &str = "if it is a private authority, or your company's that looks into connections, name its \
                             certificate (a PEM file) with --ca-cert or CATENA_CA_CERT";
    match error {
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
            Some(UnknownIssuer::Itself) => {
                ("is self-signed".to_owned(), "if it is your own server's, name that certificate with --ca-cert")
            }
            Some(UnknownIssuer::Authority(name)) => {
                (format!("is signed by an unknown authority, which is not in the CA bundle: `{name}`"), AUTHORITY)
            }
            None if is_ca_as_server(other.as_ref()) => (
                "is a CA certificate (CA:TRUE), which must not identify a server".to_owned(),
                "make it again with `openssl req -x509 -addext basicConstraints=critical,CA:FALSE …`, or sign a \
                 certificate for the server with that CA",
            ),
            None => (format!("is not accepted: {other}"), ASK),
        },
        other => (format!("is not accepted: {other}"), ASK),
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
