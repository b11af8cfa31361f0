//! The words for a request without a response.

use super::local::system;
use super::tls::untrusted;
use crate::base::duration::display;
use crate::http::{HttpError, Kind, Limit, Phase};

/// `WHAT: WHY`
pub fn text(error: &HttpError) -> String {
    let HttpError { phase, peer, kind } = error;
    match (kind, phase) {
        (Kind::Failed(why), Phase::Resolve) => format!("cannot resolve '{peer}': {}", reason(why)),
        (Kind::Failed(why), Phase::Connect) => format!("cannot connect to {peer}: {}", reason(why)),
        (Kind::Failed(why), Phase::ConnectToProxy) => format!("cannot reach the proxy {peer}: {}", reason(why)),
        (Kind::Failed(why), _) => format!("connection lost while {}: {}", doing(error), reason(why)),
        (Kind::NoThread(why), _) => format!("cannot start a thread: {}", reason(why)),
        (Kind::Closed, Phase::Receive) => format!("{peer} closed the connection before its response was complete"),
        (Kind::Closed, _) => format!("connection closed while {}", doing(error)),
        (Kind::TimedOut(limit, after), _) => {
            let option = if *limit == Limit::Connect { "--connect-timeout" } else { "--timeout" };
            format!("timed out after {} {} ({option})", display(*after), doing(error))
        }
        (Kind::NotHttp(_), Phase::AskProxy) => format!("the response from the proxy {peer} is not HTTP"),
        (Kind::NotHttp(why), _) => format!("the response from {peer} is not HTTP: {}", system(why)),
        (Kind::LargeBody, _) => format!("the response from {peer} is larger than 1 MiB"),
        (Kind::LargeHead, _) => format!("the response from {peer} has more than 64 KiB or 200 lines of headers"),
        (Kind::ProxyStatus(status), _) => format!("the proxy {peer} refused to connect: HTTP {status}"),
        (Kind::ProxyLogin(schemes), _) => format!("the proxy {peer} accepts only {} (HTTP 407)", schemes.quote()),
        (Kind::PlainProxy, _) => format!("the proxy {peer} does not speak TLS"),
        (Kind::ClientCertificate { .. }, Phase::SecureProxy) => {
            format!("the proxy {peer} requires a client certificate")
        }
        (Kind::ClientCertificate { is_given: true }, _) => format!("{peer} does not accept the client certificate"),
        (Kind::ClientCertificate { is_given: false }, _) => format!("{peer} requires a client certificate"),
        (Kind::Untrusted(error), _) => format!("the connection to '{peer}' cannot be trusted: {}", untrusted(error).0),
    }
}

pub fn reason(words: &str) -> String {
    // std prefixes the resolver's message with its own.
    system(words.rsplit_once("address information: ").map_or(words, |(_, own)| own))
}

/// For a response that no realm sends.
pub const HTTPS_PORT: &str = "check --issuer: an https port requires https://, or the port is wrong";
pub const CHECK_ISSUER: &str = "check --issuer; if it is right, report this to the service's owner";

pub const NO_CERTIFICATE: &str = "use --client-cert and --client-key";
pub const REFUSED_CERTIFICATE: &str =
    "check --client-cert: has it expired, and does the server know its authority? 'catena-token doctor' shows both";

pub fn hint(HttpError { phase, kind, .. }: &HttpError) -> &'static str {
    const PROXY: &str = "check the proxy's scheme and port in --proxy, HTTPS_PROXY or ALL_PROXY, or set NO_PROXY";
    match (kind, phase) {
        (Kind::Untrusted(error), _) => untrusted(error).1,
        (Kind::ClientCertificate { .. }, Phase::SecureProxy) => {
            "a proxy gets no certificate of yours: use another one, or NO_PROXY"
        }
        (Kind::ClientCertificate { is_given: true }, _) => REFUSED_CERTIFICATE,
        (Kind::ClientCertificate { is_given: false }, _) => NO_CERTIFICATE,
        (_, Phase::SecureProxy) => "most proxies speak plain http, even for https sites: begin its URL with http://",
        (Kind::TimedOut(Limit::Connect, _), _) => "check the network, or allow more time with --connect-timeout",
        (Kind::TimedOut(Limit::Total, _), _) => "check the network, or allow more time with --timeout",
        (Kind::Failed(_), Phase::Resolve) => "check the host in --issuer, the network, and whether a proxy is needed",
        (Kind::Failed(_), Phase::Connect) => "check host and port in --issuer, and firewalls; is the service running?",
        (Kind::NoThread(_), _) => "raise the limit on processes ('ulimit -u', 'pids.max' of a container) or on memory",
        (Kind::ProxyLogin(_), _) => "only Basic is supported: ask the proxy's owner, or use a local proxy that logs in",
        (Kind::ProxyStatus(407), _) => "check the proxy's user and password: http://USER:PASSWORD@HOST:PORT",
        (Kind::ProxyStatus(300..=499), _) => "ask the proxy's owner to allow this host, or name it in NO_PROXY",
        (_, Phase::ConnectToProxy | Phase::AskProxy) => PROXY,
        (Kind::NotHttp(_), _) => HTTPS_PORT,
        (Kind::LargeBody | Kind::LargeHead, _) => CHECK_ISSUER,
        _ => "try again; if it persists, check scheme, host and port in --issuer, and firewalls",
    }
}

fn doing(HttpError { phase, peer, .. }: &HttpError) -> String {
    let words = match phase {
        Phase::Resolve => return format!("resolving '{peer}'"),
        Phase::Connect => "connecting to",
        Phase::ConnectToProxy => "connecting to the proxy",
        Phase::SecureProxy => "negotiating TLS with the proxy",
        Phase::AskProxy => "waiting for the proxy",
        Phase::Handshake => "negotiating TLS with",
        Phase::Send => "sending the request to",
        Phase::Receive => "waiting for the response from",
    };
    format!("{words} {peer}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_error_has_its_sentence_and_what_a_user_can_mend_has_a_hint() {
        let refused = || Kind::Failed(std::io::Error::from_raw_os_error(111).to_string());
        let resolver = "failed to lookup address information: Name or service not known";
        for (phase, kind, expected, hint) in [
            (Phase::Resolve, Kind::Failed(resolver.into()), "cannot resolve 'h:1': name or service", "--issuer"),
            (Phase::Connect, refused(), "cannot connect to h:1: connection refused", "--issuer"),
            (Phase::Resolve, Kind::NoThread("no room".into()), "cannot start a thread: no room", "ulimit -u"),
            (Phase::ConnectToProxy, refused(), "cannot reach the proxy h:1: connection refused", "--proxy"),
            (Phase::AskProxy, refused(), "connection lost while waiting for the proxy h:1: connection", "--proxy"),
            (Phase::AskProxy, Kind::Closed, "connection closed while waiting for the proxy h:1", "--proxy"),
            (Phase::Handshake, Kind::Closed, "connection closed while negotiating TLS with h:1", "firewalls"),
            (Phase::Receive, Kind::Closed, "h:1 closed the connection before its response was complete", "try again"),
            (
                Phase::Send,
                Kind::TimedOut(Limit::Total, Duration::from_millis(2001)),
                "timed out after 2s sending the request to h:1 (--timeout)",
                "--timeout",
            ),
            (
                Phase::Connect,
                Kind::TimedOut(Limit::Connect, Duration::from_millis(200)),
                "timed out after 200ms connecting to h:1 (--connect-timeout)",
                "--connect-timeout",
            ),
            (
                Phase::Receive,
                Kind::NotHttp("no status".into()),
                "the response from h:1 is not HTTP: no status",
                "an https port requires https://",
            ),
            (Phase::AskProxy, Kind::NotHttp(String::new()), "the response from the proxy h:1 is not HTTP", "scheme"),
            (Phase::Receive, Kind::LargeBody, "is larger than 1 MiB", "check --issuer"),
            (Phase::Receive, Kind::LargeHead, "has more than 64 KiB or 200 lines of headers", "check --issuer"),
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
