//! What authenticates the client, and where it is: a flag, else a variable, else systemd's credential, else the prompt
//! for a secret. Secret, assertion and signing key are one setting.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use super::environment::{Environment, get, is_empty, value};
use super::setting::{Checked, DEFAULT, Name, Problem, Reader, Setting, SettingError, line};
use crate::cli::args::{AssertionArgs, CredentialArgs};
use crate::credential::{CredentialSource, Kind, Missing, Place};
use crate::oauth::assertion::AssertionType;
use crate::oauth::client_auth::ClientAuth;
use crate::oauth::signing_key::Algorithm;

/// How a setting gives a credential.
#[derive(Clone, Copy)]
enum By {
    Value,
    File,
    Command,
}

/// A flag and its variable. An argument list is public, so that an assertion and a key have no flag for their text.
struct Way(Option<&'static str>, &'static str, Kind, By);

const WAYS: [Way; 8] = [
    Way(Some("--client-secret"), "CATENA_CLIENT_SECRET", Kind::Secret, By::Value),
    Way(Some("--client-secret-file"), "CATENA_CLIENT_SECRET_FILE", Kind::Secret, By::File),
    Way(Some("--client-secret-command"), "CATENA_CLIENT_SECRET_COMMAND", Kind::Secret, By::Command),
    Way(None, "CATENA_CLIENT_ASSERTION", Kind::Assertion, By::Value),
    Way(Some("--client-assertion-file"), "CATENA_CLIENT_ASSERTION_FILE", Kind::Assertion, By::File),
    Way(Some("--client-assertion-command"), "CATENA_CLIENT_ASSERTION_COMMAND", Kind::Assertion, By::Command),
    Way(None, "CATENA_SIGNING_KEY", Kind::SigningKey, By::Value),
    Way(Some("--signing-key-file"), "CATENA_SIGNING_KEY_FILE", Kind::SigningKey, By::File),
];

/// The variables that no child gets: they may contain a credential, or say how to get it.
pub fn credential_variables() -> impl Iterator<Item = &'static str> {
    WAYS.into_iter().map(|way| way.1).chain(["CATENA_SIGNING_KEY_ID"])
}

/// systemd's variable: the directory of a unit's credentials.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// Its files, from `LoadCredential=catena-client-secret:…` in the unit.
const SYSTEMD: [(&str, Kind); 2] = [("catena-client-secret", Kind::Secret), ("catena-signing-key", Kind::SigningKey)];

/// Two of one level conflict, because either may be meant.
pub fn resolve(args: CredentialArgs, environment: &Environment) -> Result<CredentialSource, SettingError> {
    let CredentialArgs { client_secret, client_secret_file, client_secret_command, .. } = args;
    let CredentialArgs { client_assertion_file, client_assertion_command, signing_key_file, .. } = args;
    let path = |path: Option<PathBuf>| path.map(OsString::from);
    let typed = [
        client_secret,
        path(client_secret_file),
        client_secret_command,
        None,
        path(client_assertion_file),
        client_assertion_command,
        None,
        path(signing_key_file),
    ];
    let flag = |(way, text): (Way, Option<OsString>)| Some((way.0?, text?, way.2, way.3));
    let mut set: Vec<_> = WAYS.into_iter().zip(typed).filter_map(flag).collect();
    if set.is_empty() {
        set = WAYS.into_iter().filter_map(|way| Some((way.1, value(environment, way.1)?, way.2, way.3))).collect();
    }
    match <[_; 1]>::try_from(set) {
        Ok([(by, text, kind, how)]) => source(by, text, kind, how),
        Err(set) if set.is_empty() => of_the_system(environment),
        Err(set) => Err(conflict(set.iter().map(|(by, ..)| *by).collect())),
    }
}

/// An assertion names the client itself. Of several credentials, one may be an assertion.
pub fn needs_client_id(credential: &Result<CredentialSource, SettingError>) -> bool {
    match credential {
        Ok(source) => source.kind != Kind::Assertion,
        Err(SettingError { problem: Problem::Conflict(_), .. }) => false,
        Err(SettingError { origin, .. }) => !WAYS.iter().any(|way| way.1 == *origin && way.2 == Kind::Assertion),
    }
}

fn conflict(names: Vec<&'static str>) -> SettingError {
    let origin = names.first().copied().unwrap_or_default();
    SettingError { name: Name::Credential, origin, problem: Problem::Conflict(names), text: None }
}

/// Other sources of a credential, which `used` overrides.
pub fn unused_credentials(used: &CredentialSource) -> Vec<&'static str> {
    let set = WAYS.into_iter().map(|way| way.1).filter(|name| value(&get, name).is_some());
    let of_systemd = systemd_credentials(&get).first().map(|_| CREDENTIALS);
    set.chain(of_systemd).filter(|name| Some(*name) != used.by()).collect()
}

fn source(by: &'static str, text: OsString, kind: Kind, how: By) -> Result<CredentialSource, SettingError> {
    let error = |problem| SettingError { name: Name::Credential, origin: by, problem, text: None };
    // A key ends in a line break.
    let text = if kind == Kind::SigningKey { text } else { line(Name::Credential, by, text)?.value };
    let place = match how {
        By::Value => Place::Given { secret: kind.check(text.into_vec()).map_err(|why| error(why.into()))?, by },
        By::File => file(text.into(), by),
        By::Command if text.is_empty() => return Err(error(Problem::Empty)),
        By::Command => Place::Command { command: text, by },
    };
    Ok(CredentialSource { kind, place })
}

fn file(path: PathBuf, by: &'static str) -> Place {
    if path == Path::new("-") { Place::Stdin { by } } else { Place::File { path, by } }
}

/// systemd's credential, else the prompt.
fn of_the_system(environment: &Environment) -> Result<CredentialSource, SettingError> {
    let found = systemd_credentials(environment);
    if found.len() > 1 {
        return Err(conflict(SYSTEMD.map(|(name, _)| name).into()));
    }
    if let Some((path, kind)) = found.into_iter().next() {
        return Ok(CredentialSource { kind, place: file(path, CREDENTIALS) });
    }
    let empty = WAYS.into_iter().map(|way| way.1).find(|name| is_empty(environment, name));
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

/// The settings of an assertion, and of the key that signs one.
#[derive(Clone)]
pub struct AssertionSetting {
    pub audience: Checked<Option<String>>,
    pub kind: Checked<Option<AssertionType>>,
    pub key_id: Checked<Option<String>>,
    pub algorithm: Checked<Option<Algorithm>>,
}

impl AssertionSetting {
    /// `credential`: `None` if it is invalid, which another error says.
    pub fn resolve(args: AssertionArgs, credential: Option<Kind>, environment: &Environment) -> Self {
        let AssertionArgs { assertion_audience, client_assertion_type, signing_key_id, signing_alg } = args;
        let read = |name, flag, variable| Reader { name, flag, variable, environment };
        let text = |text: &str| match text {
            "" => Err(Problem::Empty),
            text if text.contains(char::is_control) => Err(Problem::ControlCharacter),
            text => Ok(Some(text.to_owned())),
        };
        let audience = read(Name::AssertionAudience, "--assertion-audience", "CATENA_ASSERTION_AUDIENCE");
        let kind = client_assertion_type.and_then(|name| AssertionType::named(&name));
        let kind = Setting { value: kind, origin: "--client-assertion-type" };
        let key_id = read(Name::SigningKeyId, "--signing-key-id", "CATENA_SIGNING_KEY_ID");
        let algorithm = read(Name::SigningAlgorithm, "--signing-alg", "CATENA_SIGNING_ALG");
        let named = |text: &str| Algorithm::named(text).map(Some).ok_or(Problem::Unknown);
        let is = |needed| credential.is_none_or(|kind| kind == needed);
        let (is_key, is_assertion) = (is(Kind::SigningKey), is(Kind::Assertion));
        Self {
            audience: needs(
                is_key || is_assertion,
                "a client assertion or a signing key",
                audience.name,
                audience.parsed(assertion_audience, None, text),
            ),
            kind: needs(is_assertion, "a client assertion", Name::AssertionType, Ok(kind)),
            key_id: needs(is_key, "a signing key", key_id.name, key_id.parsed(signing_key_id, None, text)),
            algorithm: needs(is_key, "a signing key", algorithm.name, algorithm.parsed(signing_alg, None, named)),
        }
    }

    pub fn errors(&self) -> impl Iterator<Item = &SettingError> {
        let errors = [self.audience.as_ref().err(), self.kind.as_ref().err()];
        errors.into_iter().chain([self.key_id.as_ref().err(), self.algorithm.as_ref().err()]).flatten()
    }
}

/// Without the credential that a setting is for, its flag is an error, and its variable has no effect.
fn needs<T>(is_given: bool, credential: &'static str, name: Name, setting: Checked<Option<T>>) -> Checked<Option<T>> {
    match setting {
        setting if is_given => setting,
        Ok(Setting { value: Some(_), origin }) if is_flag(origin) => {
            Err(SettingError { name, origin, problem: Problem::IsFor(credential), text: None })
        }
        Err(error) if is_flag(error.origin) => Err(error),
        _ => Ok(Setting::by_default(None)),
    }
}

/// `--client-auth` is for a secret. Beside another credential of the same level it is an error, else without effect.
pub fn client_auth(
    setting: Checked<ClientAuth>,
    credential: &Result<CredentialSource, SettingError>,
) -> Checked<ClientAuth> {
    match (&setting, credential) {
        (Ok(Setting { origin, .. }), Ok(source))
            if source.kind != Kind::Secret
                && *origin != DEFAULT
                && source.by().is_some_and(|by| is_flag(by) == is_flag(origin)) =>
        {
            let problem = Problem::IsFor("a client secret");
            Err(SettingError { name: Name::ClientAuth, origin, problem, text: None })
        }
        _ => setting,
    }
}

fn is_flag(origin: &str) -> bool {
    origin.starts_with("--")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Cli;
    use crate::cli::settings::Settings;

    fn settings(line: &[&str], variables: &'static [(&str, &str)]) -> Settings {
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
            assert_eq!((source.kind, source.by()), (kind, Some(by)));
        }
        let two = settings(&[], &[("CATENA_CLIENT_SECRET", "s"), ("CATENA_SIGNING_KEY_FILE", "k")]);
        // That is the one error: the client id may be needed or not.
        assert_eq!(two.errors().count(), 1);
        let names = vec!["CATENA_CLIENT_SECRET", "CATENA_SIGNING_KEY_FILE"];
        assert_eq!(two.credential.unwrap_err().problem, Problem::Conflict(names));
    }

    #[test]
    fn an_assertion_needs_no_client_id() {
        assert!(settings(&["--client-assertion-file", "a"], &[]).client_id.unwrap().value.is_none());
        assert!(settings(&["--signing-key-file", "a"], &[]).client_id.is_err());
        assert!(settings(&[], &[]).client_id.is_err());
    }

    #[test]
    fn a_flag_for_another_credential_is_refused_and_a_variable_ignored() {
        let problem = |line: &[&str], variables| settings(line, variables).errors().next().map(|e| e.problem.clone());
        let id = &[("CATENA_CLIENT_ID", "acme")];
        for (line, needed) in [
            (&["--signing-key-id", "k", "--client-secret", "s"][..], "a signing key"),
            (&["--signing-alg", "PS256"], "a signing key"),
            (&["--client-assertion-type", "jwt-spiffe", "--signing-key-file", "k"], "a client assertion"),
            (&["--assertion-audience", "a"], "a client assertion or a signing key"),
            (&["--client-auth", "basic", "--signing-key-file", "k"], "a client secret"),
        ] {
            assert_eq!(problem(line, id), Some(Problem::IsFor(needed)), "{line:?}");
        }
        let basic = &[("CATENA_CLIENT_ID", "acme"), ("CATENA_CLIENT_AUTH", "basic"), ("CATENA_SIGNING_KEY_FILE", "k")];
        assert_eq!(problem(&[], basic), Some(Problem::IsFor("a client secret")));
        let unused = &[("CATENA_CLIENT_ID", "acme"), ("CATENA_SIGNING_ALG", "x"), ("CATENA_CLIENT_AUTH", "basic")];
        assert_eq!(problem(&["--client-secret", "s"], unused), None);
        assert_eq!(problem(&["--client-assertion-file", "a"], unused), None);
        assert_eq!(problem(&["--signing-key-file", "a"], unused), Some(Problem::Unknown));
    }

    #[test]
    fn the_audience_is_the_realms_name() {
        let audience = |line: &[&str]| settings(line, &[]).assertion().unwrap().audience;
        let key = ["--signing-key-file", "k", "--issuer", "https://h/realms/r/"];
        assert_eq!(audience(&key), "https://h/realms/r");
        assert_eq!(audience(&[&key[..], &["--token-issuer", "https://n/realms/r"]].concat()), "https://n/realms/r");
        let named = ["--token-issuer", "https://n/realms/r", "--assertion-audience", "a"];
        assert_eq!(audience(&[&key[..], &named].concat()), "a");
    }
}
