//! The words for a TLS session that failed, and for a certificate that is not trusted.

use std::time::{Duration, SystemTime};

use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, OtherError, PeerIncompatible};

use crate::base::clock;
use crate::http::trust::diagnosis::{Distrust, Why};

const ASK: &str = "do not continue: ask the owner of the network or the server";
const NAME: &str = "use a name that the certificate is for, or give the server a certificate for this name";
const VERIFIABLE: &str = "the server's owner must use RSA of 2048 to 8192 bits with SHA-256 or longer, ECDSA on P-256 \
                          or P-384 with SHA-256 or SHA-384, or Ed25519";
const OWNER: &str = "the server's owner must create another one: version 3, with subjectAltName, signed by a CA";
const CA: &str = "trust the server's own certificate with --ca-cert, or recreate the CA certificate: 'openssl req \
                  -x509 -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign …'";
const AUTHORITY: &str = "if you trust it (a private CA, or a company proxy that inspects TLS), pass its certificate \
                         (PEM) with --ca-cert or CATENA_CA_CERT";
const AUTHORITY_OR_INTERMEDIATE: &str = "if you trust it (a private CA, or a company proxy that inspects TLS), pass \
                                         its certificate (PEM) with --ca-cert or CATENA_CA_CERT; if it is an \
                                         intermediate, the server must send it";

/// What is wrong, and the hint.
pub fn untrusted(error: &Error) -> (String, &'static str) {
    const VERSION: &str = "the server must speak TLS 1.2 or newer";
    const PARAMETERS: &str = "the server must offer TLS 1.2 or 1.3 with AES-GCM or ChaCha20-Poly1305, ECDHE on X25519, \
                              P-256 or P-384, and a key of RSA, P-256, P-384 or Ed25519";
    match error {
        Error::InvalidCertificate(error) => certificate(error),
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            ("it does not speak TLS".into(), "is this a plain http port, or does a proxy or firewall block https?")
        }
        Error::AlertReceived(AlertDescription::ProtocolVersion)
        | Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13 | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => ("no common TLS version".to_owned(), VERSION),
        Error::AlertReceived(AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity)
        | Error::PeerIncompatible(_) => {
            ("no common TLS version, cipher suite, group or kind of certificate".to_owned(), PARAMETERS)
        }
        Error::AlertReceived(alert) => (format!("it closed the TLS session: {alert:?}"), ASK),
        Error::UnsupportedNameType => ("its name is not a host name".into(), NAME),
        other => (format!("TLS failed: {other}"), ASK),
    }
}

/// What is wrong with which certificate, and the hint.
fn certificate(error: &CertificateError) -> (String, &'static str) {
    let distrust = if let CertificateError::Other(OtherError(other)) = error { other.downcast_ref() } else { None };
    let (what, hint) = distrust.map_or_else(|| invalid(error), |Distrust { why, .. }| predicate(why));
    match distrust.and_then(|distrust| distrust.authority.as_ref()) {
        None => (format!("its certificate {what}"), hint),
        Some(name) => (format!("the certificate of its authority '{name}' {what}"), hint),
    }
}

/// What is wrong with the certificate, as a predicate, and the hint.
fn predicate(why: &Why) -> (String, &'static str) {
    const SUBJECT_ALT_NAME: &str = "give the server a certificate with the name in subjectAltName: DNS:NAME, or \
                                    IP:ADDRESS for an address";
    match why {
        Why::SelfSigned => ("is self-signed".into(), "if it is your own server, pass that certificate with --ca-cert"),
        Why::UnknownIssuer { name, is_shown } => {
            let hint = if *is_shown { AUTHORITY } else { AUTHORITY_OR_INTERMEDIATE };
            (format!("is signed by an authority that is not in the CA bundle: '{name}'"), hint)
        }
        Why::InBundle(issuer) => (
            format!("is in the CA bundle, but the authority that signed it is not: '{issuer}'"),
            "pass the certificate (PEM) of that authority with --ca-cert, in place of the server's own",
        ),
        Why::CommonName(name) => {
            (format!("has its name only in the common name (CN), which is ignored: '{name}'"), SUBJECT_ALT_NAME)
        }
        Why::AddressAsName => {
            ("lists this address as a DNS name (DNS:), not as an IP address (IP:)".into(), SUBJECT_ALT_NAME)
        }
        Why::Algorithm(name) => (format!("has a signature that is not supported: {name}"), VERIFIABLE),
        Why::Key(name) => (format!("has a key that is not supported: {name}"), VERIFIABLE),
        Why::OtherKey => ("or one in its chain has an invalid signature".into(), ASK),
        Why::NotCa => ("is not a CA certificate (CA:TRUE is missing), so it cannot sign other certificates".into(), CA),
        Why::NoCertSign => ("may not sign certificates (its key usage lacks keyCertSign)".into(), CA),
        Why::PathLength => ("does not allow a chain this long (pathlen)".into(), CA),
        Why::NotForServers => ("may not sign server certificates (its extended key usage lacks serverAuth)".into(), CA),
        Why::Other(error) => invalid(error),
    }
}

fn invalid(error: &CertificateError) -> (String, &'static str) {
    const CLOCK: &str = "check this machine's clock; if it is right, the certificate's owner must renew it; replace it \
                         in the CA bundle if it is there";
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
        // rustls wraps webpki's error if it has no variant of its own for it.
        CertificateError::Other(OtherError(other)) => match other.downcast_ref() {
            Some(webpki::Error::CaUsedAsEndEntity) => (
                "is a CA certificate (CA:TRUE), which must not identify a server".to_owned(),
                "recreate it with 'openssl req -x509 -addext basicConstraints=critical,CA:FALSE …', or sign a \
                 certificate for the server with that CA",
            ),
            Some(webpki::Error::EndEntityUsedAsCa) => {
                ("has an authority that is not a CA (CA:TRUE is missing)".to_owned(), OWNER)
            }
            Some(webpki::Error::UnsupportedCertVersion) => {
                ("uses X.509 version 1, which is not supported".to_owned(), OWNER)
            }
            _ => (format!("is not accepted: {other}"), ASK),
        },
        // rustls' sentence, which dumps nothing for the rest.
        other => (format!("is not accepted: {other}"), ASK),
    }
}

/// At most three names: a shared certificate may have hundreds.
fn list(names: &[String]) -> String {
    // rustls formats a name as `DnsName("a.example.com")` or `IpAddress(192.0.2.1)`.
    let bare =
        |name: &String| name.trim_end_matches(['"', ')']).rsplit(['"', '(']).next().map(|name| format!("'{name}'"));
    let shown = names.iter().take(3).filter_map(bare).collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => "it names none".to_owned(),
        1..=3 => shown,
        more => format!("{shown} and {} more", more - 3),
    }
}

/// A certificate's last year is 9999, so that the sum cannot overflow.
fn date(moment: UnixTime) -> String {
    clock::date(SystemTime::UNIX_EPOCH + Duration::from_secs(moment.as_secs()))
}
