//! A command that runs beside us, as if we were not there.
//!
//! It is in our process group, so that what comes from the terminal (Ctrl-C, Ctrl-Z, its size, its end) comes to both:
//! we leave that to the command. What a process sends to us is meant for the command and handed on. When it stops, we
//! stop, so that a shell with job control sees its job stopped; how it ends is how we end.

use std::fs::File;
use std::io;
use std::os::fd::AsFd as _;
#[cfg(target_os = "linux")]
use std::os::fd::OwnedFd;
use std::process::Child;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions, waitpid};
use signal_hook::consts::{
    SIGALRM, SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2, SIGVTALRM, SIGWINCH,
};

use crate::process;
use crate::signals::Taken;

/// What a person, a service manager or another process may send; and the one that tells of the command.
const HANDED_ON: [i32; 12] =
    [SIGALRM, SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2, SIGVTALRM, SIGWINCH];

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Code(u8),
    BySignal(i32),
}

/// Takes the signals. It is done before the command is started: what comes before its pid is known waits.
pub fn take_signals() -> io::Result<Taken> {
    Taken::of(&HANDED_ON)
}

/// Waits for the end of `child`, which has just been started.
pub fn supervise(child: &Child, mut signals: Taken) -> io::Result<Ended> {
    let running = Running::of(child)?;
    // What came from the terminal before the command itself ran did not reach it.
    for arrived in signals.arrived() {
        running.send(arrived.signal);
    }
    loop {
        for arrived in signals.arrived().into_iter().filter(|arrived| arrived.from_process) {
            running.send(arrived.signal);
        }
        match running.look()? {
            Some(Changed::Ended(ended)) => return Ok(ended),
            // Without a terminal there is no shell that would have us go on.
            Some(Changed::Stopped) if has_terminal() => process::stop(),
            Some(Changed::Stopped) | None => {}
        }
        running.wait(&signals)?;
    }
}

enum Changed {
    Ended(Ended),
    Stopped,
}

/// A command that has not been waited for: its pid is its own.
struct Running {
    pid: Pid,
    /// Readable when it has ended, even where SIGCHLD is blocked.
    #[cfg(target_os = "linux")]
    held: Option<OwnedFd>,
}

impl Running {
    fn of(child: &Child) -> io::Result<Self> {
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| io::Error::other("it has no pid"))?;
        Ok(Self {
            pid,
            #[cfg(target_os = "linux")]
            held: rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok(),
        })
    }

    fn send(&self, signal: i32) {
        if let Some(signal) = Signal::from_named_raw(signal).filter(|signal| *signal != Signal::CHILD) {
            let _ = rustix::process::kill_process(self.pid, signal);
        }
    }

    /// What has become of it, if anything. After its end it must not be sent anything: its pid may be another's.
    fn look(&self) -> io::Result<Option<Changed>> {
        loop {
            match waitpid(Some(self.pid), WaitOptions::UNTRACED | WaitOptions::NOHANG) {
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
                Ok(None) => return Ok(None),
                Ok(Some((_, status))) if status.stopped() => return Ok(Some(Changed::Stopped)),
                Ok(Some((_, status))) => {
                    let code = status.exit_status().and_then(|code| u8::try_from(code).ok());
                    let by_signal = status.terminating_signal().map(Ended::BySignal);
                    return Ok(by_signal.or(code.map(Ended::Code)).map(Changed::Ended));
                }
            }
        }
    }

    /// Until a signal comes or it ends.
    fn wait(&self, signals: &Taken) -> io::Result<()> {
        let mut watched = vec![PollFd::from_borrowed_fd(signals.as_fd(), PollFlags::IN)];
        #[cfg(target_os = "linux")]
        watched.extend(self.held.as_ref().map(|held| PollFd::from_borrowed_fd(held.as_fd(), PollFlags::IN)));
        match poll(&mut watched, None) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn has_terminal() -> bool {
    File::options().read(true).open("/dev/tty").is_ok()
}
