//! The settings by value: each from its flag, its variable and its default, without the process environment.
#![cfg(test)]

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::*;
use crate::base::duration::UnusableDuration;
use crate::base::secret::UnusableSecret;
use crate::cli::args::Cli;
use crate::cli::message;
use crate::credential::Place;
use crate::http::endpoint::UnusableUrl;
use crate::oauth::scope::UnusableScope;

/// What a command line and these variables come to.
fn settings<V: AsRef<OsStr>>(line: &[&str], variables: &[(&str, V)]) -> Settings {
    let own = |(name, value): &(&str, V)| ((*name).to_owned(), value.as_ref().to_owned());
    let variables: Vec<(String, OsString)> = variables.iter().map(own).collect();
    let words = std::iter::once("catena-token").chain(line.iter().copied());
    Settings::resolve_in(Cli::typed(words).options, &move |name| {
        variables.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone())
    })
}

const NONE: &[(&str, &str)] = &[];

/// The one error that a variable makes.
fn error_of(variable: &'static str, value: impl AsRef<OsStr>) -> SettingError {
    let all = [("CATENA_CLIENT_ID", OsStr::new("acme")), (variable, value.as_ref())];
    let settings = settings(&[], if variable == "CATENA_CLIENT_ID" { &all[1..] } else { &all });
    let errors: Vec<&SettingError> = settings.errors().collect();
    assert_eq!(errors.len(), 1, "{variable}: {errors:?}");
    errors[0].clone()
}

/// Each setting that has a flag and a variable, with two valid values and the default, all as they are shown.
#[test]
fn a_flag_wins_over_a_variable_and_that_over_the_default() {
    for (label, flag, variable, values, default) in [
        ("format", "--format", "CATENA_FORMAT", ["json", "sh"], "token"),
        ("scope", "--scope", "CATENA_SCOPE", ["a b", "c"], "organization"),
        ("issuer", "--issuer", "CATENA_ISSUER", ["https://a/r", "https://b/r"], Issuer::default().as_str()),
        ("token URL", "--token-url", "CATENA_TOKEN_URL", ["https://a/t", "http://localhost/t"], "the issuer's"),
        ("client authentication", "--client-auth", "CATENA_CLIENT_AUTH", ["basic", "post"], "post"),
        ("minimum lifetime", "--min-ttl", "CATENA_MIN_TTL", ["5s", "1m"], "30s, or a tenth of the lifetime if shorter"),
        ("cache directory", "--cache-dir", "CATENA_CACHE_DIR", ["/a", "b"], "/home/me/.cache/catena-token"),
        ("timeout", "--timeout", "CATENA_TIMEOUT", ["5s", "1m"], "30s"),
        ("retries", "--retries", "CATENA_RETRIES", ["0", "7"], "2"),
        ("CA bundle", "--ca-cert", "CATENA_CA_CERT", ["/a", "./b"], "the system's"),
    ] {
        let shown = |line: &[&str], variables: &[(&str, &str)]| {
            let all = crate::cli::message::shown::shown(
                &settings(line, &[variables, &[("HOME", "/home/me")]].concat()),
                None,
            );
            let shown = all.into_iter().find(|shown| shown.label == label).unwrap();
            (shown.value, shown.origin)
        };
        let is = |value: &str, origin: &str| (value.to_owned(), origin.to_owned());
        let [typed, set] = values;
        assert_eq!(shown(&[flag, typed], &[(variable, set)]), is(typed, flag));
        assert_eq!(shown(&[], &[(variable, set)]), is(set, variable));
        let origin = if label == "cache directory" { "HOME" } else { "default" };
        assert_eq!(shown(&[], &[(variable, "")]), is(default, origin));
        assert_eq!(shown(&[], &[]), is(default, origin));
    }
}

#[test]
fn each_error_names_its_setting_and_its_origin() {
    for (variable, value, name, problem) in [
        ("CATENA_FORMAT", "yaml", Name::Format, Problem::Unknown),
        ("CATENA_SCOPE", "a\"b", Name::Scope, Problem::Scope(UnusableScope)),
        ("CATENA_CLIENT_ID", "a\tb", Name::ClientId, Problem::ControlCharacter),
        ("CATENA_ISSUER", "catena", Name::Issuer, Problem::Url(UnusableUrl::NotHttps)),
        ("CATENA_ISSUER", "ftp://h/r", Name::Issuer, Problem::Url(UnusableUrl::Scheme)),
        ("CATENA_CLIENT_AUTH", "mtls", Name::ClientAuth, Problem::Unknown),
        ("CATENA_CLIENT_SECRET", "a\nb", Name::Credential, Problem::Secret(UnusableSecret::Control)),
        ("CATENA_MIN_TTL", "soon", Name::MinTtl, Problem::Duration(UnusableDuration::Unreadable)),
        ("CATENA_NO_CACHE", "perhaps", Name::Cache, Problem::Unknown),
        ("CATENA_TIMEOUT", "0", Name::Timeout, Problem::Duration(UnusableDuration::Zero)),
        ("CATENA_TIMEOUT", "99999999999999999999", Name::Timeout, Problem::Duration(UnusableDuration::Unreadable)),
        ("CATENA_RETRIES", "-1", Name::Retries, Problem::Unknown),
        ("https_proxy", "http://", Name::Proxy, Problem::Url(UnusableUrl::NotUrl)),
    ] {
        let error = error_of(variable, value);
        assert_eq!((error.name, error.origin, error.problem), (name, variable.into(), problem));
    }
    for variable in ["CATENA_FORMAT", "CATENA_SCOPE", "CATENA_CLIENT_ID", "CATENA_ISSUER", "CATENA_TIMEOUT"] {
        let error = error_of(variable, OsStr::from_bytes(b"\xff"));
        assert_eq!((error.origin, error.problem), (variable.into(), Problem::NotUtf8));
    }
    let flag = |line: &[&str]| settings(line, NONE).errors().find(|error| error.origin != Origin::Default).cloned();
    for (flags, name, problem) in [
        (["--client-id", ""], Name::ClientId, Problem::Empty),
        (["--client-secret-command", ""], Name::Credential, Problem::Empty),
        (["--client-secret", ""], Name::Credential, Problem::Secret(UnusableSecret::Empty)),
        (["--proxy", "socks5://h"], Name::Proxy, Problem::Url(UnusableUrl::Scheme)),
    ] {
        let error = flag(&flags).map(|error| (error.name, error.origin, error.problem));
        assert_eq!(error, Some((name, flags[0].into(), problem)));
    }
}

#[test]
fn a_client_id_has_no_default() {
    for (variables, is_empty) in [(NONE, false), (&[("CATENA_CLIENT_ID", "")], true)] {
        let error = settings(&[], variables).client_id.unwrap_err();
        assert_eq!((error.name, error.problem), (Name::ClientId, Problem::Missing { is_empty }));
    }
}

#[test]
fn the_first_error_is_that_of_the_setting_that_is_read_first() {
    let variables = [
        ("HTTPS_PROXY", "socks5://h"),
        ("CATENA_RETRIES", "x"),
        ("CATENA_TIMEOUT", "x"),
        ("CATENA_NO_CACHE", "x"),
        ("CATENA_MIN_TTL", "x"),
        ("CATENA_CLIENT_SECRET", "\u{7f}"),
        ("CATENA_CLIENT_AUTH", "x"),
        ("CATENA_SCOPE", "\""),
        ("CATENA_FORMAT", "x"),
    ];
    let all = settings(&[], &variables);
    let order = [
        Name::Format,
        Name::Scope,
        Name::ClientId,
        Name::ClientAuth,
        Name::Credential,
        Name::MinTtl,
        Name::Cache,
        Name::Timeout,
        Name::Retries,
        Name::Proxy,
    ];
    assert_eq!(all.errors().map(|error| error.name).collect::<Vec<_>>(), order);
    let first = |is_needed: fn(Name) -> bool| all.check(is_needed).unwrap_err().name;
    assert_eq!(first(|_| true), Name::Format);
    assert_eq!(first(Name::is_of_token), Name::Scope);
    assert_eq!(first(Name::is_of_request), Name::Timeout);
    assert_eq!(all.check(|name| name == Name::CaBundle), Ok(()));
    // Without an issuer there is no proxy to choose: one error, and not two.
    let wrong = settings(&["--issuer", "x", "--client-id", "a"], &variables[..1]);
    assert_eq!(wrong.errors().map(|error| error.name).collect::<Vec<_>>(), [Name::Issuer]);
    assert_eq!(wrong.proxy.unwrap_err().name, Name::Issuer);
}

#[test]
fn what_depends_on_more_than_one_variable() {
    let names = |settings: Settings| settings.ca_bundle.unwrap().origin;
    assert_eq!(names(settings(&[], &[("SSL_CERT_FILE", "a")])), "SSL_CERT_FILE".into());
    let both = [("SSL_CERT_FILE", "a"), ("CATENA_CA_CERT", "b")];
    assert_eq!(names(settings(&[], &both)), "CATENA_CA_CERT".into());

    let directory =
        |variables: &[(&str, &str)]| settings(&[], variables).cache_directory.map(|found| found.unwrap().value.path);
    let xdg = [("HOME", "/home/me"), ("XDG_CACHE_HOME", "/x")];
    assert_eq!(directory(&xdg).as_deref(), Some(Path::new("/x/catena-token")));
    let relative = [("HOME", "/home/me"), ("XDG_CACHE_HOME", "x")];
    assert_eq!(directory(&relative), Some(PathBuf::from("/home/me/.cache/catena-token")));
    assert_eq!(directory(&[("HOME", "home")]), None);
}

#[test]
fn why_there_is_no_cache() {
    let cache = |line: &[&str], variables: &[(&str, &str)]| {
        settings(line, variables).cache().map(|cache| cache.map(|directory| directory.value.path))
    };
    let home = ("HOME", "/home/me");
    assert_eq!(cache(&[], &[]), Ok(Err(NoCache::NoHome)));
    assert_eq!(cache(&["--no-cache"], &[home]), Ok(Err(NoCache::Off("--no-cache".into()))));
    let off = NoCache::Off("CATENA_NO_CACHE".into());
    for value in ["1", "true", "yes", "on"] {
        assert_eq!(cache(&[], &[home, ("CATENA_NO_CACHE", value)]), Ok(Err(off)));
    }
    for value in ["0", "false", "no", "off", ""] {
        assert!(matches!(cache(&[], &[home, ("CATENA_NO_CACHE", value)]), Ok(Ok(_))), "{value}");
    }
    assert_eq!(cache(&[], &[home, ("CATENA_NO_CACHE", "x")]).unwrap_err().name, Name::Cache);
}

#[test]
fn which_proxy_is_used_or_why_none() {
    let proxy = |line: &[&str], variables: &[(&str, &str)]| {
        let proxy = settings(line, variables).proxy.unwrap();
        proxy.first.map(|Setting { value, origin }| (value.to_string(), origin))
    };
    let through = |url: &str, name: &'static str| Ok((format!("http://{url}"), name.into()));
    let (flag, scheme, all) = (["--proxy", "f:1"], ("https_proxy", "s:1"), ("ALL_PROXY", "a:1"));
    assert_eq!(proxy(&flag, &[scheme]), through("f:1", "--proxy"));
    assert_eq!(proxy(&[], &[all, scheme]), through("s:1", "https_proxy"));
    assert_eq!(proxy(&[], &[all, ("HTTPS_PROXY", "")]), through("a:1", "ALL_PROXY"));
    assert_eq!(proxy(&["--proxy", ""], &[all]), Err(NoProxy::Empty("--proxy".into())));
    assert_eq!(proxy(&flag, &[("NO_PROXY", "catenatelematics.com")]), Err(NoProxy::Covered("NO_PROXY".into())));
    // A variable that is not used may be one that another program can use.
    let socks = ("all_proxy", "socks5://h");
    assert_eq!(proxy(&[], &[socks, ("no_proxy", "*")]), Err(NoProxy::Covered("no_proxy".into())));
    assert_eq!(proxy(&["--issuer", "http://localhost/r"], &[socks]), Err(NoProxy::LocalIssuer));
    assert_eq!(proxy(&[], &[("http_proxy", "h:1")]), Err(NoProxy::HttpAlone));
    // An issuer that is no Keycloak may name endpoints on other hosts.
    let covered = settings(&["--issuer", "https://id.test"], &[all, ("NO_PROXY", "id.test")]).proxy.unwrap();
    assert_eq!(covered.first.err(), Some(NoProxy::Covered("NO_PROXY".into())));
    assert_eq!(
        (covered.others.map(|proxy| proxy.to_string()), covered.no_proxy),
        (Some("http://a:1".into()), "id.test".into())
    );
    assert_eq!(proxy(&[], &[]), Err(NoProxy::NoneSet));
}

#[test]
fn where_the_secret_is() {
    let secret = |line: &[&str], variables: &[(&str, &str)]| settings(line, variables).credential;
    let by = |line: &[&str], variables: &[(&str, &str)]| message::credential::origin(&secret(line, variables).unwrap());
    let (value, file, command) =
        (("CATENA_CLIENT_SECRET", "a"), ("CATENA_CLIENT_SECRET_FILE", "-"), ("CATENA_CLIENT_SECRET_COMMAND", "c"));
    assert_eq!(by(&["--client-secret-file", "f"], &[value, command]), "--client-secret-file");
    for variable in [value, file, command] {
        assert_eq!(by(&[], &[variable]), variable.0);
    }
    assert!(matches!(secret(&[], &[file]).unwrap().place, Place::Stdin { .. }));
    assert_eq!(by(&[], &[]), "none was given");
    assert_eq!(by(&[], &[("CATENA_CLIENT_SECRET_FILE", "")]), "CATENA_CLIENT_SECRET_FILE is set but empty");
    let conflict = |variables: &[(&str, &str)]| secret(&[], variables).unwrap_err().problem;
    assert_eq!(conflict(&[command, value]), Problem::Conflict(vec![value.0.into(), command.0.into()]));
    assert_eq!(
        conflict(&[command, file, value]),
        Problem::Conflict([value, file, command].map(|it| it.0.into()).into())
    );
    assert!(settings(&["--client-secret", "a"], NONE).is_secret_exposed);
    assert!(!settings(&[], &[value]).is_secret_exposed);
}

#[test]
fn a_variables_name_needs_a_format_that_has_one() {
    let name = |line: &[&str], variables: &[(&str, &str)]| settings(line, variables).env_name.map(|name| name.value);
    assert_eq!(name(&[], &[]), Ok(EnvName::default()));
    assert_eq!(name(&["--env-name", "A"], &[("CATENA_FORMAT", "sh")]), EnvName::parse("A").map_err(|_| unreachable!()));
    let error = name(&["--env-name", "A", "--json"], &[]).unwrap_err();
    let json = Setting { value: Format::Json, origin: "--json".into() };
    assert_eq!((error.name, error.problem), (Name::EnvVariable, Problem::UnusedEnvName(json)));
}

#[test]
fn durations_in_their_forms() {
    let all = settings(&["--connect-timeout", "1500ms"], &[("CATENA_TIMEOUT", "1h30m"), ("CATENA_MIN_TTL", "0")]);
    assert_eq!(all.connect_timeout.unwrap().value, Duration::from_millis(1500));
    assert_eq!(all.timeout.unwrap().value, Duration::from_secs(5400));
    assert_eq!(all.min_ttl.unwrap().value, Some(Duration::ZERO));
}
