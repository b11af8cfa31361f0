//! Runs beside a child process: forwards signals to it, and waits for its end.
//!
//! The child is in our process group, so it gets what the terminal sends to the group (Ctrl-C, Ctrl-Z, a new size); we
//! forward every other signal. When Ctrl-Z stops the child, we stop too, so that the shell sees a stopped job; when the
//! child ignores it, both run on. SIGTTIN and SIGTTOU keep their default action: the kernel stops the whole group.
//!
//! One thread forwards and reaps, so that no signal reaches a reused pid.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ExitStatus};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, retry_on_intr};
use rustix::process::{Pid, Signal, kill_process, test_kill_process_group};
use signal_hook::consts::{
    SIGABRT, SIGALRM, SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGIO, SIGPROF, SIGQUIT, SIGSTOP, SIGTERM, SIGTSTP, SIGURG,
    SIGUSR1, SIGUSR2, SIGVTALRM, SIGWINCH, SIGXCPU,
};

use crate::children;
use crate::process;
use crate::signals::{Arrived, Taken};

/// What may be meant for the child, and SIGCHLD, which wakes us. Not SIGPIPE and SIGXFSZ: our own writing raises them.
/// Take them before the child starts: a signal that comes before its pid is known waits.
#[rustfmt::skip]
pub const HANDLED: &[i32] = &[
    SIGABRT, SIGALRM, SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGIO, SIGPROF, SIGQUIT, SIGTERM, SIGTSTP, SIGURG, SIGUSR1,
    SIGUSR2, SIGVTALRM, SIGWINCH, SIGXCPU,
    #[cfg(target_os = "linux")] Signal::POWER.as_raw(),
];

/// What the terminal sends to its foreground process group. SIGHUP is not among them: the kernel sends it to the first
/// process of the session alone when the terminal closes, and a second SIGHUP does no harm.
const FROM_TERMINAL: [i32; 4] = [SIGINT, SIGQUIT, SIGTSTP, SIGWINCH];

/// Waits for the end of `child`, which has just been started. `signals` are those of [`HANDLED`].
pub fn supervise(child: &Child, mut signals: Taken) -> io::Result<ExitStatus> {
    let pid = Pid::from_child(child);
    // Readable when the child has exited, even where our parent blocked SIGCHLD.
    #[cfg(target_os = "linux")]
    let pidfd = rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok();
    #[cfg(not(target_os = "linux"))]
    let pidfd: Option<OwnedFd> = None;
    // They came before the child ran, or just when it began: what the terminal sent did not reach it.
    signals.arrived().iter().filter(|early| early.signal != SIGCHLD).for_each(|early| send(pid, early.signal));
    let (mut stopped_by, mut is_by_terminal) = (None, false);
    loop {
        while let Some(status) = children::next_change(pid)? {
            match status.stopping_signal() {
                Some(signal) => stopped_by = Some(signal),
                None => return Ok(ExitStatus::from_raw(status.as_raw())),
            }
        }
        if stops_us(stopped_by, is_by_terminal) {
            (stopped_by, is_by_terminal) = (None, false);
            process::stop();
        }
        wait(&signals, pidfd.as_ref())?;
        for arrived in signals.arrived() {
            // `timeout` is a child that makes a process group of its own.
            let has_own_group = test_kill_process_group(pid) != Err(Errno::SRCH);
            if is_forwarded(arrived, has_own_group) {
                send(pid, arrived.signal);
            } else if arrived.signal == SIGTSTP {
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

fn wait(signals: &Taken, pidfd: Option<&OwnedFd>) -> io::Result<()> {
    let mut watched = vec![PollFd::from_borrowed_fd(signals.as_fd(), PollFlags::IN)];
    watched.extend(pidfd.map(|pidfd| PollFd::new(pidfd, PollFlags::IN)));
    retry_on_intr(|| poll(&mut watched, None))?;
    Ok(())
}

/// Whether only we got a signal. The terminal's do not reach a child with its own process group.
fn is_forwarded(arrived: Arrived, has_own_group: bool) -> bool {
    let was_sent_to_group = !arrived.from_process && FROM_TERMINAL.contains(&arrived.signal);
    arrived.signal != SIGCHLD && (!was_sent_to_group || has_own_group)
}

/// Whether we stop, too. A child that is `exec --renew` stops itself by SIGSTOP, as we do; without a Ctrl-Z, a SIGSTOP
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
        assert!(stops_us(Some(SIGTSTP), true) && stops_us(Some(SIGTSTP), false) && stops_us(Some(SIGSTOP), true));
        assert!(!stops_us(None, true), "a child that ignores it runs on");
        assert!(!stops_us(Some(SIGSTOP), false), "a child that is halted for a while");
        assert!(!stops_us(Some(SIGTTIN), true), "the kernel stops all of the group");
    }
}
