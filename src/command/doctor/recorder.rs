//! Turns the events of the call, which `-v` prints, into facts of the report.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::clock;
use crate::command::doctor::step::Fact;
use crate::event::{Event, Level};
use crate::foreign::ForeignText;
use crate::message;
use crate::report;

/// What happened so far.
#[derive(Clone, Default)]
pub struct Recorded {
    pub warnings: Vec<String>,
    is_proxied: bool,
    /// The CA bundle, and how many certificates it holds.
    pub bundle: Option<(String, usize)>,
    /// The last request.
    pub attempt: Attempt,
}

/// One request on its way.
#[derive(Clone, Default)]
pub struct Attempt {
    facts: Vec<(&'static str, Fact)>,
    /// The addresses that failed, and why.
    pub unreachable: Vec<Value>,
    pub certificates: Vec<Value>,
    /// How long the first of them to expire is valid.
    pub valid_for: Option<Duration>,
    /// The server's clock and ours, where a response has a `Date`.
    pub clocks: Option<(SystemTime, SystemTime)>,
}

impl Attempt {
    /// The facts of a step.
    pub fn of(&self, step: &str) -> Vec<Fact> {
        self.facts.iter().filter(|(own, _)| *own == step).map(|(_, fact)| fact.clone()).collect()
    }

    fn add<const N: usize>(&mut self, step: &'static str, facts: [Fact; N]) {
        self.facts.extend(facts.map(|fact| (step, fact)));
    }
}

#[derive(Clone, Default)]
pub struct Recorder(Arc<Mutex<Recorded>>);

impl Recorder {
    /// Records from here on; events up to `level`, but no settings, are also printed.
    pub fn listen(level: Level) -> Self {
        let recorder = Self::default();
        let listening = recorder.clone();
        report::listen_beside(level, move |event| listening.lock().record(event));
        recorder
    }

    /// A copy: what is recorded goes on.
    pub fn so_far(&self) -> Recorded {
        self.lock().clone()
    }

    /// Takes the last request's record and starts a new one.
    pub fn take_attempt(&self) -> Attempt {
        std::mem::take(&mut self.lock().attempt)
    }

    fn lock(&self) -> MutexGuard<'_, Recorded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorded {
    fn record(&mut self, event: &Event<'_>) {
        let is_proxied = self.is_proxied;
        let attempt = &mut self.attempt;
        // A name that a server gives.
        let quote = |name: &str| ForeignText::new(name.as_bytes()).quote_up_to(120);
        match *event {
            Event::Warning(warning) => {
                let text = message::of_warning(warning);
                if !self.warnings.contains(&text) {
                    self.warnings.push(text);
                }
            }
            Event::ProxyChosen { .. } => self.is_proxied = true,
            Event::TrustRead { path, certificates } => self.bundle = Some((path.to_owned(), certificates)),
            Event::Resolved { host, addresses, took } => {
                let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
                let label = if is_proxied { "the proxy's host" } else { "host" };
                attempt.add("dns", [Fact::new(label, host), Fact::new("addresses", addresses)]);
                took.iter().for_each(|took| attempt.add("dns", [Fact::millis("took", *took)]));
            }
            Event::ConnectFailed { address, why } => {
                attempt.unreachable.push(json!({"address": address, "why": message::of_no_connection(why)}));
            }
            Event::Connected { address, took } => {
                let label = if is_proxied { "connected to the proxy" } else { "connected to" };
                attempt.add("tcp", [Fact::new(label, address.to_string()), Fact::millis("took", took)]);
            }
            Event::Tunnelled { target, .. } => {
                // Drop the proxy's own TLS facts.
                attempt.facts.retain(|(step, _)| *step != "tls");
                (attempt.certificates, attempt.valid_for) = (Vec::new(), None);
                attempt.add("proxy", [Fact::new("connected us to", target)]);
            }
            Event::Certificate { subject, hosts, issuer, not_before, not_after } => {
                let date = |moment: Option<SystemTime>| moment.map(clock::date);
                let left = not_after.map(|end| end.duration_since(clock::wall()).unwrap_or_default());
                attempt.valid_for = attempt.valid_for.into_iter().chain(left).min();
                attempt.certificates.push(json!({
                    "subject": quote(subject),
                    "hosts": hosts.iter().copied().map(quote).collect::<Vec<_>>(),
                    "issuer": quote(issuer),
                    "not_before": date(not_before),
                    "not_after": date(not_after),
                    "days_left": left.map(|left| left.as_secs() / (24 * 60 * 60)),
                }));
            }
            Event::Authority { name } => attempt.add("tls", [Fact::new("authority", quote(name))]),
            Event::Secured { version, cipher, took, .. } => {
                let facts = [Fact::new("version", version), Fact::new("cipher", cipher), Fact::millis("took", took)];
                attempt.add("tls", facts);
            }
            Event::Answered { status, bytes, first_byte, took, date } => {
                attempt.add("request", [Fact::new("status", status), Fact::new("bytes", bytes)]);
                attempt.add("request", [Fact::millis("first byte", first_byte), Fact::millis("took", took)]);
                // The head came before the body: its `Date` is compared with our clock then.
                attempt.clocks = date.and_then(|date| Some((date, clock::wall().checked_sub(took - first_byte)?)));
            }
            _ => {}
        }
    }
}
