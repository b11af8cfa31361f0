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
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use rustix::io::Errno;
use rustix::process::{getegid, getgid};
use thiserror::Error;

use crate::event::{Event, Warning, tell};
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
    Directory(String),
    NotExecutable(String, io::Error),
    Other(String, io::Error),
}

pub struct Job {
    command: Command,
    /// The value of `PATH`.
    search_path: Option<OsString>,
}

impl Job {
    /// `words` are the program and its arguments; it does not get the variables `without`.
    pub fn new(words: Vec<OsString>, without: &[&str], search_path: Option<OsString>) -> Self {
        let mut words = words.into_iter();
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words);
        for name in without {
            command.env_remove(name);
        }
        Self { command, search_path }
    }

    pub fn with(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// The program's name as it was typed; its arguments may hold secrets.
    pub fn name(&self) -> String {
        self.command.get_program().to_string_lossy().into_owned()
    }

    /// Replaces this process with the command (`execvp`), which gets our pid. Returns only when that fails.
    pub fn replace(mut self) -> JobError {
        let error = self.command.exec();
        self.explain(error)
    }

    /// Starts it as a child, in our process group, and returns when it runs.
    ///
    /// The child inherits ignored signals and may handle them nevertheless, so `signals` takes those once it runs.
    ///
    /// std prefers `posix_spawn`, with which the child ignores two of the C library's own signals and no shell runs a
    /// script without an interpreter. A group id makes std fork, even our own; where the system refuses to set it,
    /// `posix_spawn` is good enough.
    pub fn spawn(&mut self, signals: &Taken) -> Result<Child, JobError> {
        let forked = match getgid() == getegid() {
            true => self.copy().gid(getgid().as_raw()).spawn(),
            false => Err(Errno::PERM.into()),
        };
        let spawned = forked.or_else(|error| match Errno::from_io_error(&error) {
            Some(Errno::PERM | Errno::INVAL) => self.command.spawn(),
            _ => Err(error),
        });
        let child = spawned.map_err(|error| self.explain(error))?;
        if let Err(error) = signals.add_ignored() {
            tell(Event::Warning(Warning::SignalsIgnored(&error)));
        }
        Ok(child)
    }

    fn copy(&self) -> Command {
        let mut copy = Command::new(self.command.get_program());
        copy.args(self.command.get_args());
        for (name, value) in self.command.get_envs() {
            match value {
                Some(value) => copy.env(name, value),
                None => copy.env_remove(name),
            };
        }
        copy
    }

    /// The system reports a script's missing interpreter as `no such file`, too.
    fn explain(&self, error: io::Error) -> JobError {
        let name = self.name();
        match (error.kind(), find(self.command.get_program(), self.search_path.as_deref())) {
            (io::ErrorKind::NotFound, None) => JobError::NotFound(name),
            (io::ErrorKind::NotFound, Some(found)) => JobError::NoInterpreter(name, found),
            (_, Some(found)) if found.is_dir() => JobError::Directory(name),
            (io::ErrorKind::PermissionDenied, Some(found)) if found.is_file() => JobError::NotExecutable(name, error),
            _ => JobError::Other(name, error),
        }
    }
}

/// The first file of a program's name, whether it can be executed or not.
fn find(program: &OsStr, path: Option<&OsStr>) -> Option<PathBuf> {
    if program.is_empty() {
        return None;
    }
    // A name with a `/` is a path, and is not searched for.
    if program.as_bytes().contains(&b'/') {
        return Some(PathBuf::from(program)).filter(|path| path.exists());
    }
    // An empty part is the working directory.
    let here = |part: PathBuf| if part == Path::new("") { PathBuf::from(".") } else { part };
    let mut files = split_paths(path.unwrap_or(OsStr::new(DEFAULT_PATH))).map(|part| here(part).join(program));
    files.find(|file| file.is_file())
}
