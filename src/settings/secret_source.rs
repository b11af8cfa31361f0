//! Where the client secret is: the flags before the variables, those before systemd's credential, and last a person.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use super::environment::{self, Variable};
use crate::args::SecretArgs;
use crate::credential::SecretSource;
use crate::error::{Exit, Failure};
use crate::event::{Event, tell};
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
pub fn resolve(args: SecretArgs) -> Result<SecretSource, Failure> {
    if let Some(value) = args.client_secret {
        tell(Event::Warning(
            "other users of this machine can read --client-secret in the list of processes: \
             use --client-secret-file or CATENA_CLIENT_SECRET",
        ));
        return given(value, "--client-secret");
    }
    if let Some(path) = args.client_secret_file {
        return Ok(file(path, "--client-secret-file"));
    }
    if let Some(command) = args.client_secret_command {
        return command_line(command, "--client-secret-command");
    }
    if let Some(source) = of_variables()? {
        return Ok(source);
    }
    let credential = systemd_credential();
    if let Some(path) = credential.as_ref().filter(|path| path.exists()) {
        return Ok(file(path.clone(), CREDENTIALS));
    }
    let empty = SECRET_VARIABLES.into_iter().find(|name| environment::get(name) == Variable::Empty);
    let state = match (empty, credential) {
        (Some(variable), _) => format!("{variable} is set but empty"),
        (None, Some(_)) => format!("{CREDENTIALS} holds no `{SYSTEMD_CREDENTIAL}`"),
        (None, None) => "none was given".to_owned(),
    };
    Ok(SecretSource::Prompt { state })
}

/// What else gives a secret, and is not used because `used` comes before it.
pub fn unused_secrets(used: &SecretSource) -> Vec<&'static str> {
    let set = SECRET_VARIABLES.into_iter().filter(|name| environment::get(name).into_value().is_some());
    let credential = systemd_credential().filter(|path| path.exists()).map(|_| CREDENTIALS);
    set.chain(credential).filter(|name| *name != used.origin()).collect()
}

fn of_variables() -> Result<Option<SecretSource>, Failure> {
    let set: Vec<(&str, OsString)> =
        SECRET_VARIABLES.into_iter().filter_map(|name| Some((name, environment::get(name).into_value()?))).collect();
    match <[_; 1]>::try_from(set) {
        Ok([(VALUE, value)]) => given(value, VALUE).map(Some),
        Ok([(FILE, path)]) => Ok(Some(file(path.into(), FILE))),
        Ok([(_, command)]) => command_line(command, COMMAND).map(Some),
        Err(set) if set.is_empty() => Ok(None),
        Err(set) => {
            let how = if set.len() == 2 { "both" } else { "all" };
            let names = set.into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(" and ");
            Err(Failure::new(Exit::Usage, "two sources of the client secret", format!("{names} are {how} set"))
                .hint("unset all but one of them, or choose by a flag"))
        }
    }
}

fn given(value: OsString, by: &'static str) -> Result<SecretSource, Failure> {
    match Secret::new(value.into_vec()) {
        Ok(secret) => Ok(SecretSource::Given { secret, by }),
        Err(why) => Err(Failure::new(Exit::Setup, format!("{by} cannot be used"), why)),
    }
}

fn file(path: PathBuf, by: &'static str) -> SecretSource {
    if path == Path::new("-") { SecretSource::Stdin { by } } else { SecretSource::File { path, by } }
}

fn command_line(command: OsString, by: &'static str) -> Result<SecretSource, Failure> {
    if command.is_empty() {
        return Err(Failure::new(Exit::Setup, format!("{by} cannot be used"), "it is empty"));
    }
    Ok(SecretSource::Command { command, by })
}

fn systemd_credential() -> Option<PathBuf> {
    let directory = environment::get(CREDENTIALS).into_value()?;
    Some(Path::new(&directory).join(SYSTEMD_CREDENTIAL))
}
