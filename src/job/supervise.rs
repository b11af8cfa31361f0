//! Runs beside a child process: forwards signals to it, and waits for its end.
//!
//! The child is in our process group. What the terminal sends to the group (Ctrl-C, Ctrl-Z, a new size), the child gets
//! by itself; every other signal reaches us alone and is forwarded. When Ctrl-Z has stopped the child, we stop too, so
//! that the shell sees a stopped job; a child that ignores Ctrl-Z runs on, and so do we. SIGTTIN and SIGTTOU keep their
//! default action: the kernel stops the whole group.
//!
//! One thread forwards and reaps, so that no signal is sent to a pid that is already another's.

use std::io;
#[cfg(target_os = "linux")]
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ExitStatus};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitStatus, kill_process, test_kill_process_group};
use signal_hook::consts::{
    SIGABRT, SIGALRM, SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGIO, SIGPROF, SIGQUIT, SIGSTOP, SIGTERM, SIGTSTP, SIGURG,
    SIGUSR1, SIGUSR2, SIGVTALRM, SIGWINCH, SIGXCPU,
};

use crate::children;
use crate::process;
use crate::signals::{Arrived, Taken};

/// What may be meant for the child, and SIGCHLD, which wakes us. Not SIGPIPE and SIGXFSZ: our own writing raises them.
#[rustfmt::skip]
const HANDLED: &[i32] = &[
    SIGABRT, SIGALRM, SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGIO, SIGPROF, SIGQUIT, SIGTERM, SIGTSTP, SIGURG, SIGUSR1,
    SIGUSR2, SIGVTALRM, SIGWINCH, SIGXCPU,
    #[cfg(target_os = "linux")] Signal::POWER.as_raw(),
];

/// What the terminal sends to its foreground process group. SIGHUP is not among them: the end of a terminal is told to
/// the first process of the session alone, and a second SIGHUP does no harm.
const FROM_TERMINAL: [i32; 4] = [SIGINT, SIGQUIT, SIGTSTP, SIGWINCH];

/// Handles the signals that are meant for the child. Call it before the child is started: a signal that comes before
/// its pid is known waits.
pub fn take_signals() -> io::Result<Taken> {
    Taken::of(HANDLED)
}

/// Waits for the end of `child`, which has just been started.
pub fn supervise(child: &Child, mut signals: Taken) -> io::Result<ExitStatus> {
    let child = Running::of(child)?;
    // These came before the child ran, so the terminal's did not reach it either.
    signals.arrived().iter().filter(|early| early.signal != SIGCHLD).for_each(|early| child.send(early.signal));
    let mut stop = Stop::default();
    loop {
        while let Some(status) = child.next_change()? {
            match status.stopping_signal() {
                Some(signal) => stop.child = Some(signal),
                None => return Ok(ExitStatus::from_raw(status.as_raw())),
            }
        }
        if stop.is_ours() {
            stop = Stop::default();
            process::stop();
        }
        child.wait(&signals)?;
        for arrived in signals.arrived() {
            if is_forwarded(arrived, child.has_own_group()) {
                child.send(arrived.signal);
            } else if arrived.signal == SIGTSTP {
                stop.is_by_terminal = true;
            }
        }
    }
}

/// Whether the child did not get a signal by itself. One with a process group of its own (`timeout` makes one) gets
/// nothing of what the terminal sends to ours.
fn is_forwarded(arrived: Arrived, has_own_group: bool) -> bool {
    let was_sent_to_group = !arrived.from_process && FROM_TERMINAL.contains(&arrived.signal);
    arrived.signal != SIGCHLD && (!was_sent_to_group || has_own_group)
}

/// What is known of a child that may have been stopped by Ctrl-Z.
#[derive(Default)]
struct Stop {
    /// The signal that stopped it.
    child: Option<i32>,
    is_by_terminal: bool,
}

impl Stop {
    /// Whether we stop, too. Another `exec --renew` as our child stops as we do, by SIGSTOP; that alone halts a child
    /// for a while (`cpulimit`).
    fn is_ours(&self) -> bool {
        self.child == Some(SIGTSTP) || (self.child == Some(SIGSTOP) && self.is_by_terminal)
    }
}

/// A child that was not reaped yet, so that its pid is its own.
struct Running {
    pid: Pid,
    /// Readable when it has ended, also where our parent blocked SIGCHLD.
    #[cfg(target_os = "linux")]
    pidfd: Option<OwnedFd>,
}

impl Running {
    fn of(child: &Child) -> io::Result<Self> {
        let pid = children::pid_of(child).ok_or_else(|| io::Error::other("it has no pid"))?;
        Ok(Self {
            pid,
            #[cfg(target_os = "linux")]
            pidfd: rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok(),
        })
    }

    fn send(&self, signal: i32) {
        if let Some(signal) = Signal::from_named_raw(signal) {
            let _ = kill_process(self.pid, signal);
        }
    }

    fn has_own_group(&self) -> bool {
        !matches!(test_kill_process_group(self.pid), Err(Errno::SRCH))
    }

    /// How it stopped or ended, if it did since the last call.
    fn next_change(&self) -> io::Result<Option<WaitStatus>> {
        while let Some((pid, status)) = children::next_change(self.pid)? {
            if pid == self.pid {
                return Ok(Some(status));
            }
        }
        Ok(None)
    }

    /// Waits until a signal comes or it ends.
    fn wait(&self, signals: &Taken) -> io::Result<()> {
        let mut watched = vec![PollFd::from_borrowed_fd(signals.as_fd(), PollFlags::IN)];
        #[cfg(target_os = "linux")]
        watched.extend(self.pidfd.as_ref().map(|pidfd| PollFd::from_borrowed_fd(pidfd.as_fd(), PollFlags::IN)));
        match poll(&mut watched, None) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use signal_hook::consts::SIGTTIN;

    use super::*;

    #[test]
    fn a_signal_is_forwarded_unless_the_child_got_it_from_the_terminal() {
        let forwarded = |signal, from_process, group| is_forwarded(Arrived { signal, from_process }, group);
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
        let stops = |child, is_by_terminal| Stop { child, is_by_terminal }.is_ours();
        assert!(stops(Some(SIGTSTP), true) && stops(Some(SIGTSTP), false) && stops(Some(SIGSTOP), true));
        assert!(!stops(None, true), "a child that ignores it runs on");
        assert!(!stops(Some(SIGSTOP), false), "a child that is halted for a while");
        assert!(!stops(Some(SIGTTIN), true), "the kernel stops all of the group");
    }
}
