//! The client's credentials, and where the secret comes from.
//!
//! A `SecretSource` says where the secret is; only `SecretSource::get` reads a file, runs a command or prompts.

mod command;
mod mistakes;
mod prompt;

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Instant;

use thiserror::Error;
use zeroize::Zeroizing;

pub(crate) use command::end_running as end_running_command;
pub(crate) use mistakes::{Mistake, confused, mistakes};

use crate::base::clock::Deadline;
use crate::base::secret::{Secret, UnusableSecret};
use crate::display::redact;
use crate::os::input;

/// A client identifier (RFC 6749 §2.2) that is not empty and has no control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClientId(String);

impl ClientId {
    pub fn new(text: &str) -> Option<Self> {
        let is_valid = !text.is_empty() && !text.chars().any(char::is_control);
        is_valid.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Debug)]
pub(crate) struct ClientCredentials {
    pub id: ClientId,
    pub secret: Secret,
    /// The setting that gives the secret; `None` if it was typed or read before.
    pub secret_by: Option<&'static str>,
}

impl ClientCredentials {
    /// What is probably wrong with the secret.
    pub fn mistake(&self) -> Option<Mistake> {
        let secret = self.secret.expose();
        mistakes(secret).next().or_else(|| confused(self.id.as_str(), secret))
    }
}

/// Where the secret is, and the setting that says so: `by`. `Held` was read earlier from a source that can be read only
/// once. `Command` is for `sh -c`; `Prompt` is the default.
#[derive(Clone, Debug)]
pub(crate) enum SecretSource {
    Given { secret: Secret, by: &'static str },
    File { path: PathBuf, by: &'static str },
    Stdin { by: &'static str },
    Command { command: OsString, by: &'static str },
    Held { secret: Secret, is_typed: bool },
    Prompt(Missing),
}

/// Why no setting names the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// The variable is set, but empty.
    EmptyVariable(&'static str),
    /// systemd's credentials do not contain it.
    NoCredential,
    NotGiven,
}

/// Why the secret cannot be read. `Shell`: `sh` does not start. `Exited`: the command failed.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub(crate) enum SecretError {
    File(PathBuf, Problem),
    Stdin(Problem),
    Shell(io::Error),
    Command(Problem),
    Exited(ExitStatus),
    Terminal(Problem),
    NoTerminal(Missing),
}

/// The source cannot be read, or its content is invalid.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub(crate) enum Problem {
    Io(#[from] io::Error),
    Unusable(#[from] UnusableSecret),
}

/// What it takes to get a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cost<'a> {
    Nothing,
    /// A command, which may ask for a fingerprint.
    Command(&'a OsStr),
    /// Typing at a terminal.
    Person,
}

/// A larger file is not a secret.
const LONGEST_SECRET: usize = 64 * 1024;

impl SecretSource {
    /// Gets the secret, and the deadline extended by the time at the prompt. Redacts an id that was swapped with it.
    pub fn get(&self, id: &ClientId, deadline: Deadline) -> Result<(Secret, Deadline), SecretError> {
        let started = Instant::now();
        let (secret, is_typed) = match (self.at_hand(deadline)?, self) {
            (Some(secret), _) => (secret, false),
            (None, Self::Command { command, .. }) => (command::run(command, deadline)?, false),
            (None, Self::Prompt(missing)) => (prompt::ask(id, *missing)?, true),
            (None, _) => (from_stdin(Deadline::never())?, true),
        };
        if are_swapped(id.as_str(), Some(secret.expose())) {
            redact::hide(id.as_str());
        }
        Ok((secret, if is_typed { deadline.extended_by(started.elapsed()) } else { deadline }))
    }

    /// The secret, if that takes no command and no prompt.
    pub fn at_hand(&self, deadline: Deadline) -> Result<Option<Secret>, SecretError> {
        match self {
            Self::Given { secret, .. } | Self::Held { secret, .. } => Ok(Some(secret.clone())),
            Self::File { path, .. } => {
                let secret = secret_line(input::read_file(path, LONGEST_SECRET, deadline));
                secret.map(Some).map_err(|problem| SecretError::File(path.clone(), problem))
            }
            Self::Stdin { .. } if self.cost() == Cost::Nothing => from_stdin(deadline).map(Some),
            Self::Stdin { .. } | Self::Command { .. } | Self::Prompt(_) => Ok(None),
        }
    }

    pub fn cost(&self) -> Cost<'_> {
        match self {
            Self::Command { command, .. } => Cost::Command(command),
            Self::Prompt(_) => Cost::Person,
            Self::Stdin { .. } if io::stdin().is_terminal() => Cost::Person,
            Self::Given { .. } | Self::File { .. } | Self::Stdin { .. } | Self::Held { .. } => Cost::Nothing,
        }
    }

    /// Whether it can be read again, unlike a pipe such as `<(…)`.
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::Stdin { .. } | Self::Prompt(_) => false,
            Self::File { path, .. } => !std::fs::metadata(path).is_ok_and(|found| !found.is_file()),
            Self::Given { .. } | Self::Command { .. } | Self::Held { .. } => true,
        }
    }

    /// Whether it is typed by hand: a refusal may be a typo, and is not shared with other processes.
    pub fn is_typed(&self) -> bool {
        matches!(self, Self::Held { is_typed: true, .. }) || self.cost() == Cost::Person
    }

    /// The setting that names it.
    pub fn by(&self) -> Option<&'static str> {
        match self {
            Self::Given { by, .. } | Self::File { by, .. } | Self::Stdin { by } | Self::Command { by, .. } => Some(by),
            Self::Held { .. } | Self::Prompt(_) => None,
        }
    }
}

fn from_stdin(deadline: Deadline) -> Result<Secret, SecretError> {
    secret_line(input::read(&mut io::stdin().lock(), LONGEST_SECRET, deadline)).map_err(SecretError::Stdin)
}

/// The secret without the final line break of an editor, `echo` or a command.
pub(crate) fn secret_line(read: io::Result<Zeroizing<Vec<u8>>>) -> Result<Secret, Problem> {
    let mut bytes = std::mem::take(&mut *read?);
    let line = bytes.strip_suffix(b"\n").map_or(&bytes[..], |line| line.strip_suffix(b"\r").unwrap_or(line));
    let length = line.len();
    bytes.truncate(length);
    Ok(Secret::new(bytes)?)
}

/// Whether the path may be a secret, by mistake: no such file exists, and it has no `/`, or looks like base64.
pub(crate) fn may_be_a_secret(path: &Path) -> bool {
    const SHORTEST: usize = 16;
    let name = path.as_os_str().as_bytes();
    let has = |is_one: fn(&u8) -> bool| name.iter().any(is_one);
    let is_mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit);
    let is_spelt = name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte));
    let is_base64 = name.len() >= SHORTEST && is_mixed && is_spelt && (name.ends_with(b"=") || name.contains(&b'+'));
    (is_base64 || !name.contains(&b'/')) && !path.exists()
}

/// Whether the client id looks like a generated secret, and the secret, if it is known, does not.
pub(crate) fn are_swapped(client_id: &str, secret: Option<&str>) -> bool {
    is_generated(client_id) && !secret.is_some_and(is_generated)
}

/// Keycloak generates 32 random letters and digits. A name may end in a year.
fn is_generated(text: &str) -> bool {
    let runs_of_digits = || text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).count();
    let is_letter_or_digit = |c: char| c.is_ascii_alphanumeric();
    text.len() >= 20 && text.chars().all(is_letter_or_digit) && text != text.to_lowercase() && runs_of_digits() > 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_in_the_secrets_place() {
        assert!(are_swapped("Zk3vQ9xW7tB2nM5rL8pY1sD4", Some("acme")));
        assert!(are_swapped("Zk3vQ9xW7tB2nM5rL8pY1sD4", None));
        assert!(!are_swapped("acme", Some("Zk3vQ9xW7tB2nM5rL8pY1sD4")));
        assert!(!are_swapped("Zk3vQ9xW7tB2nM5rL8pY1sD4", Some("aB3vQ9xW7tB2nM5rL8pY1sD4")));
        for (id, secret) in [
            ("acme-fleet-integration", "acme"),
            ("Acme-Fleet-Integration-2024", "9f8b2c1e-6d0c-4c7e-9a44-3f1f6e1d2c55"),
            ("AcmeFleetIntegration2024", "correcthorsebatterystaple"),
            ("https://Acme.example/fleet1", "acme"),
        ] {
            assert!(!are_swapped(id, Some(secret)), "{id}");
        }
    }
}
