//! A command that runs with a token, as if it had been started by hand.
//!
//! Its arguments are bytes. It inherits our directory, terminal, standard streams, signal mask and ignored signals, and
//! our environment without what holds a secret, and with the token.

mod search;
pub mod supervise;

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command};

use rustix::io::Errno;
use rustix::process::{getegid, getgid};

use crate::error::{Exit, Failure, reason};
use crate::event::{Event, tell};
use crate::signals::Taken;
use search::Search;

/// What is to be run.
pub struct Job {
    program: OsString,
    arguments: Vec<OsString>,
    /// Variables that are not handed on.
    without: Vec<&'static str>,
    /// Variables that are set, whatever they were before.
    with: Vec<(String, OsString)>,
    /// The value of `PATH`.
    search_path: Option<OsString>,
}

impl Job {
    /// `words` are the program and its arguments.
    pub fn new(words: Vec<OsString>, search_path: Option<OsString>) -> Self {
        let mut words = words.into_iter();
        let program = words.next().unwrap_or_default();
        Self { program, arguments: words.collect(), without: Vec::new(), with: Vec::new(), search_path }
    }

    pub fn without(mut self, names: &[&'static str]) -> Self {
        self.without.extend(names);
        self
    }

    pub fn with(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.with.push((name.to_owned(), value.into()));
        self
    }

    /// The program's name as it was typed; its arguments may hold secrets.
    pub fn name(&self) -> String {
        self.program.to_string_lossy().into_owned()
    }

    /// This process becomes the command (`execvp`), which has our pid, and nothing of ours stays. It comes back only
    /// when that fails.
    pub fn replace(self) -> Failure {
        self.explain(&self.command().exec())
    }

    /// Starts it as a child, in our process group, and returns when it runs.
    ///
    /// It inherits ignored signals, and may act on them all the same: so `signals` handles those as soon as it runs.
    ///
    /// With `posix_spawn`, which std prefers, two of the C library's own signals would be ignored in the child, and a
    /// script without an interpreter would not be run by a shell. std forks for a command with a group id, even our own;
    /// where setting it is not allowed, `posix_spawn` is good enough.
    pub fn spawn(&self, signals: &Taken) -> Result<Child, Failure> {
        let forked = match getgid() == getegid() {
            true => self.command().gid(getgid().as_raw()).spawn(),
            false => Err(Errno::PERM.into()),
        };
        let spawned = forked.or_else(|error| match Errno::from_io_error(&error) {
            Some(Errno::PERM | Errno::INVAL) => self.command().spawn(),
            _ => Err(error),
        });
        let child = spawned.map_err(|error| self.explain(&error))?;
        if let Err(error) = signals.add_ignored() {
            tell(Event::Warning(&format!("signals that are ignored are not handed on: {}", reason(&error))));
        }
        Ok(child)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        for name in &self.without {
            command.env_remove(name);
        }
        for (name, value) in &self.with {
            command.env(name, value);
        }
        command
    }

    fn find(&self) -> Option<PathBuf> {
        Search { program: &self.program, path: self.search_path.as_deref() }.find()
    }

    /// 127 for what is not there, 126 for the rest, as shells and `env` have it. The system says `no such file` of a
    /// script's missing interpreter, too.
    fn explain(&self, error: &io::Error) -> Failure {
        let what = format!("cannot run `{}`", self.name());
        let found = self.find();
        if error.kind() == io::ErrorKind::NotFound {
            return match found {
                Some(found) => {
                    let why = format!("`{}` names an interpreter or a loader that is not there", found.display());
                    Failure::new(Exit::NotExecutable, what, why)
                }
                None => Failure::new(Exit::NotFound, what, "it was not found").hint(self.advice()),
            };
        }
        let is_directory = found.as_ref().is_some_and(|found| found.is_dir());
        let is_file = found.as_ref().is_some_and(|found| found.is_file());
        let why = if is_directory { "it is a directory".to_owned() } else { reason(error) };
        let hint = match error.kind() {
            io::ErrorKind::PermissionDenied if is_file => "make it executable with `chmod +x`",
            io::ErrorKind::ArgumentListTooLong => "its arguments and environment, with the token, are too large",
            _ => "",
        };
        Failure::new(Exit::NotExecutable, what, why).hint(hint)
    }

    fn advice(&self) -> &'static str {
        let is_a_line = self.program.as_bytes().iter().any(|byte| b" |&;<>$".contains(byte));
        match (is_a_line, is_path(&self.program)) {
            (true, _) => "it is the name of one program: a line for a shell is run as exec -- sh -c '...'",
            (false, true) => "",
            (false, false) => "name it by its path, or have its directory in PATH",
        }
    }
}

/// Whether a program's name is a path, which is not searched for.
fn is_path(program: &OsStr) -> bool {
    program.as_bytes().contains(&b'/')
}
