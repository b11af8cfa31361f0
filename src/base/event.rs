//! Events on the way to a token, as typed data.
//!
//! The acting code emits them and `cli::report` installs the only sink, so `-v` and `doctor` see the same events.
//! No event holds a secret, a token, or the name of a cached token's file, which has a tag of the secret. Only
//! [`Level::Examined`] events hold unredacted text from a server.

use std::error::Error;
use std::fmt::Display;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use crate::base::clock::Deadline;

/// How much a sink receives; each level includes those before it.
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
    /// For `doctor` only, which redacts the server's text.
    Examined,
}

/// What happened.
///
/// - `Setting` is never the secret.
/// - `Resolved`: `took` is `None` if no DNS lookup was needed.
/// - `ConnectFailed`: `why` is `None` if the address timed out or another one was faster.
/// - `Certificate`: unverified, the server's own first. Its names and the `Authority`'s are raw text from the server.
/// - `Answered`: `first_byte` and `took` include connecting; `date` is the server's clock.
/// - `Retrying`: the HTTP status, or why there is no response.
/// - `Awaiting`: a wait or its next step, for a terminal; the first has the deadline of the call.
/// - `Shared`: another process's wait, or its failure, which this process adopts.
/// - `SharedHit`, `SharedMiss`, `SharedStored`: of the cache that machines share.
pub enum Event<'a> {
    Warning(Warning<'a>),
    Setting { name: &'a str, value: &'a str, origin: &'a str },
    ProxyChosen { proxy: &'a str, origin: &'a str },
    Direct { why: &'a str },
    TrustRead { path: &'a str, certificates: usize },
    Resolved { host: &'a str, addresses: &'a [IpAddr], took: Option<Duration> },
    ConnectFailed { address: SocketAddr, why: Option<&'a io::Error> },
    Connected { address: SocketAddr, took: Duration },
    Tunnelled { proxy: &'a str, target: &'a str },
    Certificate { subject: &'a str, hosts: &'a [&'a str], issuer: &'a str, not_before: Date, not_after: Date },
    Authority { name: &'a str },
    Secured { host: &'a str, version: &'a str, cipher: &'a str, took: Duration },
    Answered { status: u16, bytes: usize, first_byte: Duration, took: Duration, date: Option<SystemTime> },
    Retrying { why: Result<u16, AnyError<'a>>, after: Duration, left: u32 },
    CacheHit { left: Duration },
    CacheMiss { why: AnyError<'a> },
    WithoutCache { why: AnyError<'a> },
    Waiting,
    Awaiting(Step<'a>, Option<Deadline>),
    WaitEnds,
    Shared { wait: Option<Duration> },
    SharedHit { store: &'a dyn Display, left: Duration },
    SharedMiss { store: &'a dyn Display },
    SharedStored { store: &'a dyn Display },
    WaitingForFleet,
    Stored { directory: &'a Path },
    Remembered { lifetime: Duration },
    TokenReceived { characters: usize, lifetime: Option<Duration>, scope: &'a str },
    Discovered { token: &'a str, is_elsewhere: bool },
    AssertionReceived { characters: usize },
    Revoking { client: Option<&'a str>, issuer: &'a str },
    KeysReceived { count: usize },
    Starting { command: &'a str, left: Option<Duration> },
    NoPlace { why: AnyError<'a> },
    TokenInFile { file: &'a str, left: Option<Duration>, due: Duration },
    NotRenewed { file: &'a str, left: Duration, pause: Duration, why: AnyError<'a> },
    NoTokenInFile { file: &'a str, why: AnyError<'a> },
}

/// What a call waits for; hosts are from settings.
#[derive(Clone, Copy)]
pub enum Step<'a> {
    Lookup(&'a str),
    Connection(&'a dyn Display),
    Handshake(&'a str),
    Tunnel(&'a dyn Display),
    Answer(&'a str),
    OtherProcess,
    OtherMachine,
    Retry { at: Deadline, is_asked: bool },
}

/// The wait ends when this is dropped.
#[must_use]
pub struct WaitGuard(());

impl WaitGuard {
    pub fn until(timeout: Deadline, step: Step<'_>) -> Self {
        emit(Event::Awaiting(step, Some(timeout)));
        Self(())
    }
}

impl Drop for WaitGuard {
    fn drop(&mut self) {
        emit(Event::WaitEnds);
    }
}

/// An error type that this module does not know.
pub type AnyError<'a> = &'a (dyn Error + 'static);

/// A problem that does not stop the call.
///
/// - `EmptyIssuer`, `EmptyTokenUrl`, `EmptyProfile`: the variable is set but empty. The secret goes to the default realm,
///   to the issuer's endpoint, or where the top level of the configuration file says.
/// - `NotShared`: the secret has too few bytes for a cache that others can read.
/// - `TokenMayBeRevoked`: its cached copy was deleted.
/// - `NotKnown`: tokens that the server does not know, and the expiry of the last one.
/// - `Sealed`: cached tokens that the secret does not open.
#[derive(Clone, Copy)]
pub enum Warning<'a> {
    Error(AnyError<'a>),
    EmptyIssuer { default: &'a str },
    EmptyTokenUrl { issuer: &'a str },
    EmptyProfile,
    SecretInArguments,
    TokenInArguments,
    LockHeld { holder: Option<u32> },
    LeaseHeld,
    NotShared { length: usize },
    PasswordInArguments,
    SharedNotCleared,
    NotStored(AnyError<'a>),
    NoRenewal(&'a io::Error),
    FileNotInMemory(&'a Path),
    ManagerNotTold(&'a io::Error),
    TokenMayBeRevoked { expires: Date },
    NotAskedAbout(usize),
    NotKnown { count: usize, last: Date },
    NothingLookedFor,
    Sealed(usize),
}

/// A bound of a certificate's or a token's validity; `None` if it cannot be read.
pub type Date = Option<SystemTime>;

pub type Sink = Box<dyn Fn(&Event<'_>) + Send + Sync>;

static SINK: OnceLock<(Level, Sink)> = OnceLock::new();

/// Sends events up to `level` to `sink`. Later calls have no effect.
pub fn install(level: Level, sink: Sink) {
    let _ = SINK.set((level, sink));
}

pub fn level() -> Level {
    SINK.get().map_or(Level::Quiet, |(level, _)| *level)
}

/// Whether steps are printed; check it before building a costly event.
pub fn is_enabled() -> bool {
    level() >= Level::Steps
}

pub fn emit(event: Event<'_>) {
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
            Self::Warning(_) | Self::Awaiting(..) | Self::WaitEnds => Level::Warnings,
            Self::Starting { .. } | Self::NoPlace { .. } | Self::TokenInFile { .. } | Self::NotRenewed { .. } => {
                Level::Outcomes
            }
            Self::Setting { .. } | Self::TrustRead { .. } | Self::Resolved { .. } | Self::Direct { .. } => {
                Level::Details
            }
            Self::Certificate { .. } | Self::Authority { .. } => Level::Examined,
            _ => Level::Steps,
        }
    }
}
