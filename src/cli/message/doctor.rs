//! The words of `doctor`: why it skips a step, and its verdict.

use std::time::Duration;

use super::shown::no_cache;
use crate::base::duration::in_words;
use crate::cli::settings::NoCache;

/// Why a step is skipped.
///
/// - `NoBundle` and `NoTls`: the issuer is plain http.
/// - `ProxyResolves`: the proxy, itself given by its address, resolves this host.
/// - `AskedLast`: the user is prompted for the secret only once everything else works.
#[derive(Clone, Copy)]
pub enum Skipped<'a> {
    NotReached,
    Offline,
    NoTime,
    NoBundle,
    NoTls,
    Address,
    ProxyResolves(&'a str),
    AskedLast,
    NoTimestamp,
    TokenUrl,
    NoCache(NoCache),
}

/// A warning or a failure, in words.
pub struct Found {
    /// The exit code of a call because of it; `None` for a warning.
    pub exit: Option<u8>,
    pub what: String,
    /// What to do; empty if `what` says it.
    pub hint: String,
}

/// Where this machine's clock is.
pub fn clock(apart: Duration, is_ahead: bool) -> String {
    let rounded = Duration::from_secs_f64(apart.as_secs_f64().round());
    format!("{} {} the server's", in_words(rounded), if is_ahead { "ahead of" } else { "behind" })
}

pub fn skipped(why: Skipped<'_>) -> String {
    let why = match why {
        Skipped::NotReached => "not reached",
        Skipped::Offline => "--offline",
        Skipped::NoTime => "no time left (--timeout)",
        Skipped::NoBundle => "a plain http issuer has no certificate",
        Skipped::NoTls => "plain http to localhost",
        Skipped::Address => "the host is an IP address",
        Skipped::ProxyResolves(host) => {
            return format!("the proxy is given by IP address, and resolves '{host}' itself");
        }
        Skipped::AskedLast => "prompted for only if all other steps succeed",
        Skipped::NoTimestamp => "no response has a 'Date', and no token has an 'iat'",
        Skipped::TokenUrl => "--token-url names the token endpoint",
        Skipped::NoCache(why) => return no_cache(why),
    };
    why.into()
}

/// The one thing to fix, and the steps whose warnings may be its cause.
pub fn verdict(failed: Option<(&str, &Found)>, warnings: &[&str], is_offline: bool) -> String {
    let untested = if is_offline { "; the network was not tested" } else { "" };
    let steps = warnings.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    match failed {
        Some((name, Found { exit, what, hint })) => {
            let code = exit.unwrap_or(0);
            let hint = if hint.is_empty() { String::new() } else { format!("hint: {hint}\n") };
            let first = if steps.is_empty() { steps } else { format!("check these warnings first: {steps}\n") };
            format!("a token request fails at '{name}' (exit code {code}): {what}\n{hint}{first}")
        }
        None if !steps.is_empty() => format!("no errors, but warnings in {steps}{untested}\n"),
        None => format!("no problem found{untested}\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_names_the_step_that_fails_and_those_to_look_at() {
        let found = Found { exit: Some(3), what: "no secret".into(), hint: "give one".into() };
        assert_eq!(
            verdict(Some(("secret", &found)), &["settings", "issuer"], false),
            "a token request fails at 'secret' (exit code 3): no secret\nhint: give one\n\
             check these warnings first: 'settings', 'issuer'\n"
        );
        assert_eq!(verdict(None, &[], true), "no problem found; the network was not tested\n");
        assert_eq!(verdict(None, &[], false), "no problem found\n");
    }
}
