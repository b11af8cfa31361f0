//! Where the client secret is: a flag, else a variable, else systemd's credential, else the prompt.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use super::environment::{Environment, get, is_empty, value};
use super::setting::{Name, Problem, SettingError, line};
use crate::base::secret::Secret;
use crate::cli::args::SecretArgs;
use crate::credential::{Missing, SecretSource};

const VALUE: &str = "CATENA_CLIENT_SECRET";
const FILE: &str = "CATENA_CLIENT_SECRET_FILE";
const COMMAND: &str = "CATENA_CLIENT_SECRET_COMMAND";

/// The variables that may contain the secret, or say how to get it.
pub const SECRET_VARIABLES: [&str; 3] = [VALUE, FILE, COMMAND];

/// systemd's variable: the directory of a unit's credentials.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// Its file, from `LoadCredential=catena-client-secret:…` in the unit.
const SYSTEMD_CREDENTIAL: &str = "catena-client-secret";

/// Two variables conflict, because either may be meant. clap has checked the flags.
pub fn resolve(args: SecretArgs, environment: &Environment) -> Result<SecretSource, SettingError> {
    let flags = [
        ("--client-secret", args.client_secret),
        ("--client-secret-file", args.client_secret_file.map(OsString::from)),
        ("--client-secret-command", args.client_secret_command),
    ];
    let variables = SECRET_VARIABLES.map(|name| (name, value(environment, name)));
    let given = |(by, text): (&'static str, Option<OsString>)| Some((by, text?));
    let mut set: Vec<_> = flags.into_iter().filter_map(given).collect();
    if set.is_empty() {
        set = variables.into_iter().filter_map(given).collect();
    }
    let error = |origin, problem| SettingError { name: Name::Secret, origin, problem, text: None };
    match <[_; 1]>::try_from(set) {
        Ok([(by, text)]) => {
            line(Name::Secret, by, text).and_then(|text| source(by, text.value).map_err(|why| error(by, why)))
        }
        Err(set) if set.is_empty() => Ok(of_the_system(environment)),
        Err(set) => Err(error(set[0].0, Problem::Conflict(set.iter().map(|(by, _)| *by).collect()))),
    }
}

/// Other sources with a secret, which `used` overrides.
pub fn unused_secrets(used: &SecretSource) -> Vec<&'static str> {
    let set = SECRET_VARIABLES.into_iter().filter(|name| value(&get, name).is_some());
    let credential = systemd_credential(&get).filter(|path| path.exists()).map(|_| CREDENTIALS);
    set.chain(credential).filter(|name| Some(*name) != used.by()).collect()
}

fn source(by: &'static str, text: OsString) -> Result<SecretSource, Problem> {
    match by {
        "--client-secret" | VALUE => Ok(SecretSource::Given { secret: Secret::new(text.into_vec())?, by }),
        "--client-secret-file" | FILE => Ok(file(text.into(), by)),
        _ if text.is_empty() => Err(Problem::Empty),
        _ => Ok(SecretSource::Command { command: text, by }),
    }
}

fn file(path: PathBuf, by: &'static str) -> SecretSource {
    if path == Path::new("-") { SecretSource::Stdin { by } } else { SecretSource::File { path, by } }
}

/// systemd's credential, else the prompt.
fn of_the_system(environment: &Environment) -> SecretSource {
    let empty = SECRET_VARIABLES.into_iter().find(|name| is_empty(environment, name));
    SecretSource::Prompt(match (systemd_credential(environment), empty) {
        (Some(path), _) if path.exists() => return file(path, CREDENTIALS),
        (_, Some(variable)) => Missing::EmptyVariable(variable),
        (Some(_), None) => Missing::NoCredential,
        (None, None) => Missing::NotGiven,
    })
}

fn systemd_credential(environment: &Environment) -> Option<PathBuf> {
    value(environment, CREDENTIALS).map(|directory| Path::new(&directory).join(SYSTEMD_CREDENTIAL))
}
