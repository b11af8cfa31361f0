//! The words of `doctor`: what it finds, why it skips a step, and its verdict.

use std::time::Duration;

use super::local::reason;
use super::of_step_error;
use super::settings::no_cache;
use crate::base::duration::in_words;
use crate::cli::message::finding::{Finding, Found, Mistake, Skipped};
use crate::cli::settings::NoCache;
use crate::oauth::issuer::Issuer;

/// For a request that fails without a hint of its own, and is not one of TLS.
pub const HTTPS_PORT: &str = "is that an https port? then --issuer begins with https://";

/// What is wrong, and the hint.
pub fn finding(finding: Finding<'_>) -> (String, String) {
    let (what, hint) = match finding {
        Finding::Mistake(of, origin, Mistake::Unexpanded) => (
            format!(
                "the {of} ({origin}) looks like a reference that nothing has expanded, as `$NAME` or `${{{{ … }}}}`"
            ),
            "have the shell or the CI system expand it: in single quotes, and in a file, nothing does",
        ),
        Finding::Mistake(of, origin, Mistake::Quoted) => (
            format!("the {of} ({origin}) stands in quotation marks, which are a part of it"),
            "leave them out: dotenv files, `docker --env-file` and YAML do not all take them away",
        ),
        Finding::Mistake(of, origin, Mistake::Blank) => (
            format!("the {of} ({origin}) begins or ends with a blank"),
            "take the blank away, unless it was given out so",
        ),
        Finding::EmptyVariable(name) => {
            let hint = format!("give {name} a value or unset it: a CI secret that is missing expands to nothing");
            return (format!("{name} is set but empty, which counts as not set"), hint);
        }
        Finding::UnreadVariable(name, nearest) => {
            let other = "unset it, or look at its name: `catena-token --help` has all of them".into();
            let hint = nearest.map_or(other, |nearest| format!("did you mean {nearest}?"));
            return (format!("nothing reads the variable {name}"), hint);
        }
        Finding::UnusedSecret(name) => {
            let what = format!("there is a client secret in {name} as well, and it is not used");
            return (what, format!("unset {name}, if the other one is meant"));
        }
        Finding::Warned(text) => (text.into(), ""),
        Finding::NoRealmInIssuer => {
            let hint = format!("check --issuer; Catena's is {}", Issuer::default().as_str());
            return ("the issuer does not end in `/realms/NAME`, as a Keycloak's does".into(), hint);
        }
        Finding::SecretIsId(origin) => {
            let what = format!("the client secret ({origin}) is the same text as the client id");
            return (what, format!("put the secret, and not the id, into {origin}"));
        }
        Finding::Swapped(origin) => {
            let hint = format!("are --client-id or CATENA_CLIENT_ID and {origin} swapped?");
            return ("the client id looks like a secret, and the secret like a client id".into(), hint);
        }
        Finding::ShortSecret(origin, length) => {
            let s = if length == 1 { "" } else { "s" };
            (
                format!("the client secret ({origin}) has only {length} character{s}, and a Keycloak makes 32"),
                "is it the whole secret? Whoever steals a kept token could guess a short one: have a long one made, \
                 or use --no-cache",
            )
        }
        Finding::OpenSecretFile(origin, mode, path) => {
            let (who, mend) = match mode {
                mode if mode & 0o002 != 0 => ("other users of this machine can change", "600"),
                mode if mode & 0o004 != 0 => ("other users of this machine can read", "600"),
                _ => ("the group can change", "g-w"),
            };
            let what = format!("{who} the file of {origin} (mode {mode:04o})");
            return (what, format!("`chmod {mend} {}`", path.display()));
        }
        Finding::CertificateEnds(left) => (
            format!("a certificate of the server ends in {}", in_words(left)),
            "the server's owner must renew it in time",
        ),
        Finding::NoDiscovery(error) => {
            let words = of_step_error(error);
            return (words.text, words.hint);
        }
        Finding::Undocumented(member) => {
            (format!("the discovery document names no {member}"), "check --issuer: is it a realm?")
        }
        Finding::OtherIssuer(theirs, ours) => (
            format!(
                "the realm calls itself `{theirs}`, and --issuer is `{ours}`: an API that expects the one refuses \
                 tokens that name the other"
            ),
            "if that is its right name, and on a host that you know, give that by --issuer; else have the server's \
             hostname setting mended",
        ),
        Finding::OtherTokenEndpoint(url) => (
            format!("the realm's token endpoint is on another origin than --issuer: `{url}`"),
            "ask the realm's administrator about its hostname setting, or which --issuer is meant",
        ),
        Finding::Clock(apart, is_ahead) => (
            format!(
                "this machine's clock is {}: what checks tokens or certificates by it takes good ones for expired or \
                 not valid yet",
                clock(apart, is_ahead)
            ),
            "set this machine's clock (NTP, `timedatectl`), or have the server's set",
        ),
        Finding::NoLifetime => (
            "the answer does not say how long the token lives: it is printed and never kept, so that each call asks"
                .into(),
            "ask the realm's administrator for tokens with a lifetime",
        ),
        Finding::TokenOfOtherIssuer(theirs, ours) => (
            format!("the token names the issuer `{theirs}`, and --issuer is `{ours}`"),
            "if that is the realm's right name, and on a host that you know, give that by --issuer: an API may \
             compare the two",
        ),
        Finding::TokenOfOtherClient(client) => {
            (format!("the token is for the client `{client}`, and --client-id is another one"), "check --client-id")
        }
        Finding::NoAccessToken => ("by its `typ` it is no access token".into(), "tell the realm's administrator"),
        Finding::TokenEnded => (
            "the token has ended already, by its own `exp` and this machine's clock".into(),
            "look at the step `clock`; if that is right, tell the realm's administrator: an API refuses the token",
        ),
        Finding::NoOrganisation(may_be_several) => (
            "the token names no organisation, which Catena's API needs to know".into(),
            if may_be_several {
                "try --scope 'organization:*': the service account may be in several organisations; else ask the \
                 realm's administrator, it may be in none, or the scope is not assigned to this client"
            } else {
                "ask the realm's administrator: the service account is in no organisation, or the scope \
                 `organization` is not assigned to this client"
            },
        ),
        Finding::NoCacheDirectory => {
            (no_cache(NoCache::NoHome), "name a directory with --cache-dir: each call asks for a token of its own")
        }
        Finding::OpenCache(mode, path) => {
            let what = format!("others can write to the cache directory (mode {mode:04o}), and take tokens out of it");
            return (what, format!("`chmod 700 {}`", path.display()));
        }
        Finding::NoRoom(path, error) => (
            format!("no token can be kept in `{}`: {}", path.display(), reason(error)),
            "--cache-dir names another place, --no-cache does without",
        ),
        Finding::NoLocks(error) => (
            format!("files cannot be locked in the cache: {}: processes that start together each ask", reason(error)),
            "--cache-dir names a place on another file system",
        ),
    };
    (what, hint.into())
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
        Skipped::NoTime => "no time of --timeout was left",
        Skipped::NoTimeForDiscovery => "no time of --timeout was left for it",
        Skipped::NoBundle => "a plain http issuer has no certificate",
        Skipped::NoTls => "plain http, on this host",
        Skipped::Address => "the host is an address",
        Skipped::ProxyResolves(host) => {
            return format!("the proxy is given by its address, and looks for `{host}` itself");
        }
        Skipped::AskedLast => "nobody is asked for it before the rest is there",
        Skipped::NoTimestamp => "no answer has a `Date`, and there is no token that says when it was issued",
        Skipped::NoCache(why) => return no_cache(why),
    };
    why.into()
}

/// The one thing to mend, and the steps whose warnings may be its cause.
pub fn verdict(failed: Option<(&str, &Found)>, warnings: &[&str], is_offline: bool) -> String {
    let steps = warnings.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match failed {
        Some((name, Found { exit, what, hint })) => {
            let code = exit.unwrap_or(0);
            let hint = if hint.is_empty() { String::new() } else { format!("hint: {hint}\n") };
            let first = if steps.is_empty() { steps } else { format!("look first at the warnings of {steps}\n") };
            format!("\na call for a new token fails at `{name}`, exit code {code}: {what}\n{hint}{first}")
        }
        None if !steps.is_empty() => format!("\nnothing stops a call, but see the warnings of {steps}\n"),
        None if is_offline => "\nnothing is wrong here, and nobody was asked\n".into(),
        None => "\nnothing is wrong\n".into(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_finding_depends_on_what_was_seen() {
        let file = |mode| Finding::OpenSecretFile("--client-secret-file", mode, Path::new("/s"));
        for (found, what, hint) in [
            (
                Finding::Mistake("client id", "CATENA_CLIENT_ID", Mistake::Unexpanded),
                "the client id (CATENA_CLIENT_ID) looks like a reference that nothing has expanded, as `$NAME` or \
                 `${{ … }}`",
                "have the shell",
            ),
            (
                Finding::ShortSecret("typed", 1),
                "the client secret (typed) has only 1 character, and",
                "is it the whole",
            ),
            (
                Finding::ShortSecret("typed", 2),
                "the client secret (typed) has only 2 characters, and",
                "is it the whole",
            ),
            (
                file(0o606),
                "other users of this machine can change the file of --client-secret-file (mode 0606)",
                "`chmod 600 /s`",
            ),
            (file(0o664), "other users of this machine can read the file", "`chmod 600 /s`"),
            (file(0o660), "the group can change the file", "`chmod g-w /s`"),
            (
                Finding::Clock(Duration::from_millis(59_600), true),
                "this machine's clock is 1 min ahead of the server's:",
                "set",
            ),
        ] {
            let words = finding(found);
            assert!(words.0.starts_with(what) && words.1.starts_with(hint), "{words:?}");
        }
    }

    #[test]
    fn a_verdict_names_the_step_that_fails_and_those_to_look_at() {
        let found = Found { exit: Some(3), what: "no secret".into(), hint: "give one".into() };
        assert_eq!(
            verdict(Some(("secret", &found)), &["settings", "issuer"], false),
            "\na call for a new token fails at `secret`, exit code 3: no secret\nhint: give one\n\
             look first at the warnings of `settings`, `issuer`\n"
        );
        assert_eq!(verdict(None, &[], true), "\nnothing is wrong here, and nobody was asked\n");
        assert_eq!(verdict(None, &[], false), "\nnothing is wrong\n");
    }
}
