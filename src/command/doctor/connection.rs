//! The connection of one request: proxy, name, socket, TLS.

use std::net::IpAddr;
use std::time::Duration;

use serde_json::Value;

use crate::command::doctor::recorder::Attempt;
use crate::command::doctor::settings::{add_errors, step_of};
use crate::command::doctor::step::{Fact, Step};
use crate::duration::in_words;
use crate::http::Phase;
use crate::message::settings::no_proxy;
use crate::oauth::issuer::Issuer;
use crate::settings::{Setting, Settings};
use crate::token_source::TokenError;

/// Most certificates are renewed a month before they expire: this near to it the renewal may be broken.
const SOON: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// A request that was sent or tried, and how it ended.
pub struct Asked<T> {
    pub result: Result<T, TokenError>,
    pub attempt: Attempt,
}

impl<T> Asked<T> {
    /// A failure to connect, and the step that reports it.
    pub fn failed_before(&self) -> Option<(&'static str, &TokenError)> {
        let error = self.result.as_ref().err()?;
        let step = match error.phase()? {
            Phase::Resolve => "dns",
            Phase::Connect => "tcp",
            Phase::ConnectToProxy | Phase::AskProxy => "proxy",
            Phase::Handshake => "tls",
            Phase::Send | Phase::Receive => return None,
        };
        Some((step, error))
    }

    /// Whether a connection was tried: not if the service has asked to wait.
    pub fn was_tried(&self) -> bool {
        let has_phase = |error: &TokenError| error.phase().is_some();
        !self.attempt.of("request").is_empty() || self.result.as_ref().err().is_none_or(has_phase)
    }

    pub fn connection(&self, issuer: &Issuer, is_proxied: bool) -> [Step; 3] {
        ["dns", "tcp", "tls"].map(|name| self.step(name, issuer, is_proxied))
    }

    /// A step without facts or a failure was not reached.
    fn step(&self, name: &'static str, issuer: &Issuer, is_proxied: bool) -> Step {
        let attempt = &self.attempt;
        if let Some(why) = not_needed(name, attempt, issuer, is_proxied) {
            return Step::skipped(name, why);
        }
        let failure = self.failed_before().filter(|(failed, _)| *failed == name);
        let is_the_proxys = name == "tls" && is_proxied && attempt.of("proxy").is_empty();
        let mut step = Step::with(name, attempt.of(name));
        if failure.is_none() && (step.facts.is_empty() || is_the_proxys) {
            return Step::not_reached(name);
        }
        let (label, list) = match name {
            "tcp" => ("tried", &attempt.unreachable),
            "tls" => ("certificates", &attempt.certificates),
            _ => ("", &Vec::new()),
        };
        if !list.is_empty() {
            step.facts.insert(0, Fact::new(label, list.as_slice()));
        }
        failure.iter().for_each(|(_, error)| step.fail_request(error, ""));
        if let Some(left) = attempt.valid_for.filter(|left| name == "tls" && failure.is_none() && *left < SOON) {
            step.warn(
                format!("a certificate of the server ends in {}", in_words(left)),
                "the server's owner must renew it in time",
            );
        }
        step
    }
}

fn not_needed(name: &str, attempt: &Attempt, issuer: &Issuer, is_proxied: bool) -> Option<String> {
    let host = issuer.host();
    match name {
        "tls" if !issuer.is_https() => Some("plain http, on this host".to_owned()),
        "dns" if is_proxied && attempt.of("dns").is_empty() && !attempt.of("tcp").is_empty() => {
            Some(format!("the proxy is given by its address, and looks for `{host}` itself"))
        }
        "dns" if !is_proxied && host.parse::<IpAddr>().is_ok() => Some("the host is an address".to_owned()),
        _ => None,
    }
}

/// The proxy that is used, or why none is. `asked` is a request that was tried.
pub fn proxy<T>(settings: &Settings, asked: Option<&Asked<T>>) -> Step {
    let mut step = Step::new("proxy");
    add_errors(&mut step, settings);
    match &settings.proxy {
        Ok(Ok(Setting { value: proxy, origin })) => {
            step.saw("proxy", proxy.to_string());
            step.saw("from", origin.name());
        }
        Ok(Err(why)) => step.saw_as("proxy", Value::Null, format!("none: {}", no_proxy(*why))),
        // The error may be the issuer's.
        Err(error) if step_of(error) != step.name => return Step::not_reached("proxy"),
        Err(_) => {}
    }
    if let Some(asked) = asked {
        step.facts.extend(asked.attempt.of("proxy"));
        let failed = asked.failed_before().filter(|(failed, _)| *failed == "proxy");
        failed.iter().for_each(|(_, error)| step.fail_request(error, ""));
    }
    step
}
