//! The words for a request that got no answer.

use super::local::system;
use super::tls;
use crate::http::{HttpError, Kind, Limit, Phase};

/// `<what failed>: <why>`
pub fn text(error: &HttpError) -> String {
    let HttpError { phase, peer, kind } = error;
    match (kind, phase) {
        (Kind::Failed(why), Phase::Resolve) => format!("cannot resolve `{peer}`: {}", reason(why)),
        (Kind::Failed(why), Phase::Connect) => format!("cannot connect to {peer}: {}", reason(why)),
        (Kind::Failed(why), Phase::ConnectToProxy) => format!("cannot reach the proxy {peer}: {}", reason(why)),
        (Kind::Failed(why), _) => format!("the connection broke: {}, {}", doing(error), reason(why)),
        (Kind::Closed, _) => format!("the connection broke: {}, {}", doing(error), closed(*phase)),
        (Kind::TimedOut(limit), _) => {
            format!("timed out: {}, until the time of {} was used up", doing(error), setting(*limit))
        }
        (Kind::NotLoopback, _) => format!(
            "the connection to `{peer}` cannot be trusted: plain http is for this host alone, and that name is another \
             one"
        ),
        (Kind::NotHttp(_), Phase::AskProxy) => format!("the answer is not HTTP: the proxy {peer} sent it"),
        (Kind::NotHttp(reason), _) => format!("the answer is not HTTP: {reason}"),
        (Kind::LargeBody, _) => "the answer cannot be used: its body is larger than 1 MiB".to_owned(),
        (Kind::LargeHead, _) => "the answer cannot be used: its head is larger than 16 KiB or 128 headers".to_owned(),
        (Kind::ProxyStatus(status), _) => {
            let verdict = match status {
                300..=399 => "redirected",
                400..=499 => "refused to connect",
                _ => "could not connect",
            };
            format!("the proxy {peer} {verdict}: HTTP {status}")
        }
        (Kind::Untrusted(error), _) => {
            format!("the connection to `{peer}` cannot be trusted: {}", tls::text(error))
        }
    }
}

fn reason(words: &str) -> String {
    // std puts a sentence of its own before the resolver's words.
    system(words.rsplit_once("address information: ").map_or(words, |(_, own)| own))
}

pub fn hint(HttpError { phase, kind, .. }: &HttpError) -> String {
    const PROXY: &str = "check the proxy in --proxy, HTTPS_PROXY or ALL_PROXY; NO_PROXY names hosts that need none";
    let hint = match (kind, phase) {
        (Kind::TimedOut(limit), _) => {
            return format!("check the network, or allow more time with {}", setting(*limit));
        }
        (Kind::Failed(_), Phase::Resolve) => "check the host in --issuer, the network, and whether a proxy is needed",
        (Kind::Failed(_), Phase::Connect) => {
            "check the host and the port in --issuer, that the service runs there, and that no firewall is in between"
        }
        (Kind::ProxyStatus(407), _) => {
            "check the proxy's user and password, which stand in its URL: http://USER:PASSWORD@HOST:PORT"
        }
        (Kind::ProxyStatus(300..=499), _) => "ask the proxy's owner to allow this host, or name it in NO_PROXY",
        (Kind::ProxyStatus(_), _) => PROXY,
        (Kind::Failed(_) | Kind::Closed, Phase::ConnectToProxy | Phase::AskProxy) => PROXY,
        (Kind::Untrusted(error), _) => tls::hint(error),
        _ => "",
    };
    hint.to_owned()
}

fn doing(HttpError { phase, peer, .. }: &HttpError) -> String {
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
            (Phase::AskProxy, refused(), "the connection broke: asking the proxy h:1, connection", "--proxy"),
            (Phase::AskProxy, Kind::Closed, "asking the proxy h:1, the proxy closed it without an answer", "--proxy"),
            (Phase::Handshake, Kind::Closed, "in the TLS handshake with h:1, it was closed during", ""),
            (Phase::Receive, Kind::Closed, "waiting for the answer of h:1, it was closed before", ""),
            (Phase::Send, Kind::TimedOut(Limit::Total), "timed out: sending the request to h:1, until", "--timeout"),
            (Phase::Connect, Kind::TimedOut(Limit::Connect), "the time of --connect-timeout", "--connect-timeout"),
            (Phase::Resolve, Kind::NotLoopback, "the connection to `h:1` cannot be trusted: plain http", ""),
            (Phase::Receive, Kind::NotHttp("no status".into()), "the answer is not HTTP: no status", ""),
            (Phase::AskProxy, Kind::NotHttp(String::new()), "the answer is not HTTP: the proxy h:1 sent it", ""),
            (Phase::Receive, Kind::LargeBody, "its body is larger than 1 MiB", ""),
            (Phase::Receive, Kind::LargeHead, "its head is larger than 16 KiB or 128 headers", ""),
            (Phase::AskProxy, Kind::ProxyStatus(302), "the proxy h:1 redirected: HTTP 302", "NO_PROXY"),
            (
                Phase::AskProxy,
                Kind::ProxyStatus(407),
                "the proxy h:1 refused to connect: HTTP 407",
                "user and password",
            ),
            (Phase::AskProxy, Kind::ProxyStatus(502), "the proxy h:1 could not connect: HTTP 502", "--proxy"),
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
