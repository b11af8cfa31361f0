//! A command that runs with a token, as if started by hand.
//!
//! It inherits our environment without the secrets, our directory, terminal, streams, signal mask and ignored signals.
//! It replaces this process, or is a child in our process group. We forward signals to the child, except those that the
//! terminal sends to the whole group (Ctrl-C, Ctrl-Z, a new size). When Ctrl-Z stops the child, we stop, too, so that
//! the shell sees a stopped job. SIGTTIN and SIGTTOU keep their default action: the kernel stops the whole group.

use std::env::split_paths;
use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, retry_on_intr};
use rustix::process::{Pid, Signal, getegid, getgid, kill_process, test_kill_process_group};
use signal_hook::consts::{
    SIGABRT, SIGALRM, SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGIO, SIGPROF, SIGQUIT, SIGSTOP, SIGTERM, SIGTSTP, SIGURG,
    SIGUSR1, SIGUSR2, SIGVTALRM, SIGWINCH, SIGXCPU,
};
use thiserror::Error;

use crate::os::process;
use crate::os::signals::{Received, SignalHandler};

/// Signals for the child, and SIGCHLD. Not SIGPIPE and SIGXFSZ, which our own writes raise. Handle them before it
/// starts, or some are lost.
#[rustfmt::skip]
pub(crate) const HANDLED: &[i32] = &[
    SIGABRT, SIGALRM, SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGIO, SIGPROF, SIGQUIT, SIGTERM, SIGTSTP, SIGURG, SIGUSR1,
    SIGUSR2, SIGVTALRM, SIGWINCH, SIGXCPU,
    #[cfg(target_os = "linux")] Signal::POWER.as_raw(),
];

/// Signals that the terminal sends to its foreground process group. Not SIGHUP: when the terminal closes, the kernel
/// sends it to the session leader only, and a second SIGHUP does no harm.
const FROM_TERMINAL: [i32; 4] = [SIGINT, SIGQUIT, SIGTSTP, SIGWINCH];

/// Why a command does not run, with its name as typed and the file that was found.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub(crate) enum ExecError {
    NotFound(String),
    /// A script's interpreter or a program's loader is missing.
    NoInterpreter(String, PathBuf),
    NotExecutable(String, io::Error),
}

pub(crate) struct ChildCommand {
    program: OsString,
    arguments: Vec<OsString>,
    /// Variables of our environment that it does not get.
    hidden: Vec<&'static str>,
    variables: Vec<(String, OsString)>,
    /// Our PATH, to explain why a program does not run.
    search_path: Option<OsString>,
}

impl ChildCommand {
    /// `words` are the program and its arguments.
    pub(crate) fn new(words: Vec<OsString>, hidden: Vec<&'static str>, search_path: Option<OsString>) -> Self {
        let mut words = words.into_iter();
        let (program, variables) = (words.next().unwrap_or_default(), Vec::new());
        Self { program, arguments: words.collect(), hidden, variables, search_path }
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// The program's name as typed, without its arguments, which may hold secrets.
    pub(crate) fn name(&self) -> String {
        self.program.to_string_lossy().into_owned()
    }

    /// Replaces this process with the command (`execvp`). Returns only if that fails.
    pub(crate) fn replace(self) -> ExecError {
        self.explain(self.command().exec())
    }

    /// Starts the command as a child in our process group. The child may handle signals that we ignore, so `signals`
    /// handles those, too, once it runs.
    ///
    /// std prefers `posix_spawn`, with which the child ignores two of the C library's own signals and no shell runs a
    /// script without an interpreter. Setting a group id, even our own, makes std fork. If the system refuses that,
    /// `posix_spawn` is good enough.
    pub(crate) fn spawn(&self, signals: &SignalHandler) -> Result<Child, ExecError> {
        let forked = match getgid() == getegid() {
            true => self.command().gid(getegid().as_raw()).spawn(),
            // A setgid program: its command keeps both groups.
            false => Err(Errno::PERM.into()),
        };
        let spawned = forked.or_else(|error| match Errno::from_io_error(&error) {
            Some(Errno::PERM | Errno::INVAL) => self.command().spawn(),
            _ => Err(error),
        });
        let child = spawned.map_err(|error| self.explain(error))?;
        // If that fails, they stay ignored.
        let _ = signals.add_ignored();
        Ok(child)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        for name in &self.hidden {
            command.env_remove(name);
        }
        command.envs(self.variables.iter().cloned());
        command
    }

    /// ENOENT may also mean that a script's interpreter is missing.
    fn explain(&self, error: io::Error) -> ExecError {
        let name = self.name();
        match (error.kind(), self.find()) {
            (io::ErrorKind::NotFound, None) => ExecError::NotFound(name),
            (io::ErrorKind::NotFound, Some(found)) => ExecError::NoInterpreter(name, found),
            (_, Some(found)) if found.is_dir() => ExecError::NotExecutable(name, io::ErrorKind::IsADirectory.into()),
            _ => ExecError::NotExecutable(name, error),
        }
    }

    /// The first file with the program's name, executable or not.
    fn find(&self) -> Option<PathBuf> {
        // A name with a `/` is a path.
        if self.program.as_bytes().contains(&b'/') {
            return Some(PathBuf::from(&self.program)).filter(|path| path.exists());
        }
        // An empty part is the working directory. The C library's default PATH is this one.
        let path = self.search_path.clone().unwrap_or_else(|| "/bin:/usr/bin".into());
        split_paths(&path).map(|part| part.join(&self.program)).find(|file| file.is_file())
    }
}

/// Waits until `child`, which was just started, exits; `signals` are those of [`HANDLED`]. One thread forwards and
/// reaps, so that no signal reaches a reused pid.
pub(crate) fn supervise(child: &Child, mut signals: SignalHandler) -> io::Result<ExitStatus> {
    let pid = Pid::from_child(child);
    // Readable when the child has exited, even if our parent blocked SIGCHLD.
    #[cfg(target_os = "linux")]
    let pidfd = rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok();
    #[cfg(not(target_os = "linux"))]
    let pidfd: Option<std::os::fd::OwnedFd> = None;
    // These arrived before the child ran, so that even the terminal's did not reach it.
    signals.received().iter().filter(|early| early.signal != SIGCHLD).for_each(|early| send(pid, early.signal));
    let (mut stopped_by, mut is_by_terminal) = (None, false);
    loop {
        while let Some(status) = process::next_change(pid)? {
            match status.stopping_signal() {
                Some(signal) => stopped_by = Some(signal),
                None => return Ok(ExitStatus::from_raw(status.as_raw())),
            }
        }
        if stops_us(stopped_by, is_by_terminal) {
            (stopped_by, is_by_terminal) = (None, false);
            process::stop();
        }
        let mut watched = vec![PollFd::from_borrowed_fd(signals.as_fd(), PollFlags::IN)];
        watched.extend(pidfd.as_ref().map(|pidfd| PollFd::new(pidfd, PollFlags::IN)));
        retry_on_intr(|| poll(&mut watched, None))?;
        for received in signals.received() {
            // A child may create its own process group, as `timeout` does.
            let has_own_group = test_kill_process_group(pid) != Err(Errno::SRCH);
            if is_forwarded(received, has_own_group) {
                send(pid, received.signal);
            } else if received.signal == SIGTSTP {
                is_by_terminal = true;
            }
        }
    }
}

fn send(pid: Pid, signal: i32) {
    if let Some(signal) = Signal::from_named_raw(signal) {
        let _ = kill_process(pid, signal);
    }
}

/// Whether only we received a signal. The terminal's do not reach a child with its own process group.
fn is_forwarded(received: Received, has_own_group: bool) -> bool {
    let was_sent_to_group = !received.from_process && FROM_TERMINAL.contains(&received.signal);
    received.signal != SIGCHLD && (!was_sent_to_group || has_own_group)
}

/// Whether we stop, too. A child that is `exec --renew` stops itself with SIGSTOP, as we do; without Ctrl-Z, SIGSTOP
/// only pauses the child (`cpulimit`).
fn stops_us(stopped_by: Option<i32>, is_by_terminal: bool) -> bool {
    stopped_by == Some(SIGTSTP) || (stopped_by == Some(SIGSTOP) && is_by_terminal)
}

#[cfg(test)]
mod tests {
    use signal_hook::consts::SIGTTIN;

    use super::*;

    #[test]
    fn a_signal_is_forwarded_unless_the_child_got_it_from_the_terminal() {
        let forwarded = |signal, from_process, group| is_forwarded(Received { signal, from_process }, group);
        for signal in [SIGINT, SIGQUIT, SIGTSTP, SIGWINCH] {
            assert!(!forwarded(signal, false, false), "{signal}");
            assert!(forwarded(signal, false, true) && forwarded(signal, true, false), "{signal}");
        }
        // The kernel's own go to one process: an alarm that was set before we started, a closed terminal.
        for signal in [SIGALRM, SIGCONT, SIGHUP, SIGTERM] {
            assert!(forwarded(signal, false, false) && forwarded(signal, true, false), "{signal}");
        }
        assert!(!forwarded(SIGCHLD, false, false) && !forwarded(SIGCHLD, true, true));
    }

    #[test]
    fn ctrl_z_stops_us_with_the_child() {
        assert!(stops_us(Some(SIGTSTP), true) && stops_us(Some(SIGTSTP), false) && stops_us(Some(SIGSTOP), true));
        assert!(!stops_us(None, true), "a child that ignores it runs on");
        assert!(!stops_us(Some(SIGSTOP), false), "a child that is halted for a while");
        assert!(!stops_us(Some(SIGTTIN), true), "the kernel stops all of the group");
    }
}
