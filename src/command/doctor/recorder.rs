//! Collects facts for the report from the events of the call, which `-v` prints.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::Fact;
use crate::base::clock;
use crate::base::event::{Event, Level};
use crate::cli::message;
use crate::cli::report;
use crate::display::untrusted::UntrustedText;
use crate::token::source::TokenError;

/// The events before the network is used, or of one request.
#[derive(Default)]
pub struct Recorded {
    pub warnings: Vec<String>,
    facts: Vec<(&'static str, Fact)>,
    /// The addresses that failed, and their errors.
    pub unreachable: Vec<Value>,
    pub certificates: Vec<Value>,
    /// How long all certificates are still valid.
    pub valid_for: Option<Duration>,
    /// The server's clock and ours, if a response has a `Date`.
    pub clocks: Option<(SystemTime, SystemTime)>,
    pub error: Option<TokenError>,
}

#[derive(Clone, Default)]
pub struct Recorder(Arc<Mutex<Recorded>>);

impl Recorder {
    /// Starts recording. Events up to `level`, except settings, are also printed.
    pub fn listen(level: Level, is_proxied: bool) -> Self {
        let recorder = Self::default();
        let Self(recorded) = recorder.clone();
        report::listen_beside(level, move |event| {
            recorded.lock().unwrap_or_else(PoisonError::into_inner).record(event, is_proxied);
        });
        recorder
    }

    /// Takes the record and starts a new one.
    pub fn take(&self) -> Recorded {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes the record of a request, with its error.
    pub fn take_request<T>(&self, result: Result<T, impl Into<TokenError>>) -> (Option<T>, Recorded) {
        let (answer, error) = result.map_or_else(|error| (None, Some(error.into())), |answer| (Some(answer), None));
        (answer, Recorded { error, ..self.take() })
    }
}

impl Recorded {
    pub fn of(&self, step: &str) -> Vec<Fact> {
        self.facts.iter().filter(|(own, _)| *own == step).map(|(_, fact)| fact.clone()).collect()
    }

    fn add<const N: usize>(&mut self, step: &'static str, facts: [Fact; N]) {
        self.facts.extend(facts.map(|fact| (step, fact)));
    }

    fn record(&mut self, event: &Event<'_>, is_proxied: bool) {
        // A server's text.
        let quote = |name: &str| UntrustedText::new(name.as_bytes()).quote_up_to(120);
        match *event {
            Event::Warning(warning) => {
                let text = message::event::warning(warning);
                if !self.warnings.contains(&text) {
                    self.warnings.push(text);
                }
            }
            Event::TrustRead { path, certificates } => {
                self.add("trust", [Fact::new("CA bundle", path), Fact::new("certificates", certificates)]);
            }
            Event::Resolved { host, addresses, took } => {
                let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
                let label = if is_proxied { "the proxy's host" } else { "host" };
                self.add("dns", [Fact::new(label, host), Fact::new("addresses", addresses)]);
                took.iter().for_each(|took| self.add("dns", [Fact::millis("took", *took)]));
            }
            Event::ConnectFailed { address, why } => {
                self.unreachable.push(json!({"address": address, "why": message::event::no_connection(why)}));
            }
            Event::Connected { address, took } => {
                let label = if is_proxied { "connected to the proxy" } else { "connected to" };
                self.add("tcp", [Fact::new(label, address.to_string()), Fact::millis("took", took)]);
            }
            Event::Tunnelled { target, .. } => {
                // Drop the proxy's own TLS facts.
                self.facts.retain(|(step, _)| *step != "tls");
                (self.certificates, self.valid_for) = (Vec::new(), None);
                self.add("proxy", [Fact::new("tunnel to", target)]);
            }
            // So far it was the runner's connection, and the steps are about the realm's.
            Event::AssertionReceived { .. } => {
                let warnings = std::mem::take(&mut self.warnings);
                *self = Self { warnings, ..Self::default() };
            }
            Event::Certificate { subject, hosts, issuer, not_before, not_after } => {
                let date = |moment: Option<SystemTime>| moment.map(clock::date);
                let left = not_after.map(|end| end.duration_since(clock::wall()).unwrap_or_default());
                self.valid_for = self.valid_for.into_iter().chain(left).min();
                self.certificates.push(json!({
                    "subject": quote(subject),
                    "hosts": hosts.iter().copied().map(quote).collect::<Vec<_>>(),
                    "issuer": quote(issuer),
                    "not_before": date(not_before),
                    "not_after": date(not_after),
                    "days_left": left.map(|left| left.as_secs() / (24 * 60 * 60)),
                }));
            }
            Event::Authority { name } => self.add("tls", [Fact::new("authority", quote(name))]),
            Event::Secured { version, cipher, took, .. } => {
                let facts = [Fact::new("version", version), Fact::new("cipher", cipher), Fact::millis("took", took)];
                self.add("tls", facts);
            }
            Event::Answered { status, bytes, first_byte, took, date } => {
                self.add("request", [Fact::new("status", status), Fact::new("bytes", bytes)]);
                self.add("request", [Fact::millis("first byte", first_byte), Fact::millis("took", took)]);
                // Our clock is read as of the first byte, because `Date` is in the head.
                self.clocks = date.and_then(|date| Some((date, clock::wall().checked_sub(took - first_byte)?)));
            }
            _ => {}
        }
    }
}
