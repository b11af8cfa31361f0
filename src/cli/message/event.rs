//! The lines of `-v`.

use std::io;
use std::time::Duration;

use super::local::{self, reason};
use super::shown::no_cache;
use super::{http, of, of_token_error, revoke, store};
use crate::base::clock;
use crate::base::duration::display;
use crate::base::event::{AnyError, Event, Step, Warning};

pub fn text(event: &Event<'_>) -> String {
    match *event {
        Event::Warning(it) => format!("warning: {}", warning(it)),
        Event::Setting { name, value, origin } => {
            format!("{name}: {} ({origin})", if value.is_empty() { "none" } else { value })
        }
        Event::ProxyChosen { proxy, origin } => format!("using the proxy {proxy} ({origin})"),
        Event::Direct { why } => format!("no proxy: {why}"),
        Event::TrustRead { path, certificates } => {
            format!("loaded the CA bundle '{path}' (certificates: {certificates})")
        }
        Event::Resolved { host, addresses, took: Some(took) } => {
            format!("resolved '{host}' to {addresses:?} in {}", millis(took))
        }
        Event::Resolved { host, addresses, took: None } => format!("'{host}' is {addresses:?} (no DNS lookup)"),
        Event::ConnectFailed { address, why } => format!("cannot connect to {address}: {}", no_connection(why)),
        Event::Connected { address, took } => format!("connected to {address} in {}", millis(took)),
        Event::Tunnelled { proxy, target } => format!("tunnel to {target} through the proxy {proxy}"),
        Event::Certificate { .. } | Event::Authority { .. } => String::from("received a certificate"),
        Event::Secured { host, version, cipher, took } => {
            format!("TLS session with '{host}': {version}, {cipher}, in {}", millis(took))
        }
        Event::Answered { status, bytes, took, .. } => format!("HTTP {status}, {bytes} bytes in {}", millis(took)),
        Event::Retrying { why, after, left } => {
            let why = why.map_or_else(error, |status| format!("HTTP {status}"));
            format!("retrying in {} (retries left after that: {left}): {why}", display(after))
        }
        Event::CacheHit { left } => format!("using the cached token, valid for {}", display(left)),
        Event::CacheMiss { why } => format!("cache miss: {}", error(why)),
        Event::WithoutCache { why } | Event::NoPlace { why } => error(why),
        Event::Waiting => String::from("another process is requesting this token: waiting for it"),
        Event::Awaiting(Step::Lookup(host), _) => format!("looking up {host}"),
        Event::Awaiting(Step::Connection(peer), _) => format!("connecting to {peer}"),
        Event::Awaiting(Step::Handshake(host), _) => format!("TLS handshake with {host}"),
        Event::Awaiting(Step::Tunnel(proxy), _) => format!("waiting for the proxy {proxy}"),
        Event::Awaiting(Step::Answer(host), _) => format!("waiting for {host}"),
        Event::Awaiting(Step::OtherProcess, _) => String::from("waiting for another process's request"),
        Event::Awaiting(Step::OtherMachine, _) => String::from("waiting for another machine's request"),
        Event::Awaiting(Step::Retry { is_asked: true, .. }, _) => {
            String::from("the server requested a delay, retrying")
        }
        Event::Awaiting(Step::Retry { .. }, _) => String::from("retrying"),
        Event::WaitEnds => String::new(),
        Event::Shared { wait: None } => {
            String::from("another process's request failed, and this one would fail the same way")
        }
        Event::Shared { wait: Some(time) } => {
            format!("the server requested a delay from another process: waiting for {}", display(time))
        }
        Event::SharedHit { store, left } => {
            format!("using the token in the shared cache at {store}, valid for {}", display(left))
        }
        Event::SharedMiss { store } => format!("the shared cache at {store} has no token to use"),
        Event::SharedStored { store } => format!("stored the token, encrypted, in the shared cache at {store}"),
        Event::WaitingForFleet => String::from("another machine is requesting this token: waiting for it"),
        Event::Stored { directory } => format!("cached the token, encrypted, in '{}'", directory.display()),
        Event::Remembered { lifetime } => format!("the kernel keyring remembers the key for {}", display(lifetime)),
        Event::TokenReceived { characters, lifetime, scope } => {
            let granted =
                if scope.is_empty() { "no scope in the response".into() } else { format!("granted scope '{scope}'") };
            format!("received a token of {characters} characters: it {}, {granted}", life(lifetime))
        }
        Event::Discovered { token, is_elsewhere } => {
            let elsewhere = if is_elsewhere { " (on another host than the issuer)" } else { "" };
            format!("discovered the token endpoint {token}{elsewhere}")
        }
        Event::AssertionReceived { characters } => {
            format!("received a client assertion of {characters} characters from the runner")
        }
        Event::Revoking { client, issuer } => format!(
            "revoking a token as {} at {issuer}",
            client.map_or("the assertion's client".into(), |id| format!("'{id}'"))
        ),
        Event::KeysReceived { count } => format!("received the realm's keys ({count})"),
        Event::Starting { command, left } => format!("starting '{command}': its token {}", life(left)),
        Event::TokenInFile { file, left, due } => {
            format!("the token in '{file}' {}, renewal in {}", life(left), display(due))
        }
        Event::NotRenewed { file, left, pause, why } => {
            let (left, pause, why) = (display(left), display(pause), error(why));
            format!("cannot renew the token in '{file}' (valid for {left}), retrying in {pause}: {why}")
        }
        Event::NoTokenInFile { file, why } => {
            format!("error: no valid token in '{file}', still trying: {}", error(why))
        }
    }
}

/// A wait at a terminal: what is awaited, the time to its end if that is known, and the time to `--timeout`.
pub fn wait(awaited: &str, left: Option<Duration>, timeout: Option<Duration>) -> String {
    let seconds = |left: Duration| display(Duration::from_secs(left.as_secs_f64().ceil() as u64));
    let end = left.map(|left| format!(" in {}", seconds(left))).unwrap_or_default();
    let timeout = timeout.map(|left| format!(" (times out in {})", seconds(left))).unwrap_or_default();
    format!("{awaited}{end}{timeout}")
}

pub fn warning(warning: Warning<'_>) -> String {
    match warning {
        Warning::Error(why) => error(why),
        Warning::EmptyIssuer { default } => {
            format!("CATENA_ISSUER is set but empty: using the default realm {default}")
        }
        Warning::EmptyProfile => "CATENA_PROFILE is set but empty, so no profile is used".into(),
        Warning::EmptyTokenUrl { issuer } => {
            format!("CATENA_TOKEN_URL is set but empty: using the token endpoint of {issuer}")
        }
        Warning::SecretInArguments => readable("--client-secret", "use --client-secret-file or CATENA_CLIENT_SECRET"),
        Warning::TokenInArguments => readable("a token", "pass '-', and the token on standard input"),
        Warning::LockHeld { holder } => {
            format!("{} has held the lock of this token for too long: continuing without it", local::holder(holder))
        }
        Warning::LeaseHeld => "another machine has been requesting this token for too long: continuing alone".into(),
        Warning::NotShared { length } => {
            format!(
                "the shared cache is not used: the secret has {length} bytes, and anyone who reads it could guess one of fewer than 16"
            )
        }
        Warning::SharedNotCleared => {
            "the shared cache was not cleared: this needs the client's id and secret in variables".into()
        }
        Warning::PasswordInArguments => {
            readable("the password in --cache", "use CATENA_CACHE_PASSWORD or CATENA_CACHE_PASSWORD_FILE")
        }
        Warning::NotStored(why) => error(why) + " (choose another directory with --cache-dir, or use --no-cache)",
        Warning::NoRenewal(why) => format!("the token will not be renewed: {}", reason(why)),
        Warning::FileNotInMemory(path) => {
            format!("the token file is on disk, not in memory: '{}' (choose a place with --token-file)", path.display())
        }
        Warning::ManagerNotTold(why) => format!("cannot notify the service manager at NOTIFY_SOCKET: {}", reason(why)),
        Warning::TokenMayBeRevoked { expires } => {
            let until = expires.map(|expires| format!(": if it was not, it is valid until {}", clock::date(expires)));
            format!("the cached token was deleted because it may have been revoked{}", until.unwrap_or_default())
        }
        Warning::NotAskedAbout(count) => format!("no revocation request sent for some cached tokens ({count})"),
        Warning::NotKnown { count, last } => {
            let which = if count == 1 { "the token".to_owned() } else { format!("{count} of the tokens") };
            format!("this server does not know {which}{}", revoke::offline(count, last))
        }
        Warning::NothingLookedFor => "nothing revoked: there is no cache, and no token was given".into(),
        Warning::Sealed(count) => {
            format!("nothing revoked: the cached tokens are encrypted with another secret ({count})")
        }
    }
}

fn readable(what: &str, instead: &str) -> String {
    format!("other users of this machine can read {what} in the process list: {instead}")
}

pub fn no_connection(why: Option<&io::Error>) -> String {
    why.map_or_else(|| "no answer".to_owned(), reason)
}

/// The text of an error of any module, without its hint.
fn error(error: AnyError<'_>) -> String {
    let words = [
        error.downcast_ref().map(|error| of(error).text),
        error.downcast_ref().map(|error| of_token_error(error).text),
        error.downcast_ref().map(|error| local::file(error).text),
        error.downcast_ref().map(|error| local::cache(error).text),
        error.downcast_ref().map(http::text),
        error.downcast_ref().map(store::text),
        error.downcast_ref().map(local::miss),
        error.downcast_ref().map(local::keyring_error),
        error.downcast_ref().map(|why| no_cache(*why)),
    ];
    words.into_iter().flatten().next().unwrap_or_default()
}

/// A token's remaining lifetime, as a predicate.
pub fn life(left: Option<Duration>) -> String {
    left.map_or("has no known lifetime".to_owned(), |left| format!("is valid for {}", display(left)))
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
    use crate::token::file::FileError;
    use crate::token::place::PlaceProblem;

    #[test]
    fn a_wait_says_for_what_and_how_long() {
        let seconds = Duration::from_secs_f64;
        let lookup = text(&Event::Awaiting(Step::Lookup("id.example.com"), None));
        assert_eq!(wait(&lookup, None, Some(seconds(26.1))), "looking up id.example.com (times out in 27s)");
        assert_eq!(wait("retrying", Some(seconds(60.0)), None), "retrying in 1m");
    }

    #[test]
    fn a_step_is_a_line() {
        let (address, no_thread) = ([127, 0, 0, 1].into(), io::Error::from_raw_os_error(11));
        for (event, line) in [
            (Event::Resolved { host: "h", addresses: &[address], took: None }, "'h' is [127.0.0.1] (no DNS lookup)"),
            (Event::Tunnelled { proxy: "http://p:1", target: "h:2" }, "tunnel to h:2 through the proxy http://p:1"),
            (Event::Authority { name: "a" }, "received a certificate"),
            (Event::Shared { wait: None }, "another process's request failed, and this one would fail the same way"),
            (
                Event::TokenReceived { characters: 3, lifetime: None, scope: "" },
                "received a token of 3 characters: it has no known lifetime, no scope in the response",
            ),
            (Event::KeysReceived { count: 2 }, "received the realm's keys (2)"),
            (
                Event::Warning(Warning::NoRenewal(&no_thread)),
                "warning: the token will not be renewed: resource temporarily unavailable",
            ),
            (
                Event::Warning(Warning::NotKnown { count: 2, last: None }),
                "warning: this server does not know 2 of the tokens: an API that checks tokens offline accepts them \
                 until they expire",
            ),
            (
                Event::Warning(Warning::SecretInArguments),
                "warning: other users of this machine can read --client-secret in the process list: use \
                 --client-secret-file or CATENA_CLIENT_SECRET",
            ),
        ] {
            assert_eq!(text(&event), line);
        }
    }

    #[test]
    fn every_error_in_an_event_has_its_words() {
        let full = || io::Error::from_raw_os_error(28);
        let unwritten = || FileError::NotWritten("/f".into(), PlaceProblem::System(full()));
        for (why, words) in [
            (&Error::File(unwritten()) as AnyError<'_>, "cannot write the token file '/f': no space left on device"),
            (&unwritten(), "cannot write the token file '/f': no space left on device"),
            (
                &CacheError::NotStored("/c".into(), full()),
                "cannot write to the token cache '/c': no space left on device",
            ),
            (&CacheError::NoLocks(full()), "cannot lock files in the cache directory: no space left on device"),
            (&Miss::TooShort(Duration::from_millis(20_900)), "the cached token is valid for only 20s"),
            (&Miss::Keyring(KeyringError::QuotaUsedUp), "cannot use the kernel keyring: its quota is exhausted"),
            (&Miss::NoKeyRemembered, "the kernel keyring has no key for this token"),
            #[cfg(target_os = "linux")]
            (&KeyringError::NoKeyring, "cannot use the kernel keyring: this system has none"),
            (&KeyringError::NotAllowed, "cannot use the kernel keyring: access is denied"),
            (&NoCache::NoHome, "no cache directory: none of --cache-dir, XDG_CACHE_HOME and HOME is set"),
        ] {
            assert_eq!(error(why), words);
        }
        assert!(!error(&HttpError { phase: Phase::Send, peer: String::new(), kind: Kind::Closed }).is_empty());
    }
}
