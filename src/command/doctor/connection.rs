//! The connection of one request: proxy, DNS, TCP, TLS.

use std::net::IpAddr;
use std::time::Duration;

use serde_json::Value;

use super::local::{step_of, with_errors};
use super::{Fact, Finding, Recorded, Skipped, Step};
use crate::cli::message::shown::no_proxy;
use crate::cli::settings::{ProxyChoice, Setting, Settings, unmatched_no_proxy};
use crate::http::Phase;
use crate::http::endpoint::Endpoint;

/// Most certificates are renewed a month before they expire; later, the renewal may be broken.
const SOON: Duration = Duration::from_secs(7 * 24 * 60 * 60);

impl Recorded {
    /// The step of the connection that failed.
    pub fn failed_at(&self) -> Option<&'static str> {
        match self.error.as_ref()?.phase()? {
            Phase::Resolve => Some("dns"),
            Phase::Connect => Some("tcp"),
            Phase::ConnectToProxy | Phase::SecureProxy | Phase::AskProxy => Some("proxy"),
            Phase::Handshake => Some("tls"),
            Phase::Send | Phase::Receive => None,
        }
    }

    /// Whether a connection was tried, and not prevented by another process's `Retry-After`.
    pub fn was_tried(&self) -> bool {
        !self.of("request").is_empty() || self.error.as_ref().is_none_or(|error| error.phase().is_some())
    }
}

/// The connection of a request that was tried.
pub fn steps(settings: &Settings, server: &Endpoint, request: Option<&Recorded>) -> [Step; 4] {
    let is_proxied = settings.is_proxied();
    let step = |name| request.map_or(Step::not_reached(name), |request| step(name, request, server, is_proxied));
    [proxy(settings, request), step("dns"), step("tcp"), step("tls")]
}

/// A step of `request`; without facts or a failure it was not reached.
fn step(name: &'static str, request: &Recorded, server: &Endpoint, is_proxied: bool) -> Step {
    let (host, facts) = (server.host.as_str(), request.of(name));
    let failure = request.error.as_ref().filter(|_| request.failed_at() == Some(name));
    match name {
        "tls" if !server.tls => return Step::skipped(name, Skipped::NoTls),
        "dns" if is_proxied && facts.is_empty() && !request.of("tcp").is_empty() => {
            return Step::skipped(name, Skipped::ProxyResolves(host));
        }
        "dns" if !is_proxied && host.parse::<IpAddr>().is_ok() => return Step::skipped(name, Skipped::Address),
        _ => {}
    }
    let is_the_proxys = name == "tls" && is_proxied && request.of("proxy").is_empty();
    if failure.is_none() && (facts.is_empty() || is_the_proxys) {
        return Step::not_reached(name);
    }
    let mut step = Step::new(name);
    step.facts = facts;
    let lists = [("tcp", "tried", &request.unreachable), ("tls", "certificates", &request.certificates)];
    for (_, label, list) in lists.into_iter().filter(|(own, _, list)| *own == name && !list.is_empty()) {
        step.facts.insert(0, Fact::new(label, list.as_slice()));
    }
    match (failure, request.valid_for) {
        (Some(error), _) => step.fail_request(error),
        (None, Some(left)) if name == "tls" && left < SOON => step.warn(Finding::CertificateEnds(left)),
        _ => {}
    }
    step
}

/// The proxy, or why none is used, and its part in a request.
pub fn proxy(settings: &Settings, request: Option<&Recorded>) -> Step {
    let mut step = with_errors("proxy", settings);
    match &settings.proxy {
        Ok(ProxyChoice { first: Ok(Setting { value: proxy, origin }), .. }) => {
            step.fact("proxy", proxy.to_string());
            step.fact("from", origin.to_string());
            let issuer = settings.issuer.as_ref().ok();
            if let Some((name, entry)) = issuer.and_then(|issuer| unmatched_no_proxy(issuer.value.host())) {
                step.warn(Finding::UnmatchedNoProxy(&name.to_string(), &entry));
            }
        }
        Ok(ProxyChoice { first: Err(why), .. }) => {
            step.fact_as("proxy", Value::Null, format!("none: {}", no_proxy(*why)))
        }
        // The error may be the issuer's.
        Err(error) if step_of(error) != step.name => return Step::not_reached("proxy"),
        Err(_) => {}
    }
    if let Some(request) = request {
        step.facts.extend(request.of("proxy"));
        let failure = request.error.iter().filter(|_| request.failed_at() == Some("proxy"));
        failure.for_each(|error| step.fail_request(error));
        if request.failed_at() == Some("proxy") && !request.certificates.is_empty() {
            step.fact("certificates", request.certificates.as_slice());
        }
    }
    step
}
