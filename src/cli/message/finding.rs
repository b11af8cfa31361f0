//! What is found, and why a step is skipped, as data. Texts of a server are quoted already.

use std::io;
use std::path::Path;
use std::time::Duration;

use crate::cli::settings::NoCache;
use crate::token::source::TokenError;

/// Something to mend that stops no call. The first text of what is wrong with a secret is where that came from.
///
/// - `Mistake`: of the client id or the client secret, and where that came from.
/// - `UnreadVariable`: with the one that may have been meant.
/// - `OtherIssuer` and `TokenOfOtherIssuer`: theirs, then ours.
/// - `Undocumented`: what the discovery document does not name.
/// - `Clock`: how far it is off, and whether it is ahead.
/// - `NoOrganisation`: whether there may be several.
pub enum Finding<'a> {
    Mistake(&'static str, &'a str, Mistake),
    EmptyVariable(&'a str),
    UnreadVariable(&'a str, Option<&'a str>),
    UnusedSecret(&'a str),
    Warned(&'a str),
    NoRealmInIssuer,
    SecretIsId(&'a str),
    Swapped(&'a str),
    ShortSecret(&'a str, usize),
    OpenSecretFile(&'a str, u32, &'a Path),
    CertificateEnds(Duration),
    NoDiscovery(&'a TokenError),
    Undocumented(&'static str),
    OtherIssuer(&'a str, &'a str),
    OtherTokenEndpoint(&'a str),
    Clock(Duration, bool),
    NoLifetime,
    TokenOfOtherIssuer(&'a str, &'a str),
    TokenOfOtherClient(&'a str),
    NoAccessToken,
    TokenEnded,
    NoOrganisation(bool),
    NoCacheDirectory,
    OpenCache(u32, &'a Path),
    NoRoom(&'a Path, &'a io::Error),
    NoLocks(&'a io::Error),
}

/// A common copy-and-paste mistake. `Unexpanded`: a reference, as `$NAME` or `${{ … }}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    Unexpanded,
    Quoted,
    Blank,
}

/// - `NoBundle` and `NoTls`: the issuer is plain http.
/// - `ProxyResolves`: this host, and the proxy itself is given by its address.
/// - `AskedLast`: a person is asked for the secret when everything else is there.
#[derive(Clone, Copy)]
pub enum Skipped<'a> {
    NotReached,
    Offline,
    NoTime,
    NoTimeForDiscovery,
    NoBundle,
    NoTls,
    Address,
    ProxyResolves(&'a str),
    AskedLast,
    NoTimestamp,
    NoCache(NoCache),
}

/// A warning or a failure, in words.
pub struct Found {
    /// The exit code of a call because of it; `None` for a warning.
    pub exit: Option<u8>,
    pub what: String,
    /// What to do; empty where `what` says it.
    pub hint: String,
}
