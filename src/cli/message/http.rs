//! The words for a request without a response.

use std::time::{Duration, SystemTime};

use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, OtherError, PeerIncompatible};

use super::local::system;
use crate::base::clock;
use crate::http::trust::UnknownIssuer;
use crate::http::{HttpError, Kind, Limit, Phase};

/// `WHAT: WHY`
pub fn text(error: &HttpError) -> String {
    let HttpError { phase, peer, kind } = error;
    match (kind, phase) {
        (Kind::Failed(why), Phase::Resolve) => format!("cannot resolve `{peer}`: {}", reason(why)),
        (Kind::Failed(why), Phase::Connect) => format!("cannot connect to {peer}: {}", reason(why)),
        (Kind::Failed(why), Phase::ConnectToProxy) => format!("cannot reach the proxy {peer}: {}", reason(why)),
        (Kind::Failed(why), _) => format!("connection lost while {}: {}", doing(error), reason(why)),
        (Kind::Closed, Phase::Receive) => "the server closed the connection before its response was complete".into(),
        (Kind::Closed, _) => format!("connection closed while {}", doing(error)),
        (Kind::TimedOut(Limit::Connect), _) => format!("timed out while {} (--connect-timeout)", doing(error)),
        (Kind::TimedOut(Limit::Total), _) => format!("timed out while {} (--timeout)", doing(error)),
        (Kind::NotLoopback, _) => format!(
            "the connection to `{peer}` cannot be trusted: plain http is only for localhost, and this name resolves \
             to another machine"
        ),
        (Kind::NotHttp(_), Phase::AskProxy) => format!("the response of the proxy {peer} is not HTTP"),
        (Kind::NotHttp(reason), _) => format!("the response is not HTTP: {reason}"),
        (Kind::LargeBody, _) => "the response cannot be used: its body is larger than 1 MiB".into(),
        (Kind::LargeHead, _) => "the response cannot be used: its head is larger than 16 KiB or 128 headers".into(),
        (Kind::ProxyStatus(status), _) => format!("the proxy {peer} refused to connect: HTTP {status}"),
        (Kind::ClientCertificate, _) => format!("{peer} requires a client certificate"),
        (Kind::Untrusted(error), _) => format!("the connection to `{peer}` cannot be trusted: {}", untrusted(error).0),
    }
}

fn reason(words: &str) -> String {
    // std prefixes the resolver's message with its own.
    system(words.rsplit_once("address information: ").map_or(words, |(_, own)| own))
}

pub fn hint(HttpError { phase, kind, .. }: &HttpError) -> &'static str {
    const PROXY: &str = "check the proxy in --proxy, HTTPS_PROXY or ALL_PROXY; NO_PROXY names hosts that need none";
    match (kind, phase) {
        (Kind::TimedOut(Limit::Connect), _) => "check the network, or allow more time with --connect-timeout",
        (Kind::TimedOut(Limit::Total), _) => "check the network, or allow more time with --timeout",
        (Kind::Failed(_), Phase::Resolve) => "check the host in --issuer, the network, and whether a proxy is needed",
        (Kind::Failed(_), Phase::Connect) => "check host and port in --issuer, whether the service runs, and firewalls",
        (Kind::ProxyStatus(407), _) => "check the proxy's user and password: http://USER:PASSWORD@HOST:PORT",
        (Kind::ProxyStatus(300..=499), _) => "ask the proxy's owner to allow this host, or name it in NO_PROXY",
        (Kind::ProxyStatus(_), _) | (Kind::Failed(_) | Kind::Closed, Phase::ConnectToProxy | Phase::AskProxy) => PROXY,
        (Kind::ClientCertificate, _) => {
            "ask whoever gave you the credentials for an address without client certificates, which are not supported"
        }
        (Kind::Untrusted(error), _) => untrusted(error).1,
        _ => "",
    }
}

fn doing(HttpError { phase, peer, .. }: &HttpError) -> String {
    let words = match phase {
        Phase::Resolve => return format!("resolving `{peer}`"),
        Phase::Connect => "connecting to",
        Phase::ConnectToProxy => "connecting to the proxy",
        Phase::AskProxy => "asking the proxy",
        Phase::Handshake => "negotiating TLS with",
        Phase::Send => "sending the request to",
        Phase::Receive if peer.is_empty() => return "waiting for the response".to_owned(),
        Phase::Receive => "waiting for the response of",
    };
    format!("{words} {peer}")
}

const ASK: &str = "do not continue: ask the owner of the network or the server";
const NAME: &str = "use a name that the certificate is for, or give the server a certificate for this name";

/// What is wrong, and the hint.
fn untrusted(error: &Error) -> (String, &'static str) {
    const VERSION: &str = "the server must speak TLS 1.2 or newer";
    const PARAMETERS: &str = "the server must offer TLS 1.2 or 1.3 with AES-GCM or ChaCha20-Poly1305, ECDHE on X25519, \
                              P-256 or P-384, and a key of RSA, P-256, P-384 or Ed25519";
    match error {
        Error::InvalidCertificate(error) => {
            let (what, hint) = certificate(error);
            (format!("its certificate {what}"), hint)
        }
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            ("it does not speak TLS".into(), "is this a plain http port, or does something in between block https?")
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

/// What is wrong with the certificate, as a predicate, and the hint.
fn certificate(error: &CertificateError) -> (String, &'static str) {
    const CLOCK: &str = "check this machine's clock; if it is right, the server's owner must renew the certificate";
    const AUTHORITY: &str = "if you trust it (a private CA, or a company proxy that inspects TLS), pass its \
                             certificate (PEM) with --ca-cert or CATENA_CA_CERT";
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
                ("is self-signed".to_owned(), "if it is your own server, pass that certificate with --ca-cert")
            }
            Some(UnknownIssuer::Authority(name)) => {
                (format!("is signed by an authority that is not in the CA bundle: `{name}`"), AUTHORITY)
            }
            // rustls wraps webpki's error if it has no variant of its own for it.
            None if matches!(other.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity)) => (
                "is a CA certificate (CA:TRUE), which must not identify a server".to_owned(),
                "recreate it with `openssl req -x509 -addext basicConstraints=critical,CA:FALSE …`, or sign a \
                 certificate for the server with that CA",
            ),
            None => (format!("is not accepted: {other}"), ASK),
        },
        other => (format!("is not accepted: {other}"), ASK),
    }
}

/// At most three names: a shared certificate may have hundreds.
fn list(names: &[String]) -> String {
    // rustls formats a name as `DnsName("a.example.com")`.
    let bare = |name: &String| format!("`{}`", name.split('"').nth(1).unwrap_or(name));
    let shown = names.iter().take(3).map(bare).collect::<Vec<_>>().join(", ");
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_sentence_and_what_a_user_can_mend_has_a_hint() {
        let refused = || Kind::Failed(std::io::Error::from_raw_os_error(111).to_string());
        let resolver = "failed to lookup address information: Name or service not known";
        for (phase, kind, expected, hint) in [
            (Phase::Resolve, Kind::Failed(resolver.into()), "cannot resolve `h:1`: name or service", "--issuer"),
            (Phase::Connect, refused(), "cannot connect to h:1: connection refused", "--issuer"),
            (Phase::ConnectToProxy, refused(), "cannot reach the proxy h:1: connection refused", "--proxy"),
            (Phase::AskProxy, refused(), "connection lost while asking the proxy h:1: connection", "--proxy"),
            (Phase::AskProxy, Kind::Closed, "connection closed while asking the proxy h:1", "--proxy"),
            (Phase::Handshake, Kind::Closed, "connection closed while negotiating TLS with h:1", ""),
            (Phase::Receive, Kind::Closed, "the server closed the connection before its response was complete", ""),
            (
                Phase::Send,
                Kind::TimedOut(Limit::Total),
                "timed out while sending the request to h:1 (--timeout)",
                "--timeout",
            ),
            (
                Phase::Connect,
                Kind::TimedOut(Limit::Connect),
                "while connecting to h:1 (--connect-timeout)",
                "--connect-timeout",
            ),
            (Phase::Resolve, Kind::NotLoopback, "the connection to `h:1` cannot be trusted: plain http", ""),
            (Phase::Receive, Kind::NotHttp("no status".into()), "the response is not HTTP: no status", ""),
            (Phase::AskProxy, Kind::NotHttp(String::new()), "the response of the proxy h:1 is not HTTP", ""),
            (Phase::Receive, Kind::LargeBody, "its body is larger than 1 MiB", ""),
            (Phase::Receive, Kind::LargeHead, "its head is larger than 16 KiB or 128 headers", ""),
            (Phase::AskProxy, Kind::ProxyStatus(302), "the proxy h:1 refused to connect: HTTP 302", "NO_PROXY"),
            (
                Phase::AskProxy,
                Kind::ProxyStatus(407),
                "the proxy h:1 refused to connect: HTTP 407",
                "user and password",
            ),
            (Phase::AskProxy, Kind::ProxyStatus(502), "the proxy h:1 refused to connect: HTTP 502", "--proxy"),
            (
                Phase::Handshake,
                Kind::Untrusted(rustls::Error::NoCertificatesPresented),
                "cannot be trusted: TLS",
                "owner",
            ),
        ] {
            let error = HttpError { phase, peer: "h:1".to_owned(), kind };
            assert!(text(&error).contains(expected), "{}", text(&error));
            assert!(super::hint(&error).contains(hint) && super::hint(&error).is_empty() == hint.is_empty(), "{error}");
        }
    }
}
