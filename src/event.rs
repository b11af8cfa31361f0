//! Events on the way to a token, as typed data.
//!
//! The code that acts reports it here, and `report` installs the only sink. So `-v` prints only what happened, and
//! `doctor` judges the same events. Without a sink an event costs a load and a branch.
//!
//! No event holds a secret or a token. Only [`Level::Examined`] events hold unredacted text from a server.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use crate::duration::display;

/// How much a sink receives; each level includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Errors only.
    Quiet,
    /// Problems that do not stop the call.
    Warnings,
    /// Results of a long-running command (`-v` there).
    Outcomes,
    /// The steps of the call (`-v`).
    Steps,
    /// Every setting, address and certificate file (`-vv`).
    Details,
    /// For `doctor` only, which redacts the server's text in them.
    Examined,
}

/// What happened.
///
/// - `Setting` is never the secret.
/// - `Resolved`: `took` is `None` if no look-up was needed.
/// - `Certificate` comes before it is verified, the server's own first, with some of its hosts. Its names and the
///   `Authority`'s are raw text of the server.
/// - `Answered`: `first_byte` and `took` include connecting; `date` is the server's clock, if it sends it.
/// - `NoTokenInFile` is an error that does not end `renew`, printed at every level.
pub enum Event<'a> {
    Warning(&'a str),
    Setting { name: &'a str, value: &'a str, origin: &'a str },
    ProxyChosen { proxy: &'a str, origin: &'a str },
    Direct { why: &'a str },
    TrustRead { path: &'a str, certificates: usize },
    Resolved { host: &'a str, addresses: &'a [IpAddr], took: Option<Duration> },
    ConnectFailed { address: SocketAddr, why: &'a str },
    Connected { address: SocketAddr, took: Duration },
    Tunnelled { proxy: &'a str, target: &'a str },
    Certificate { subject: &'a str, hosts: &'a [&'a str], issuer: &'a str, not_before: Date, not_after: Date },
    Authority { name: &'a str },
    Secured { host: &'a str, version: &'a str, cipher: &'a str, took: Duration },
    Answered { status: u16, bytes: usize, first_byte: Duration, took: Duration, date: Option<SystemTime> },
    Retrying { why: &'a str, after: Duration, left: u32 },
    CacheHit { left: Duration },
    CacheMiss { why: &'a str },
    WithoutCache { why: &'a str },
    Waiting,
    Shared { what: &'a str },
    Kept { file: &'a str },
    Remembered { lifetime: Duration },
    TokenReceived { characters: usize, lifetime: Option<Duration>, scope: &'a str },
    Revoking { client: &'a str, issuer: &'a str },
    KeysReceived { count: usize },
    Starting { command: &'a str, left: Option<Duration> },
    TokenInFile { file: &'a str, left: Option<Duration>, due: Duration },
    NotRenewed { file: &'a str, left: Duration, pause: Duration, why: &'a str },
    NoTokenInFile { state: &'a str, why: &'a str },
}

/// When a certificate begins or ends to be valid; `None` where that cannot be read.
pub type Date = Option<SystemTime>;

/// Receives the events.
pub type Sink = Box<dyn Fn(&Event<'_>) + Send + Sync>;

static SINK: OnceLock<(Level, Sink)> = OnceLock::new();

/// Sends events up to `level` to `sink`. Later calls have no effect.
pub fn install(level: Level, sink: Sink) {
    let _ = SINK.set((level, sink));
}

/// The sink's level.
pub fn level() -> Level {
    SINK.get().map_or(Level::Quiet, |(level, _)| *level)
}

/// Whether more than warnings are printed; check it before building a costly event.
pub fn is_heard() -> bool {
    level() >= Level::Steps
}

pub fn tell(event: Event<'_>) {
    if let Some((level, sink)) = SINK.get()
        && event.level() <= *level
    {
        sink(&event);
    }
}

impl Event<'_> {
    pub fn level(&self) -> Level {
        match self {
            Self::NoTokenInFile { .. } => Level::Quiet,
            Self::Warning(_) => Level::Warnings,
            Self::Starting { .. } | Self::TokenInFile { .. } | Self::NotRenewed { .. } => Level::Outcomes,
            Self::Setting { .. } | Self::TrustRead { .. } | Self::Resolved { .. } | Self::Direct { .. } => {
                Level::Details
            }
            Self::Certificate { .. } | Self::Authority { .. } => Level::Examined,
            _ => Level::Steps,
        }
    }
}

impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Warning(text) => write!(f, "warning: {text}"),
            Self::Setting { name, value, origin } => write!(f, "{name} is `{value}` ({origin})"),
            Self::ProxyChosen { proxy, origin } => write!(f, "going through the proxy {proxy} ({origin})"),
            Self::Direct { why } => write!(f, "going without a proxy: {why}"),
            Self::TrustRead { path, certificates } => {
                write!(f, "certificates in the CA bundle `{path}`: {certificates}")
            }
            Self::Resolved { host, addresses, took: Some(took) } => {
                write!(f, "`{host}` is {addresses:?} (asked for {})", millis(*took))
            }
            Self::Resolved { host, addresses, took: None } => write!(f, "`{host}` is {addresses:?} (not asked for)"),
            Self::ConnectFailed { address, why } => write!(f, "no connection to {address}: {why}"),
            Self::Connected { address, took } => write!(f, "connected to {address} in {}", millis(*took)),
            Self::Tunnelled { proxy, target } => write!(f, "the proxy {proxy} connected us to {target}"),
            Self::Certificate { .. } | Self::Authority { .. } => f.write_str("a certificate was shown"),
            Self::Secured { host, version, cipher, took } => {
                write!(f, "`{host}` is genuine: {version}, {cipher}, in {}", millis(*took))
            }
            Self::Answered { status, bytes, took, .. } => {
                write!(f, "HTTP {status}, {bytes} bytes in {}", millis(*took))
            }
            Self::Retrying { why, after, left } => {
                let left = match left {
                    0 => "for the last time".to_owned(),
                    left => format!("{left} more after that"),
                };
                write!(f, "trying again in {}, {left}: {why}", display(*after))
            }
            Self::CacheHit { left } => write!(f, "the kept token is used, it lives {}", display(*left)),
            Self::CacheMiss { why } => write!(f, "no kept token is used: {why}"),
            Self::WithoutCache { why } => write!(f, "{why}"),
            Self::Waiting => f.write_str("another process is asking for this token: waiting for it"),
            Self::Shared { what } => write!(f, "another process has {what}"),
            Self::Kept { file } => write!(f, "kept, sealed, in `{file}`"),
            Self::Remembered { lifetime } => {
                write!(f, "the kernel's keyring remembers the key for {}", display(*lifetime))
            }
            Self::TokenReceived { characters, lifetime, scope } => {
                let granted =
                    if scope.is_empty() { "no scope is named".into() } else { format!("granted scope `{scope}`") };
                write!(f, "token of {characters} characters, {}, {granted}", life(*lifetime))
            }
            Self::Revoking { client, issuer } => write!(f, "revoking a token as `{client}` at {issuer}"),
            Self::KeysReceived { count } => write!(f, "the realm's keys: {count}"),
            Self::Starting { command, left } => write!(f, "starting `{command}`: its token {}", life(*left)),
            Self::TokenInFile { file, left, due } => {
                write!(f, "the token in `{file}` {}, the next one is asked for in {}", life(*left), display(*due))
            }
            Self::NotRenewed { file, left, pause, why } => {
                let (left, pause) = (display(*left), display(*pause));
                write!(f, "the token in `{file}` lives {left} and is not renewed yet, trying again in {pause}: {why}")
            }
            Self::NoTokenInFile { state, why } => write!(f, "error: {state}: {why}"),
        }
    }
}

fn life(left: Option<Duration>) -> String {
    left.map_or("has no known lifetime".to_owned(), |left| format!("lives {}", display(left)))
}

fn millis(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}
