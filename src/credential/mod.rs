//! The client's credentials, and where the secret comes from.
//!
//! A `SecretSource` says where the secret is; only `SecretSource::get` reads a file, runs a command or prompts.

mod command;
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

use crate::base::clock::Deadline;
use crate::base::secret::{Secret, UnusableSecret};
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
    /// Gets the secret, and the deadline extended by the time at the prompt.
    pub fn get(&self, id: &ClientId, deadline: Deadline) -> Result<(Secret, Deadline), SecretError> {
        if let Some(secret) = self.at_hand(deadline)? {
            return Ok((secret, deadline));
        }
        let started = Instant::now();
        let secret = match self {
            Self::Command { command, .. } => return Ok((command::run(command, deadline)?, deadline)),
            Self::Prompt(missing) => prompt::ask(id, *missing)?,
            _ => from_stdin(Deadline::never())?,
        };
        Ok((secret, deadline.extended_by(started.elapsed())))
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

/// Whether the path may be the secret itself, by mistake: no such file exists, and the name looks generated. Servers
/// generate letters and digits, hexadecimal digits, or base64, which may contain a `/`.
pub(crate) fn looks_like_a_secret(path: &Path) -> bool {
    const SHORTEST: usize = 16;
    /// More than a year with a number.
    const MANY_DIGITS: usize = 6;
    let name = path.as_os_str().as_bytes();
    let has = |is_one: fn(&u8) -> bool| name.iter().any(is_one);
    let is_mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit);
    let may_be = match name.first() {
        Some(b'.' | b'~') | None => false,
        Some(_) if name.contains(&b'/') => is_mixed && (name.ends_with(b"=") || name.contains(&b'+')),
        Some(_) => is_mixed || name.iter().filter(|byte| byte.is_ascii_digit()).count() >= MANY_DIGITS,
    };
    name.len() >= SHORTEST && may_be && !name.contains(&b'.') && !path.exists()
}
