//! The connection of one request: proxy, name, socket, TLS.

use std::net::IpAddr;
use std::time::Duration;

use serde_json::Value;

use crate::command::doctor::recorder::{Attempt, Recorded};
use crate::command::doctor::settings::add_faults;
use crate::command::doctor::step::{Fact, Step};
use crate::duration::in_words;
use crate::http::Stage;
use crate::oauth::exchange::NoAnswer;
use crate::oauth::issuer::Issuer;
use crate::settings::Fault;

/// Most authorities renew a certificate a month before it expires: this near to it somebody may have forgotten it.
const SOON: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// A request that was sent or tried, and how it ended.
pub struct Asked<T> {
    pub result: Result<T, NoAnswer>,
    pub attempt: Attempt,
}

impl<T> Asked<T> {
    /// The failure of the connection, and where on the way.
    pub fn failed_before(&self) -> Option<(Stage, &NoAnswer)> {
        let no_answer = self.result.as_ref().err()?;
        no_answer.stage.filter(|stage| *stage < Stage::Exchange).map(|stage| (stage, no_answer))
    }

    /// Whether a connection was tried: a call that must wait for the service does not.
    pub fn was_tried(&self) -> bool {
        let has_stage = |no_answer: &NoAnswer| no_answer.stage.is_some();
        !self.attempt.response.is_empty() || self.result.as_ref().err().is_none_or(has_stage)
    }

    pub fn connection(&self) -> Connection<'_> {
        Connection { attempt: &self.attempt, failed: self.failed_before() }
    }
}

#[derive(Clone, Copy)]
pub struct Connection<'a> {
    attempt: &'a Attempt,
    failed: Option<(Stage, &'a NoAnswer)>,
}

/// The proxy that is used, or why none is; without a connection this is all that is known.
pub fn proxy(recorded: &Recorded, faults: &[Fault], connection: Option<Connection<'_>>) -> Step {
    let mut step = Step::new("proxy");
    add_faults(&mut step, faults);
    match &recorded.proxy {
        Some(Ok((proxy, origin))) => {
            step.saw("proxy", proxy.as_str());
            step.saw("from", origin.as_str());
        }
        Some(Err(why)) => step.saw_as("proxy", Value::Null, format!("none: {why}")),
        None if step.status() == "ok" => return Step::not_reached("proxy"),
        None => {}
    }
    if let Some(connection) = connection {
        step.facts.extend(connection.attempt.tunnel.iter().cloned());
        connection.add_failure(&mut step, Stage::Proxy);
    }
    step
}

impl Connection<'_> {
    pub fn dns(&self, issuer: &Issuer, recorded: &Recorded) -> Step {
        let facts = &self.attempt.dns;
        if facts.is_empty() && recorded.is_proxied() && !self.attempt.tcp.is_empty() {
            let why = format!("the proxy is given by its address, and looks for `{}` itself", issuer.host());
            return Step::skipped("dns", why);
        }
        if issuer.host().parse::<IpAddr>().is_ok() && !recorded.is_proxied() {
            return Step::skipped("dns", "the host is an address");
        }
        self.step("dns", Stage::Name, facts.clone(), !facts.is_empty())
    }

    pub fn tcp(&self) -> Step {
        let (failed, mut facts) = (&self.attempt.failed, Vec::new());
        if !failed.is_empty() {
            facts.push(Fact::new("tried", failed.clone()));
        }
        facts.extend(self.attempt.tcp.iter().cloned());
        self.step("tcp", Stage::Socket, facts, !self.attempt.tcp.is_empty())
    }

    pub fn tls(&self, issuer: &Issuer, recorded: &Recorded) -> Step {
        if !issuer.is_https() {
            return Step::skipped("tls", "plain http, on this host");
        }
        let Attempt { certificates, valid_for, authority, session, tunnel, .. } = self.attempt;
        let mut facts = session.clone();
        if !certificates.is_empty() {
            facts.push(Fact::new("certificates", certificates.clone()));
        }
        facts.extend(authority.as_deref().map(|name| Fact::new("authority", name)));
        let is_the_proxys = recorded.is_proxied() && tunnel.is_empty();
        let mut step = self.step("tls", Stage::Tls, facts, !session.is_empty() && !is_the_proxys);
        if let Some(left) = valid_for.filter(|left| *left < SOON && authority.is_some()) {
            step.warn(
                format!("a certificate of the server ends in {}", in_words(left)),
                "the server's owner must renew it in time",
            );
        }
        step
    }

    /// Without a sign of it a step was not reached, whatever else failed.
    fn step(&self, name: &'static str, stage: Stage, facts: Vec<Fact>, was_reached: bool) -> Step {
        if !was_reached && self.failed.is_none_or(|(failed, _)| failed != stage) {
            return Step::not_reached(name);
        }
        let mut step = Step::with(name, facts);
        self.add_failure(&mut step, stage);
        step
    }

    fn add_failure(&self, step: &mut Step, stage: Stage) {
        if let Some((_, no_answer)) = self.failed.filter(|(failed, _)| *failed == stage) {
            step.fail_request(no_answer, "");
        }
    }
}
