//! Who listens to a call that is examined: the events that `-v` prints, kept to be judged.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use crate::clock;
use crate::event::{Event, Level};
use crate::report;

/// How events call it.
pub const CLIENT_ID: &str = "client id";

/// What was told so far.
#[derive(Clone, Default)]
pub struct Seen {
    pub settings: Vec<SeenSetting>,
    pub warnings: Vec<String>,
    /// Why there is no cache.
    pub without_cache: Option<String>,
    pub proxy: Option<Choice>,
    /// The CA bundle, and how many certificates it holds.
    pub bundle: Option<(String, usize)>,
    /// What the request brought that was made last.
    pub attempt: Attempt,
}

#[derive(Clone)]
pub struct SeenSetting {
    pub name: String,
    pub value: String,
    pub origin: String,
}

#[derive(Clone)]
pub enum Choice {
    Proxy { proxy: String, origin: String },
    Direct { why: String },
}

/// One request on its way.
#[derive(Clone, Default)]
pub struct Attempt {
    pub resolved: Vec<Resolved>,
    pub unreachable: Vec<(SocketAddr, String)>,
    pub connected: Option<(SocketAddr, Duration)>,
    /// The target that the proxy connected us to.
    pub tunnelled: Option<String>,
    pub certificates: Vec<SeenCertificate>,
    pub authority: Option<String>,
    pub secured: Option<Secured>,
    pub answered: Option<Answered>,
}

#[derive(Clone)]
pub struct Resolved {
    pub host: String,
    pub addresses: Vec<IpAddr>,
    /// `None` where no resolver was asked.
    pub took: Option<Duration>,
}

#[derive(Clone)]
pub struct SeenCertificate {
    pub subject: String,
    pub hosts: Vec<String>,
    pub issuer: String,
    pub not_before: Option<SystemTime>,
    pub not_after: Option<SystemTime>,
}

#[derive(Clone)]
pub struct Secured {
    pub version: String,
    pub cipher: String,
    pub took: Duration,
}

#[derive(Clone, Copy)]
pub struct Answered {
    pub status: u16,
    pub bytes: usize,
    pub first_byte: Duration,
    pub took: Duration,
    /// The server's clock and ours, where it says what its own shows.
    pub clocks: Option<(SystemTime, SystemTime)>,
}

#[derive(Clone, Default)]
pub struct Witness(Arc<Mutex<Seen>>);

impl Witness {
    /// Hears everything from here on; what is up to `level` is printed as well.
    pub fn listen(level: Level) -> Self {
        let witness = Self::default();
        let listening = witness.clone();
        report::listen_beside(level, move |event| listening.hearing().note(event));
        witness
    }

    /// What was told so far. It is a copy: whoever looks at it may do what is told of.
    pub fn seen(&self) -> Seen {
        self.hearing().clone()
    }

    /// What the last request brought; the next one is another's.
    pub fn take_attempt(&self) -> Attempt {
        std::mem::take(&mut self.hearing().attempt)
    }

    fn hearing(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    /// The client id as it is set, if it can be used.
    pub fn client_id(&self) -> Option<&SeenSetting> {
        self.settings.iter().find(|setting| setting.name == CLIENT_ID)
    }

    fn note(&mut self, event: &Event<'_>) {
        let attempt = &mut self.attempt;
        match *event {
            Event::Warning(text) if self.warnings.iter().any(|warning| warning == text) => {}
            Event::Warning(text) => self.warnings.push(text.to_owned()),
            Event::Setting { name, value, origin } => {
                let (name, value) = (name.to_owned(), value.to_owned());
                self.settings.retain(|setting| setting.name != name);
                self.settings.push(SeenSetting { name, value, origin: origin.to_string() });
            }
            Event::WithoutCache { why } => self.without_cache = Some(why.to_owned()),
            Event::ProxyChosen { proxy, origin } => {
                self.proxy = Some(Choice::Proxy { proxy: proxy.to_owned(), origin: origin.to_owned() });
            }
            Event::Direct { why } => self.proxy = Some(Choice::Direct { why: why.to_owned() }),
            Event::TrustRead { path, certificates } => self.bundle = Some((path.to_owned(), certificates)),
            Event::Resolved { host, addresses, took } => {
                attempt.resolved.push(Resolved { host: host.to_owned(), addresses: addresses.to_vec(), took });
            }
            Event::ConnectFailed { address, why } => attempt.unreachable.push((address, why.to_owned())),
            Event::Connected { address, took } => attempt.connected = Some((address, took)),
            Event::Tunnelled { target, .. } => {
                attempt.tunnelled = Some(target.to_owned());
                // What the proxy showed for itself is not the realm's.
                (attempt.certificates, attempt.authority, attempt.secured) = (Vec::new(), None, None);
            }
            Event::Certificate { subject, hosts, issuer, not_before, not_after } => {
                attempt.certificates.push(SeenCertificate {
                    subject: subject.to_owned(),
                    hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
                    issuer: issuer.to_owned(),
                    not_before,
                    not_after,
                });
            }
            Event::Authority { name } => attempt.authority = Some(name.to_owned()),
            Event::Secured { version, cipher, took, .. } => {
                let (version, cipher) = (version.to_owned(), cipher.to_owned());
                attempt.secured = Some(Secured { version, cipher, took });
            }
            Event::Answered { status, bytes, first_byte, took, date } => {
                // The head came before the body: then its `Date` was compared with.
                let clocks = date.and_then(|date| Some((date, clock::wall().checked_sub(took - first_byte)?)));
                attempt.answered = Some(Answered { status, bytes, first_byte, took, clocks });
            }
            _ => {}
        }
    }
}
