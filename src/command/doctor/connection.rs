//! The connection: proxy, name, socket, TLS, as one request had them.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::clock;
use crate::command::doctor::asked::Asked;
use crate::command::doctor::settings::tell_faults;
use crate::command::doctor::step::{Status, Step};
use crate::command::doctor::witness::{Attempt, Choice, SeenCertificate};
use crate::duration::in_words;
use crate::foreign::ForeignText;
use crate::http::Stage;
use crate::oauth::exchange::NoAnswer;
use crate::oauth::issuer::Issuer;
use crate::redaction::Redactor;
use crate::settings::Fault;

/// Most authorities renew a certificate a month before it ends: who comes so near to the end may have forgotten it.
const SOON: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How the connection ended that is told of.
pub struct Ended<'a> {
    issuer: &'a Issuer,
    proxy: Option<&'a Choice>,
    attempt: &'a Attempt,
    /// Why it did not come to a request, and where.
    failed: Option<(Stage, &'a NoAnswer)>,
    /// Hides what a server may know from another request.
    redactor: &'a Redactor,
}

/// Which proxy is used, and why, and whether it connected us. `None` for the choice: it could not be made.
pub fn proxy(choice: Option<&Choice>, faults: &[Fault], ended: Option<&Ended<'_>>) -> Step {
    let mut step = Step::new("proxy");
    tell_faults(&mut step, faults, |setting| setting == "proxy");
    match choice {
        Some(Choice::Proxy { proxy, origin }) => {
            step.saw("proxy", proxy.as_str());
            step.saw("from", origin.as_str());
        }
        Some(Choice::Direct { why }) => step.saw_as("proxy", Value::Null, [format!("none: {why}")]),
        None if step.status() == Status::Ok => return Step::not_reached("proxy"),
        None => {}
    }
    if let Some(ended) = ended {
        ended.attempt.tunnelled.iter().for_each(|target| step.saw("connected us to", target.as_str()));
        ended.tell_failure(&mut step, Stage::Proxy);
    }
    step
}

impl<'a> Ended<'a> {
    pub fn of<T>(asked: &'a Asked<T>, issuer: &'a Issuer, proxy: Option<&'a Choice>, redactor: &'a Redactor) -> Self {
        Self { issuer, proxy, attempt: &asked.attempt, failed: asked.failed_before(), redactor }
    }

    /// The steps behind the proxy's.
    pub fn steps(&self) -> [Step; 3] {
        [self.dns(), self.tcp(), self.tls()]
    }

    fn is_proxied(&self) -> bool {
        matches!(self.proxy, Some(Choice::Proxy { .. }))
    }

    fn dns(&self) -> Step {
        let resolved = &self.attempt.resolved;
        let is_address = self.issuer.host().parse::<IpAddr>().is_ok();
        if resolved.is_empty() && self.is_proxied() && self.attempt.connected.is_some() {
            let why = format!("the proxy is given by its address, and looks for `{}` itself", self.issuer.host());
            return Step::skipped("dns", why);
        }
        if is_address && !self.is_proxied() {
            return Step::skipped("dns", "the host is an address");
        }
        let mut step = Step::new("dns");
        for found in resolved {
            step.saw(if self.is_proxied() { "the proxy's host" } else { "host" }, found.host.as_str());
            step.saw("addresses", found.addresses.iter().map(ToString::to_string).collect::<Vec<_>>());
            if let Some(took) = found.took {
                step.saw_time("took", took);
            }
        }
        self.judged(step, Stage::Name, !resolved.is_empty())
    }

    fn tcp(&self) -> Step {
        let mut step = Step::new("tcp");
        let failed = &self.attempt.unreachable;
        if !failed.is_empty() {
            let tried: Value = failed.iter().map(|(address, why)| json!({"address": address, "why": why})).collect();
            step.saw_as("tried", tried, failed.iter().map(|(address, why)| format!("{address}: {why}")));
        }
        if let Some((address, took)) = self.attempt.connected {
            step.saw(if self.is_proxied() { "connected to the proxy" } else { "connected to" }, address.to_string());
            step.saw_time("took", took);
        }
        self.judged(step, Stage::Socket, self.attempt.connected.is_some())
    }

    fn tls(&self) -> Step {
        if !self.issuer.is_https() {
            return Step::skipped("tls", "plain http, on this host");
        }
        let mut step = Step::new("tls");
        let now = clock::wall();
        let certificates: Vec<SeenCertificate> =
            self.attempt.certificates.iter().map(|shown| shown.quoted(self.redactor)).collect();
        if let Some(secured) = &self.attempt.secured {
            step.saw("version", secured.version.as_str());
            step.saw("cipher", secured.cipher.as_str());
            step.saw_time("took", secured.took);
        }
        if !certificates.is_empty() {
            let value: Value = certificates.iter().map(|shown| shown.to_json(now)).collect();
            step.saw_foreign("certificates", value, certificates.iter().map(|shown| shown.to_string(now)));
        }
        if let Some(name) = self.attempt.authority.as_ref().map(|name| quote(name, self.redactor)) {
            step.saw_foreign("authority", name.as_str(), [name.as_str()]);
        }
        let shortest = certificates.iter().filter_map(|shown| shown.left(now)).min();
        if let Some(left) = shortest.filter(|left| *left < SOON && self.attempt.authority.is_some()) {
            step.warn(
                format!("a certificate of the server ends in {}", in_words(left)),
                "the server's owner must renew it in time",
            );
        }
        let is_the_proxys = self.is_proxied() && self.attempt.tunnelled.is_none();
        self.judged(step, Stage::Tls, self.attempt.secured.is_some() && !is_the_proxys)
    }

    /// `step` with its failure. Without a sign of it, it was not reached, whatever else failed.
    fn judged(&self, mut step: Step, stage: Stage, was_reached: bool) -> Step {
        let has_failed = self.failed.is_some_and(|(failed, _)| failed == stage);
        if !was_reached && !has_failed {
            return Step::not_reached(step.name);
        }
        self.tell_failure(&mut step, stage);
        step
    }

    fn tell_failure(&self, step: &mut Step, stage: Stage) {
        if let Some((_, no_answer)) = self.failed.filter(|(failed, _)| *failed == stage) {
            step.fail_unanswered(no_answer, "");
        }
    }
}

/// A name that a server gives.
fn quote(name: &str, redactor: &Redactor) -> String {
    const SHOWN: usize = 120;
    ForeignText::new(name.as_bytes()).quote_up_to(SHOWN, redactor)
}

impl SeenCertificate {
    fn quoted(&self, redactor: &Redactor) -> Self {
        let quote = |name: &String| quote(name, redactor);
        let (subject, issuer) = (quote(&self.subject), quote(&self.issuer));
        Self { subject, issuer, hosts: self.hosts.iter().map(quote).collect(), ..*self }
    }

    fn left(&self, now: SystemTime) -> Option<Duration> {
        self.not_after?.duration_since(now).ok()
    }

    fn to_json(&self, now: SystemTime) -> Value {
        json!({
            "subject": self.subject,
            "hosts": self.hosts,
            "issuer": self.issuer,
            "not_before": date(self.not_before),
            "not_after": date(self.not_after),
            "days_left": self.left(now).map(days),
        })
    }

    fn to_string(&self, now: SystemTime) -> String {
        let hosts = if self.hosts.is_empty() { String::new() } else { format!(" for {}", self.hosts.join(", ")) };
        let left = match (self.left(now), self.not_after, self.not_before) {
            (_, _, Some(start)) if start > now => "not valid yet".to_owned(),
            (Some(left), _, _) => format!("{} left", in_words(left)),
            (None, Some(_), _) => "it has ended".to_owned(),
            (None, None, _) => "its end cannot be read".to_owned(),
        };
        let (from, to) = (date(self.not_before), date(self.not_after));
        format!("`{}`{hosts}, signed by `{}`, {from} to {to}, {left}", self.subject, self.issuer)
    }
}

fn date(moment: Option<SystemTime>) -> String {
    moment.map_or_else(|| "no date".to_owned(), clock::date)
}

fn days(left: Duration) -> u64 {
    left.as_secs() / (24 * 60 * 60)
}
