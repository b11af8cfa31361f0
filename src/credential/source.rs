//! Where a credential is, and how to get its text.

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Instant;

use thiserror::Error;
use zeroize::Zeroizing;

use super::{ClientId, are_swapped, command, prompt};
use crate::base::clock::Deadline;
use crate::base::origin::Origin;
use crate::base::secret::{Secret, UnusableSecret};
use crate::display::redact;
use crate::os::input;

/// What authenticates the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Secret,
    /// A JWT that another party signed (RFC 7523): GitLab, Kubernetes, SPIRE.
    Assertion,
    /// A private key that signs an assertion for each request.
    SigningKey,
    /// The private key of a TLS certificate, which alone authenticates the client (RFC 8705).
    Certificate,
}

#[derive(Clone, Debug)]
pub(crate) struct CredentialSource {
    pub kind: Kind,
    pub place: Place,
}

/// Where it is, and the setting that says so: `by`. `Held` was read earlier from a source that can be read only once.
/// `Command` is for `sh -c`; `Prompt` is the default, for a secret alone.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Given {
        secret: Secret,
        by: Origin,
    },
    File {
        path: PathBuf,
        by: Origin,
    },
    Stdin {
        by: Origin,
    },
    Command {
        command: OsString,
        by: Origin,
    },
    /// An assertion from the runner at `url`, which takes `token`. It seals the cache: all requests of a job have the same.
    Runner {
        url: String,
        token: Secret,
        by: Origin,
    },
    Held {
        secret: Secret,
        is_typed: bool,
    },
    Prompt(Missing),
}

/// Why no setting names a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// The variable is set, but empty.
    EmptyVariable(&'static str),
    /// systemd's credentials do not contain one.
    NoCredential,
    NotGiven,
}

#[derive(Debug, Error)]
#[error("{self:?}")]
pub(crate) struct CredentialError {
    pub kind: Kind,
    pub why: Unreadable,
}

/// Why a credential cannot be read. `Shell`: `sh` does not start. `Exited`: the command failed.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub(crate) enum Unreadable {
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

/// What it takes to get a credential whose key the kernel may remember instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cost<'a> {
    Nothing,
    /// A command, which may ask for a fingerprint.
    Command(&'a OsStr),
    /// Typing at a terminal.
    Person,
}

/// A larger file is not a credential.
pub(super) const LONGEST: usize = 64 * 1024;

/// The variable that tells an assertion's command its audience.
const AUDIENCE: &str = "CATENA_ASSERTION_AUDIENCE";

impl Kind {
    /// The text without the final line break of an editor, `echo` or a command.
    pub fn text(self, read: io::Result<Zeroizing<Vec<u8>>>) -> Result<Secret, Problem> {
        let mut bytes = std::mem::take(&mut *read?);
        let line = bytes.strip_suffix(b"\n").map_or(&bytes[..], |line| line.strip_suffix(b"\r").unwrap_or(line));
        let length = line.len();
        bytes.truncate(length);
        Ok(self.check(bytes)?)
    }

    pub fn check(self, text: Vec<u8>) -> Result<Secret, UnusableSecret> {
        match self {
            Self::Secret => Secret::new(text),
            Self::Assertion => Secret::assertion(text),
            Self::SigningKey | Self::Certificate => Secret::pem(text),
        }
    }
}

impl CredentialSource {
    /// Gets the text, and the deadline extended by the time at the prompt. Redacts an id that was swapped with a secret.
    /// `audience` is for the command of an assertion.
    pub fn get(
        &self,
        id: Option<&ClientId>,
        audience: &str,
        deadline: Deadline,
    ) -> Result<(Secret, Deadline), CredentialError> {
        let started = Instant::now();
        let (secret, is_typed) = match (self.at_hand(deadline)?, &self.place) {
            (Some(secret), _) => (secret, false),
            (None, Place::Command { command, .. }) => {
                let variable = (self.kind == Kind::Assertion).then_some((AUDIENCE, audience));
                let printed = command::run(command, variable, deadline);
                (self.read(printed.and_then(|bytes| self.kind.text(Ok(bytes)).map_err(Unreadable::Command)))?, false)
            }
            (None, Place::Prompt(missing)) => (self.read(prompt::ask(id, *missing))?, true),
            (None, _) => (self.read(self.read_stdin(Deadline::never()))?, true),
        };
        if self.kind == Kind::Secret
            && let Some(id) = id
            && are_swapped(id.as_str(), Some(secret.expose()))
        {
            redact::hide(id.as_str());
        }
        Ok((secret, if is_typed { deadline.extended_by(started.elapsed()) } else { deadline }))
    }

    /// The text, if that takes no command and no prompt.
    pub fn at_hand(&self, deadline: Deadline) -> Result<Option<Secret>, CredentialError> {
        match &self.place {
            Place::Given { secret, .. } | Place::Held { secret, .. } | Place::Runner { token: secret, .. } => {
                Ok(Some(secret.clone()))
            }
            Place::File { path, .. } => {
                let secret = self.kind.text(input::read_file(path, LONGEST, deadline));
                self.read(secret.map(Some).map_err(|problem| Unreadable::File(path.clone(), problem)))
            }
            Place::Stdin { .. } if !io::stdin().is_terminal() => self.read(self.read_stdin(deadline).map(Some)),
            Place::Stdin { .. } | Place::Command { .. } | Place::Prompt(_) => Ok(None),
        }
    }

    fn read_stdin(&self, deadline: Deadline) -> Result<Secret, Unreadable> {
        self.kind.text(input::read(&mut io::stdin().lock(), LONGEST, deadline)).map_err(Unreadable::Stdin)
    }

    fn read<T>(&self, read: Result<T, Unreadable>) -> Result<T, CredentialError> {
        read.map_err(|why| CredentialError { kind: self.kind, why })
    }

    /// Nothing, where nothing may be remembered in its place: two projects of one user may have the same command for an
    /// assertion, and different identities. A secret belongs to the client id.
    pub fn cost(&self) -> Cost<'_> {
        match &self.place {
            _ if self.kind != Kind::Secret => Cost::Nothing,
            Place::Command { command, .. } => Cost::Command(command),
            Place::Prompt(_) => Cost::Person,
            Place::Stdin { .. } if io::stdin().is_terminal() => Cost::Person,
            Place::Given { .. } | Place::File { .. } | Place::Stdin { .. } => Cost::Nothing,
            Place::Runner { .. } | Place::Held { .. } => Cost::Nothing,
        }
    }

    /// Whether another process may replace it at any time: an assertion lives for minutes.
    pub fn may_change(&self) -> bool {
        self.kind == Kind::Assertion
            && matches!(self.place, Place::File { .. } | Place::Command { .. } | Place::Runner { .. })
            && self.is_lasting()
    }

    /// Whether it can be read again, unlike a pipe such as `<(…)`.
    pub fn is_lasting(&self) -> bool {
        match &self.place {
            Place::Stdin { .. } | Place::Prompt(_) => false,
            Place::File { path, .. } => !std::fs::metadata(path).is_ok_and(|found| !found.is_file()),
            Place::Given { .. } | Place::Command { .. } | Place::Runner { .. } | Place::Held { .. } => true,
        }
    }

    /// Whether it is typed by hand: a refusal may be a typo, and is not shared with other processes.
    pub fn is_typed(&self) -> bool {
        matches!(self.place, Place::Held { is_typed: true, .. }) || self.cost() == Cost::Person
    }

    /// The setting that names it.
    pub fn by(&self) -> Option<Origin> {
        match &self.place {
            Place::Given { by, .. } | Place::File { by, .. } | Place::Stdin { by } => Some(*by),
            Place::Command { by, .. } | Place::Runner { by, .. } => Some(*by),
            Place::Held { .. } | Place::Prompt(_) => None,
        }
    }
}
