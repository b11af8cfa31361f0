//! The lines of `-v`: what happened.

use std::io;
use std::time::Duration;

use super::local::{self, reason};
use super::settings::no_cache;
use super::{http, of, of_token_error, revoke};
use crate::base::clock;
use crate::base::duration::display;
use crate::base::event::{AnyError, Event, Warning};

pub fn text(event: &Event<'_>) -> String {
    match *event {
        Event::Warning(it) => format!("warning: {}", warning(it)),
        Event::Setting { name, value, origin } => format!("{name} is `{value}` ({origin})"),
        Event::ProxyChosen { proxy, origin } => format!("going through the proxy {proxy} ({origin})"),
        Event::Direct { why } => format!("going without a proxy: {why}"),
        Event::TrustRead { path, certificates } => format!("certificates in the CA bundle `{path}`: {certificates}"),
        Event::Resolved { host, addresses, took: Some(took) } => {
            format!("`{host}` is {addresses:?} (asked for {})", millis(took))
        }
        Event::Resolved { host, addresses, took: None } => format!("`{host}` is {addresses:?} (not asked for)"),
        Event::ConnectFailed { address, why } => format!("no connection to {address}: {}", no_connection(why)),
        Event::Connected { address, took } => format!("connected to {address} in {}", millis(took)),
        Event::Tunnelled { proxy, target } => format!("the proxy {proxy} connected us to {target}"),
        Event::Certificate { .. } | Event::Authority { .. } => String::from("a certificate was shown"),
        Event::Secured { host, version, cipher, took } => {
            format!("`{host}` is genuine: {version}, {cipher}, in {}", millis(took))
        }
        Event::Answered { status, bytes, took, .. } => format!("HTTP {status}, {bytes} bytes in {}", millis(took)),
        Event::Retrying { why, after, left } => {
            let why = why.map_or_else(error, |status| format!("HTTP {status}"));
            let left = if left == 0 { "for the last time".to_owned() } else { format!("{left} more after that") };
            format!("trying again in {}, {left}: {why}", display(after))
        }
        Event::CacheHit { left } => format!("the kept token is used, it lives {}", display(left)),
        Event::CacheMiss { why } => format!("no kept token is used: {}", error(why)),
        Event::WithoutCache { why } => error(why),
        Event::Waiting => String::from("another process is asking for this token: waiting for it"),
        Event::Shared { wait: None } => String::from("another process has met a failure that this one would meet, too"),
        Event::Shared { wait: Some(time) } => {
            format!("another process has been asked to wait: waiting for {}", display(time))
        }
        Event::Stored { file } => format!("kept, sealed, in `{file}`"),
        Event::Remembered { lifetime } => format!("the kernel's keyring remembers the key for {}", display(lifetime)),
        Event::TokenReceived { characters, lifetime, scope } => {
            let granted =
                if scope.is_empty() { "no scope is named".into() } else { format!("granted scope `{scope}`") };
            format!("token of {characters} characters, {}, {granted}", life(lifetime))
        }
        Event::Revoking { client, issuer } => format!("revoking a token as `{client}` at {issuer}"),
        Event::KeysReceived { count } => format!("the realm's keys: {count}"),
        Event::Starting { command, left } => format!("starting `{command}`: its token {}", life(left)),
        Event::TokenInFile { file, left, due } => {
            format!("the token in `{file}` {}, the next one is asked for in {}", life(left), display(due))
        }
        Event::NotRenewed { file, left, pause, why } => {
            let (left, pause, why) = (display(left), display(pause), error(why));
            format!("the token in `{file}` lives {left} and is not renewed yet, trying again in {pause}: {why}")
        }
        Event::NoTokenInFile { file, why } => {
            format!("error: no token in `{file}` is known to be valid: {}", error(why))
        }
    }
}

pub fn warning(warning: Warning<'_>) -> String {
    match warning {
        Warning::Error(why) => error(why),
        Warning::SecretInArguments => readable("--client-secret", "use --client-secret-file or CATENA_CLIENT_SECRET"),
        Warning::TokenInArguments => readable("a token", "give - and the token on standard input"),
        Warning::LockHeld { holder } => {
            format!("{} has held the lock of this token for too long: going on without it", local::holder(holder))
        }
        Warning::NotStored(why) => error(why) + " (--cache-dir names another place, --no-cache does without)",
        Warning::NoRenewal(why) => format!("the token will not be renewed: {}", reason(why)),
        Warning::FileNotInMemory(path) => {
            format!("the token file is not in memory: `{}` (--token-file names a place)", path.display())
        }
        Warning::ManagerNotTold(why) => format!("the service manager at NOTIFY_SOCKET cannot be told: {}", reason(why)),
        Warning::TokenMayBeRevoked { expires } => {
            let until = expires.map(|expires| format!(": if it was not, it is valid until {}", clock::date(expires)));
            format!("the kept token was deleted, as it may have been revoked{}", until.unwrap_or_default())
        }
        Warning::NotAskedAbout(count) => format!("kept tokens that were not asked about: {count}"),
        Warning::NotKnown { count, last } => {
            let which = if count == 1 { "the token".to_owned() } else { format!("{count} of the tokens") };
            format!("this server does not know {which}{}", revoke::offline(count, last))
        }
        Warning::NothingLookedFor => "nothing is revoked: no kept tokens are looked for here, and none is given".into(),
        Warning::Sealed(count) => format!("nothing is revoked: another secret opens the cached ones ({count})"),
    }
}

fn readable(what: &str, instead: &str) -> String {
    format!("other users of this machine can read {what} in the list of processes: {instead}")
}

pub fn no_connection(why: Option<&io::Error>) -> String {
    why.map_or_else(|| "no answer".to_owned(), reason)
}

/// An error of any room, without its hint.
fn error(error: AnyError<'_>) -> String {
    let words = [
        error.downcast_ref().map(|error| of(error).text),
        error.downcast_ref().map(|error| of_token_error(error).text),
        error.downcast_ref().map(|error| local::file(error).text),
        error.downcast_ref().map(|error| local::cache(error).text),
        error.downcast_ref().map(http::text),
        error.downcast_ref().map(local::miss),
        error.downcast_ref().map(local::keyring_error),
        error.downcast_ref().map(|why| no_cache(*why)),
    ];
    words.into_iter().flatten().next().unwrap_or_default()
}

/// Of a token.
pub fn life(left: Option<Duration>) -> String {
    left.map_or("has no known lifetime".to_owned(), |left| format!("lives {}", display(left)))
}

fn millis(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::error::Error;
    use crate::cli::settings::NoCache;
    use crate::http::{HttpError, Kind, Phase};
    use crate::token::cache::keyring::KeyringError;
    use crate::token::cache::{CacheError, Miss};
    use crate::token::file::{FileError, PlaceProblem};

    #[test]
    fn every_error_in_an_event_has_its_words() {
        let full = || io::Error::from_raw_os_error(28);
        let unwritten = || FileError::NotWritten("/f".into(), PlaceProblem::System(full()));
        for (why, words) in [
            (&Error::File(unwritten()) as AnyError<'_>, "cannot write the token file `/f`: no space left on device"),
            (&unwritten(), "cannot write the token file `/f`: no space left on device"),
            (&CacheError::NotStored("/c".into(), full()), "no token is kept in `/c`: no space left on device"),
            (&CacheError::NoLocks(full()), "files cannot be locked here: no space left on device"),
            (&Miss::TooShort(Duration::from_millis(20_900)), "the kept one lives only 20s"),
            (&Miss::Keyring(KeyringError::QuotaUsedUp), "the kernel's keyring remembers nothing: its quota is used up"),
            (&KeyringError::NotAllowed, "the kernel's keyring remembers nothing: it may not be used here"),
            (&NoCache::NoHome, "tokens are not kept: neither HOME nor --cache-dir says where"),
        ] {
            assert_eq!(error(why), words);
        }
        assert!(!error(&HttpError { phase: Phase::Send, peer: String::new(), kind: Kind::Closed }).is_empty());
    }
}
