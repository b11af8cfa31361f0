//! Where the client secret is: the flags before the variables, those before systemd's credential, and last a person.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use super::environment::{Environment, get, is_empty, value};
use super::setting::{Name, Origin, Problem, SettingError};
use crate::args::SecretArgs;
use crate::credential::{Missing, SecretSource};
use crate::secret::Secret;

const VALUE: &str = "CATENA_CLIENT_SECRET";
const FILE: &str = "CATENA_CLIENT_SECRET_FILE";
const COMMAND: &str = "CATENA_CLIENT_SECRET_COMMAND";

/// What may hold a secret in the environment, or the way to one.
pub const SECRET_VARIABLES: [&str; 3] = [VALUE, FILE, COMMAND];

/// Where systemd puts what a unit loads.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// The name that a systemd unit gives with `LoadCredential=catena-client-secret:…`.
const SYSTEMD_CREDENTIAL: &str = "catena-client-secret";

/// Sources at the same level conflict: which one was meant? clap has seen to the flags.
pub fn resolve(args: SecretArgs, environment: &Environment) -> Result<SecretSource, SettingError> {
    if let Some(value) = args.client_secret {
        return given(value, Origin::Flag("--client-secret"));
    }
    if let Some(path) = args.client_secret_file {
        return Ok(file(path, "--client-secret-file"));
    }
    if let Some(command) = args.client_secret_command {
        return command_line(command, Origin::Flag("--client-secret-command"));
    }
    if let Some(source) = of_variables(environment)? {
        return Ok(source);
    }
    let credential = systemd_credential(environment);
    if let Some(path) = credential.as_ref().filter(|path| path.exists()) {
        return Ok(file(path.clone(), CREDENTIALS));
    }
    let empty = SECRET_VARIABLES.into_iter().find(|name| is_empty(environment, name));
    Ok(SecretSource::Prompt(match (empty, credential) {
        (Some(variable), _) => Missing::EmptyVariable(variable),
        (None, Some(_)) => Missing::NoCredential,
        (None, None) => Missing::NotGiven,
    }))
}

/// What else gives a secret, and is not used because `used` comes before it.
pub fn unused_secrets(used: &SecretSource) -> Vec<&'static str> {
    let set = SECRET_VARIABLES.into_iter().filter(|name| value(&get, name).is_some());
    let credential = systemd_credential(&get).filter(|path| path.exists()).map(|_| CREDENTIALS);
    set.chain(credential).filter(|name| Some(*name) != used.by()).collect()
}

fn of_variables(environment: &Environment) -> Result<Option<SecretSource>, SettingError> {
    let set: Vec<(&str, OsString)> =
        SECRET_VARIABLES.into_iter().filter_map(|name| Some((name, value(environment, name)?))).collect();
    match <[_; 1]>::try_from(set) {
        Ok([(VALUE, value)]) => given(value, Origin::Variable(VALUE)).map(Some),
        Ok([(FILE, path)]) => Ok(Some(file(path.into(), FILE))),
        Ok([(_, command)]) => command_line(command, Origin::Variable(COMMAND)).map(Some),
        Err(set) => match set.first() {
            None => Ok(None),
            Some((first, _)) => {
                let problem = Problem::Conflict(set.iter().map(|(name, _)| *name).collect());
                Err(SettingError { name: Name::Secret, origin: Origin::Variable(first), problem })
            }
        },
    }
}

fn given(value: OsString, origin: Origin) -> Result<SecretSource, SettingError> {
    match Secret::new(value.into_vec()) {
        Ok(secret) => Ok(SecretSource::Given { secret, by: origin.name() }),
        Err(why) => Err(SettingError { name: Name::Secret, origin, problem: Problem::Secret(why) }),
    }
}

fn file(path: PathBuf, by: &'static str) -> SecretSource {
    if path == Path::new("-") { SecretSource::Stdin { by } } else { SecretSource::File { path, by } }
}

fn command_line(command: OsString, origin: Origin) -> Result<SecretSource, SettingError> {
    match command.is_empty() {
        true => Err(SettingError { name: Name::Secret, origin, problem: Problem::Empty }),
        false => Ok(SecretSource::Command { command, by: origin.name() }),
    }
}

fn systemd_credential(environment: &Environment) -> Option<PathBuf> {
    let directory = value(environment, CREDENTIALS)?;
    Some(Path::new(&directory).join(SYSTEMD_CREDENTIAL))
}
