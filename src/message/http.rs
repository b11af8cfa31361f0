//! The words for a request that got no answer.

use std::time::SystemTime;

use rustls::AlertDescription;

use crate::clock;
use crate::http::{CertificateProblem, HttpError, Limit, Part, Phase, ProxyProblem, TlsProblem};

/// `<what failed>: <why>`
pub fn text(error: &HttpError) -> String {
    match error {
        HttpError::Resolve { host, reason } => format!("cannot resolve `{host}`: {reason}"),
        HttpError::Connect { peer, reason } => format!("cannot connect to {peer}: {reason}"),
        HttpError::NotLoopback { host } => format!(
            "the connection to `{host}` cannot be trusted: plain http is for this host alone, and that name is another \
             one"
        ),
        HttpError::TimedOut { phase, peer, limit } => {
            format!("timed out: {}, until the time of {} was used up", doing(*phase, peer), setting(*limit))
        }
        HttpError::Broken { phase, peer, reason } => {
            let reason = reason.as_deref().unwrap_or(closed(*phase));
            format!("the connection broke: {}, {reason}", doing(*phase, peer))
        }
        HttpError::NotHttp { reason } => format!("the answer is not HTTP: {reason}"),
        HttpError::TooLarge(part) => {
            let (part, limit) = match part {
                Part::Body => ("body", "1 MiB"),
                Part::Head => ("head", "16 KiB"),
                Part::HeaderLines => ("head", "128 headers"),
            };
            format!("the answer cannot be used: its {part} is larger than {limit}")
        }
        HttpError::Proxy { proxy, problem } => match problem {
            ProxyProblem::Unreachable { reason } => format!("cannot reach the proxy {proxy}: {reason}"),
            ProxyProblem::Status(status @ 300..=399) => format!("the proxy {proxy} redirected: HTTP {status}"),
            ProxyProblem::Status(status @ 400..=499) => format!("the proxy {proxy} refused to connect: HTTP {status}"),
            ProxyProblem::Status(status) => format!("the proxy {proxy} could not connect: HTTP {status}"),
            ProxyProblem::NotHttp => format!("the answer is not HTTP: the proxy {proxy} sent it"),
        },
        HttpError::Untrusted { host, problem } => {
            format!("the connection to `{host}` cannot be trusted: {}", tls(problem))
        }
        HttpError::Unsendable => {
            "the request cannot be sent: its URL or a header holds what HTTP does not allow".to_owned()
        }
    }
}

pub fn hint(error: &HttpError) -> String {
    let hint = match error {
        HttpError::Resolve { .. } => "check the host in --issuer, the network, and whether a proxy is needed",
        HttpError::Connect { .. } => {
            "check the host and the port in --issuer, that the service runs there, and that no firewall is in between"
        }
        HttpError::TimedOut { limit, .. } => {
            return format!("check the network, or allow more time with {}", setting(*limit));
        }
        HttpError::Proxy { problem: ProxyProblem::Status(407), .. } => {
            "check the proxy's user and password, which stand in its URL: http://USER:PASSWORD@HOST:PORT"
        }
        HttpError::Proxy { problem: ProxyProblem::Status(300..=499), .. } => {
            "ask the proxy's owner to allow this host, or name it in NO_PROXY"
        }
        HttpError::Proxy { problem: ProxyProblem::NotHttp, .. } => "",
        HttpError::Proxy { .. } => {
            "check the proxy in --proxy, HTTPS_PROXY or ALL_PROXY; NO_PROXY names hosts that need none"
        }
        HttpError::Untrusted { problem, .. } => tls_hint(problem),
        _ => "",
    };
    hint.to_owned()
}

fn doing(phase: Phase, peer: &str) -> String {
    let words = match phase {
        Phase::Resolve => return format!("resolving `{peer}`"),
        Phase::Connect => "connecting to",
        Phase::ConnectToProxy => "connecting to the proxy",
        Phase::AskProxy => "asking the proxy",
        Phase::Handshake => "in the TLS handshake with",
        Phase::Send => "sending the request to",
        Phase::Receive if peer.is_empty() => return "waiting for the answer".to_owned(),
        Phase::Receive => "waiting for the answer of",
    };
    format!("{words} {peer}")
}

fn closed(phase: Phase) -> &'static str {
    match phase {
        Phase::AskProxy => "the proxy closed it without an answer",
        Phase::Handshake => "it was closed during the TLS handshake",
        _ => "it was closed before the answer was complete",
    }
}

fn setting(limit: Limit) -> &'static str {
    match limit {
        Limit::Connect => "--connect-timeout",
        Limit::Total => "--timeout",
    }
}

fn tls(problem: &TlsProblem) -> String {
    match problem {
        TlsProblem::Certificate(problem) => format!("its certificate {}", certificate(problem)),
        TlsProblem::NotTls => "it does not answer with TLS".to_owned(),
        TlsProblem::Alert(alert) => format!("it ended the TLS session: {alert:?}"),
        TlsProblem::NoCommonVersion(why) => format!("no common TLS: {why}"),
        TlsProblem::NotAHostName => "its name is no host name".to_owned(),
        TlsProblem::Other(why) => format!("TLS failed: {why}"),
    }
}

fn certificate(problem: &CertificateProblem) -> String {
    match problem {
        CertificateProblem::Expired(end) => format!("expired on {}", date(*end)),
        CertificateProblem::NotYetValid(start) => format!("is not valid before {}", date(*start)),
        CertificateProblem::OtherNames(names) => format!("is for another name: {}", list(names)),
        CertificateProblem::BadSignature => "was not signed by the authority of that name in the CA bundle".to_owned(),
        CertificateProblem::SelfSigned => "is self-signed".to_owned(),
        CertificateProblem::UnknownAuthority(name) => {
            format!("is signed by an unknown authority, which is not in the CA bundle: `{name}`")
        }
        CertificateProblem::CaAsServer => "is a CA certificate (CA:TRUE), which must not identify a server".to_owned(),
        CertificateProblem::Other(why) => format!("is not accepted: {why}"),
    }
}

fn tls_hint(problem: &TlsProblem) -> &'static str {
    const NAME: &str = "use the name that the certificate is for, or give the server a certificate for this one";
    const VERSIONS: &str = "the server must speak TLS 1.2 or newer";
    const ASK: &str = "do not go on: ask the network's or the server's owner";
    match problem {
        TlsProblem::Certificate(problem) => match problem {
            CertificateProblem::Expired(_) | CertificateProblem::NotYetValid(_) => {
                "check this machine's clock; if it is right, the server's owner must renew the certificate"
            }
            CertificateProblem::OtherNames(_) => NAME,
            CertificateProblem::BadSignature | CertificateProblem::UnknownAuthority(_) => {
                "if it is a private authority, or your company's that looks into connections, name its certificate (a \
                 PEM file) with --ca-cert or CATENA_CA_CERT"
            }
            CertificateProblem::SelfSigned => "if it is your own server's, name that certificate with --ca-cert",
            CertificateProblem::CaAsServer => {
                "make it again with `openssl req -x509 -addext basicConstraints=critical,CA:FALSE …`, or sign a \
                 certificate for the server with that CA"
            }
            CertificateProblem::Other(_) => ASK,
        },
        TlsProblem::NotTls => "is that a plain http port, or something in between that blocks https?",
        TlsProblem::Alert(AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure) => VERSIONS,
        TlsProblem::Alert(AlertDescription::CertificateRequired | AlertDescription::BadCertificate) => {
            "the server wants a client certificate, which this program has none of"
        }
        TlsProblem::NoCommonVersion(_) => VERSIONS,
        TlsProblem::NotAHostName => NAME,
        TlsProblem::Alert(_) | TlsProblem::Other(_) => ASK,
    }
}

/// At most three names: a shared certificate may carry hundreds.
fn list(names: &[String]) -> String {
    const SHOWN: usize = 3;
    let mut text = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    if text.is_empty() { "it holds none".to_owned() } else { text }
}

fn date(moment: Option<SystemTime>) -> String {
    moment.map_or_else(|| "an impossible date".to_owned(), clock::date)
}
