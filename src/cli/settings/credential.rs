//! What authenticates the client, and where it is: a flag, else a variable, else the profile, else the top level of the
//! configuration file, else systemd's credential, else the prompt for a secret. Secret, assertion and signing key are one
//! setting.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use super::environment::{Environment, first, get, is_empty, value};
use super::setting::{Name, Problem, SettingError, Sources, line};
use crate::base::origin::Origin;
use crate::base::secret::Secret;
use crate::cli::args::CredentialArgs;
use crate::credential::{CredentialSource, Kind, Missing, Place};
use crate::http::endpoint::{Endpoint, LONGEST, UnusableUrl, parse_url};
use crate::http::identity::{IdentityFiles, NamedFile};

/// How a setting gives a credential.
#[derive(Clone, Copy)]
enum By {
    Value,
    File,
    Command,
    /// The name of a service on this machine.
    Name,
}

/// A flag and its variable. An argument list is public, so that an assertion and a key have no flag for their text.
struct Way(Option<&'static str>, &'static str, Kind, By);

const WAYS: [Way; 9] = [
    Way(Some("--client-secret"), "CATENA_CLIENT_SECRET", Kind::Secret, By::Value),
    Way(Some("--client-secret-file"), "CATENA_CLIENT_SECRET_FILE", Kind::Secret, By::File),
    Way(Some("--client-secret-command"), "CATENA_CLIENT_SECRET_COMMAND", Kind::Secret, By::Command),
    Way(None, "CATENA_CLIENT_ASSERTION", Kind::Assertion, By::Value),
    Way(Some("--client-assertion-file"), "CATENA_CLIENT_ASSERTION_FILE", Kind::Assertion, By::File),
    Way(Some("--client-assertion-command"), "CATENA_CLIENT_ASSERTION_COMMAND", Kind::Assertion, By::Command),
    Way(Some("--client-assertion-from"), "CATENA_CLIENT_ASSERTION_FROM", Kind::Assertion, By::Name),
    Way(None, "CATENA_SIGNING_KEY", Kind::SigningKey, By::Value),
    Way(Some("--signing-key-file"), "CATENA_SIGNING_KEY_FILE", Kind::SigningKey, By::File),
];

pub fn variables() -> impl Iterator<Item = &'static str> {
    WAYS.into_iter().map(|way| way.1).chain(["CATENA_SIGNING_KEY_ID", "CATENA_CLIENT_KEY"])
}

/// The one service for `--client-assertion-from`: GitHub's runner, and those of Forgejo and Gitea.
const GITHUB: &str = "github";
const RUNNER_URL: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";
const RUNNER_TOKEN: &str = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

/// systemd's variable: the directory of a unit's credentials.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// Its files, from `LoadCredential=catena-client-secret:…` in the unit.
const SYSTEMD: [(&str, Kind); 2] = [("catena-client-secret", Kind::Secret), ("catena-signing-key", Kind::SigningKey)];

/// The kind of credential that is given, even if it cannot be used, and where it is. Two of one level conflict, because
/// either may be meant.
pub fn resolve(
    args: CredentialArgs,
    identity: Option<&IdentityFiles>,
    sources: Sources<'_>,
) -> (Option<Kind>, Result<CredentialSource, SettingError>) {
    let CredentialArgs { client_secret, client_secret_file, client_secret_command, .. } = args;
    let CredentialArgs { client_assertion_file, client_assertion_command, client_assertion_from, .. } = args;
    let environment = sources.environment;
    let path = |path: Option<PathBuf>| path.map(OsString::from);
    let typed = [
        client_secret,
        path(client_secret_file),
        client_secret_command,
        None,
        path(client_assertion_file),
        client_assertion_command,
        client_assertion_from.map(OsString::from),
        None,
        path(args.signing_key_file),
    ];
    let flag = |(way, text): (Way, Option<OsString>)| Some((Origin::Flag(way.0?), text?, way.2, way.3));
    let mut set: Vec<_> = WAYS.into_iter().zip(typed).filter_map(flag).collect();
    if set.is_empty() {
        let variable = |way: Way| first(environment, &[way.1]).map(|(by, text)| (by, text, way.2, way.3));
        set = WAYS.into_iter().filter_map(variable).collect();
    }
    for is_profile in [true, false] {
        let line = |way: Way| {
            let key = way.0?.trim_start_matches('-');
            let (by, texts) = sources.config?.find_in(is_profile, key)?;
            Some((by, texts.first()?.clone(), way.2, way.3))
        };
        if set.is_empty() {
            set = WAYS.into_iter().filter_map(line).collect();
        }
    }
    match <[_; 1]>::try_from(set) {
        Ok([(by, text, kind, how)]) => (Some(kind), source(by, text, kind, how, environment)),
        Err(set) if set.is_empty() => {
            let found = of_the_system(identity, environment);
            // The error is a conflict, or an assertion's empty variable.
            (Some(found.as_ref().map_or(Kind::Assertion, |source| source.kind)), found)
        }
        Err(set) => {
            let kinds = set.iter().map(|(_, _, kind, _)| *kind);
            let is_assertion = kinds.clone().all(|kind| kind == Kind::Assertion);
            (is_assertion.then_some(Kind::Assertion), Err(conflict(set.iter().map(|(by, ..)| *by).collect())))
        }
    }
}

fn conflict(origins: Vec<Origin>) -> SettingError {
    let origin = origins.first().copied().unwrap_or(Origin::Default);
    SettingError { name: Name::Credential, origin, problem: Problem::Conflict(origins), text: None }
}

/// Other sources of a credential, which `used` overrides.
pub fn unused_credentials(used: &CredentialSource) -> Vec<&'static str> {
    let set = WAYS.into_iter().map(|way| way.1).filter(|name| value(&get, name).is_some());
    let of_systemd = systemd_credentials(&get).first().map(|_| CREDENTIALS);
    set.chain(of_systemd).filter(|name| used.by() != Some(Origin::Variable(name))).collect()
}

fn source(
    by: Origin,
    text: OsString,
    kind: Kind,
    how: By,
    environment: &Environment,
) -> Result<CredentialSource, SettingError> {
    let error = |problem| SettingError { name: Name::Credential, origin: by, problem, text: None };
    // A key ends in a line break.
    let text = if kind == Kind::SigningKey { text } else { line(Name::Credential, by, text)?.value };
    let place = match how {
        By::Value => Place::Given { secret: kind.check(text.into_vec()).map_err(|why| error(why.into()))?, by },
        By::File => file(text.into(), by),
        By::Command if text.is_empty() => return Err(error(Problem::Empty)),
        By::Command => Place::Command { command: text, by },
        By::Name if text != GITHUB => return Err(error(Problem::UnknownRunner)),
        By::Name => runner(by, environment)?,
    };
    Ok(CredentialSource { kind, place })
}

/// What a GitHub job with `id-token: write` has in its environment.
fn runner(by: Origin, environment: &Environment) -> Result<Place, SettingError> {
    let error = |origin, problem| SettingError { name: Name::Credential, origin, problem, text: None };
    let variable = |name| value(environment, name).and_then(|text| text.into_string().ok());
    let (Some(url), Some(token)) = (variable(RUNNER_URL), variable(RUNNER_TOKEN)) else {
        return Err(error(by, Problem::NoRunner));
    };
    let url = runner_url(&url).map_err(|why| error(Origin::Variable(RUNNER_URL), why.into()))?;
    let token = Secret::new(token.into_bytes()).map_err(|why| error(Origin::Variable(RUNNER_TOKEN), why.into()))?;
    Ok(Place::Runner { url, token, by })
}

/// Without a fragment, and with the scheme in lower case.
fn runner_url(text: &str) -> Result<String, UnusableUrl> {
    let uri = parse_url(text)?;
    let endpoint = Endpoint::of(&uri)?;
    match () {
        () if text.len() > LONGEST => Err(UnusableUrl::TooLong(LONGEST)),
        () if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) => Err(UnusableUrl::UserName),
        () if !endpoint.is_private() => Err(UnusableUrl::NotHttps),
        () => Ok(uri.to_string()),
    }
}

/// Whether the runner gives this job assertions.
pub fn has_runner() -> bool {
    runner(Origin::Default, &get).is_ok()
}

fn file(path: PathBuf, by: Origin) -> Place {
    if path == Path::new("-") { Place::Stdin { by } } else { Place::File { path, by } }
}

/// systemd's credential, else the TLS certificate, else the prompt, unless an assertion was meant.
fn of_the_system(
    identity: Option<&IdentityFiles>,
    environment: &Environment,
) -> Result<CredentialSource, SettingError> {
    let found = systemd_credentials(environment);
    if found.len() > 1 {
        return Err(conflict(SYSTEMD.map(|(name, _)| Origin::Variable(name)).into()));
    }
    if let Some((path, kind)) = found.into_iter().next() {
        return Ok(CredentialSource { kind, place: file(path, Origin::Variable(CREDENTIALS)) });
    }
    if let Some(NamedFile { path, by }) = identity.map(IdentityFiles::key) {
        return Ok(CredentialSource { kind: Kind::Certificate, place: file(path.clone(), *by) });
    }
    let empty = WAYS.into_iter().map(|way| way.1).find(|name| is_empty(environment, name));
    // A secret cannot take an assertion's place: the client id is in the assertion.
    let is_assertion = |name: &&str| WAYS.iter().any(|way| way.1 == *name && way.2 == Kind::Assertion);
    if let Some(origin) = empty.filter(is_assertion).map(Origin::Variable) {
        return Err(SettingError { name: Name::Credential, origin, problem: Problem::Empty, text: None });
    }
    let missing = match (value(environment, CREDENTIALS), empty) {
        (_, Some(variable)) => Missing::EmptyVariable(variable),
        (Some(_), None) => Missing::NoCredential,
        (None, None) => Missing::NotGiven,
    };
    Ok(CredentialSource { kind: Kind::Secret, place: Place::Prompt(missing) })
}

fn systemd_credentials(environment: &Environment) -> Vec<(PathBuf, Kind)> {
    let directory = value(environment, CREDENTIALS).map(PathBuf::from);
    let files = directory.iter().flat_map(|directory| SYSTEMD.map(|(name, kind)| (directory.join(name), kind)));
    files.filter(|(path, _)| path.exists()).collect()
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::cli::args::Cli;
    use crate::cli::settings::Settings;

    pub fn settings(line: &[&str], variables: &'static [(&str, &str)]) -> Settings {
        let words = std::iter::once("catena-token").chain(line.iter().copied());
        Settings::resolve_in(Cli::typed(words).options, &|name| {
            variables.iter().find(|(own, _)| *own == name).map(|(_, value)| value.into())
        })
    }

    #[test]
    fn secret_assertion_and_key_are_one_setting() {
        for (line, variables, kind, by) in [
            (&[][..], &[("CATENA_CLIENT_ASSERTION", "a.b.c")][..], Kind::Assertion, "CATENA_CLIENT_ASSERTION"),
            (&[], &[("CATENA_SIGNING_KEY", "-----\na\n")], Kind::SigningKey, "CATENA_SIGNING_KEY"),
            (&["--signing-key-file", "k"], &[("CATENA_CLIENT_SECRET", "s")], Kind::SigningKey, "--signing-key-file"),
            (&["--client-secret", "s"], &[("CATENA_SIGNING_KEY_FILE", "k")], Kind::Secret, "--client-secret"),
        ] {
            let source = settings(line, variables).credential.unwrap();
            assert_eq!((source.kind, source.by()), (kind, Some(by.into())));
        }
        let two = settings(&[], &[("CATENA_CLIENT_SECRET", "s"), ("CATENA_SIGNING_KEY_FILE", "k")]);
        // That is the one error: the client id may be needed or not.
        assert_eq!(two.errors().count(), 1);
        let names = ["CATENA_CLIENT_SECRET", "CATENA_SIGNING_KEY_FILE"].map(Origin::from).into();
        assert_eq!(two.credential.unwrap_err().problem, Problem::Conflict(names));
    }

    #[test]
    fn an_assertion_needs_no_client_id() {
        assert!(settings(&["--client-assertion-file", "a"], &[]).client_id.unwrap().value.is_none());
        assert!(settings(&["--signing-key-file", "a"], &[]).client_id.is_err());
        assert!(settings(&[], &[]).client_id.is_err());
    }
}
