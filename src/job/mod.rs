//! A command that runs with a token, as if it had been started by hand.
//!
//! Its arguments are bytes. It inherits our directory, terminal, standard streams, signal mask and ignored signals, and
//! our environment without what holds a secret, and with the token.

pub mod supervise;

use std::env::split_paths;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command};

use rustix::io::Errno;
use rustix::process::{getegid, getgid};
use thiserror::Error;

use crate::settings::{SECRET_VARIABLES, search_path};
use crate::signals::Taken;

/// Where the C library looks without a `PATH`.
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// Why a command does not run: its name as it was typed, and what was found by it.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum JobError {
    NotFound(String),
    /// A script's interpreter or a program's loader is missing.
    NoInterpreter(String, PathBuf),
    NotExecutable(String, io::Error),
}

pub struct Job {
    program: OsString,
    arguments: Vec<OsString>,
    /// What differs from our environment; `None` is taken out of it.
    variables: Vec<(String, Option<OsString>)>,
}

impl Job {
    /// `words` are the program and its arguments.
    pub fn new(words: Vec<OsString>) -> Self {
        let mut words = words.into_iter();
        let variables = SECRET_VARIABLES.map(|name| (name.to_owned(), None)).to_vec();
        Self { program: words.next().unwrap_or_default(), arguments: words.collect(), variables }
    }

    pub fn with(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.push((name.to_owned(), Some(value.into())));
        self
    }

    /// The program's name as it was typed; its arguments may hold secrets.
    pub fn name(&self) -> String {
        self.program.to_string_lossy().into_owned()
    }

    /// Replaces this process with the command (`execvp`), which gets our pid. Returns only when that fails.
    pub fn replace(self) -> JobError {
        self.explain(self.command().exec())
    }

    /// Starts it as a child, in our process group, and returns when it runs.
    ///
    /// The child inherits ignored signals and may handle them nevertheless, so `signals` takes those once it runs.
    ///
    /// std prefers `posix_spawn`, with which the child ignores two of the C library's own signals and no shell runs a
    /// script without an interpreter. A group id makes std fork, even our own; where the system refuses to set it,
    /// `posix_spawn` is good enough.
    pub fn spawn(&self, signals: &Taken) -> Result<Child, JobError> {
        let forked = match getgid() == getegid() {
            true => self.command().gid(getgid().as_raw()).spawn(),
            false => Err(Errno::PERM.into()),
        };
        let spawned = forked.or_else(|error| match Errno::from_io_error(&error) {
            Some(Errno::PERM | Errno::INVAL) => self.command().spawn(),
            _ => Err(error),
        });
        let child = spawned.map_err(|error| self.explain(error))?;
        // Where that fails, they stay ignored.
        let _ = signals.add_ignored();
        Ok(child)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        for (name, value) in &self.variables {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }

    /// The system reports a script's missing interpreter as `no such file`, too.
    fn explain(&self, error: io::Error) -> JobError {
        let name = self.name();
        match (error.kind(), find(&self.program)) {
            (io::ErrorKind::NotFound, None) => JobError::NotFound(name),
            (io::ErrorKind::NotFound, Some(found)) => JobError::NoInterpreter(name, found),
            (_, Some(found)) if found.is_dir() => JobError::NotExecutable(name, io::ErrorKind::IsADirectory.into()),
            _ => JobError::NotExecutable(name, error),
        }
    }
}

/// The first file of a program's name, whether it can be executed or not.
fn find(program: &OsStr) -> Option<PathBuf> {
    // A name with a `/` is a path, and is not searched for.
    if program.as_bytes().contains(&b'/') {
        return Some(PathBuf::from(program)).filter(|path| path.exists());
    }
    // An empty part is the working directory.
    let path = search_path().unwrap_or_else(|| DEFAULT_PATH.into());
    split_paths(&path).map(|part| part.join(program)).find(|file| file.is_file())
}
