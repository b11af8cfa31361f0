//! Signal handlers.
//!
//! Only one handler is active: a new one closes the previous one, so that Ctrl-C has one effect. A signal that the
//! parent ignores (`nohup`) stays ignored, here and in every child.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use rustix::event::PollFlags;
use signal_hook::consts::SIGCHLD;
use signal_hook::iterator::backend::{Handle, SignalDelivery};
use signal_hook::iterator::exfiltrator::raw::WithRawSiginfo;

use crate::base::clock::Deadline;
use crate::os::input::is_ready;

static ACTIVE: Mutex<Option<Handle>> = Mutex::new(None);

/// Handled signals, queued until they are read.
pub struct SignalHandler {
    delivery: SignalDelivery<UnixStream, WithRawSiginfo>,
    /// Requested signals that the parent ignores.
    ignored: Vec<i32>,
}

/// Whether a handler was active yet; it is, unless a newer one is.
pub fn are_handled() -> bool {
    ACTIVE.lock().unwrap_or_else(PoisonError::into_inner).is_some()
}

/// A signal that has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    pub signal: i32,
    /// Whether a process sent it to this one. Otherwise the kernel did, e.g. for the terminal to its foreground group.
    pub from_process: bool,
}

impl SignalHandler {
    /// Handles those of `signals` that the parent does not ignore. signal-hook never restores a default action. SIGCHLD
    /// is handled even if it is ignored, because the kernel would drop exit codes.
    pub fn of(signals: &[i32]) -> io::Result<Self> {
        let (ignored, handled): (Vec<i32>, Vec<i32>) = signals.iter().partition(|s| **s != SIGCHLD && is_ignored(**s));
        let (read, write) = UnixStream::pair()?;
        let delivery = SignalDelivery::with_pipe(read, write, WithRawSiginfo, handled)?;
        if let Some(before) = ACTIVE.lock().unwrap_or_else(PoisonError::into_inner).replace(delivery.handle()) {
            before.close();
        }
        Ok(Self { delivery, ignored })
    }

    /// Handles the ignored signals, too, to forward them to a child.
    pub fn add_ignored(&self) -> io::Result<()> {
        self.ignored.iter().try_for_each(|signal| self.delivery.handle().add_signal(*signal))
    }

    /// The signals since the last call.
    pub fn received(&mut self) -> Vec<Received> {
        // SI_USER, SI_QUEUE and SI_TKILL, the codes of a process, are 0 or below (sigaction(2)).
        let pending = self.delivery.pending();
        pending.map(|info| Received { signal: info.si_signo, from_process: info.si_code <= 0 }).collect()
    }

    /// Calls `on` for each signal in a new thread, until another handler is active.
    pub fn act(mut self, on: impl Fn(Received) + Send + 'static) -> io::Result<()> {
        let act = move || {
            // Once another handler is active, pending signals are for that one.
            while is_ready(self.as_fd(), PollFlags::IN, Deadline::never()).is_ok()
                && !self.delivery.handle().is_closed()
            {
                self.received().into_iter().for_each(&on);
            }
        };
        thread::Builder::new().name("signals".to_owned()).spawn(act).map(drop)
    }

    /// Readable when a signal has arrived.
    pub fn as_fd(&self) -> BorrowedFd<'_> {
        self.delivery.get_read().as_fd()
    }
}

/// Makes `signal` do nothing here. Later children get its default action.
pub fn silence(signal: i32) -> io::Result<()> {
    static SILENCED: AtomicU64 = AtomicU64::new(0);
    if SILENCED.fetch_or(bit(signal), Ordering::Relaxed) & bit(signal) == 0 {
        signal_hook::flag::register(signal, Arc::default())?;
    }
    Ok(())
}

/// The signal's bit in a mask; the lowest is signal 1.
fn bit(signal: i32) -> u64 {
    1 << (signal - 1)
}

/// Whether the parent ignored `signal`; false if the system does not report it.
pub fn is_ignored(signal: i32) -> bool {
    /// As it was before we handled any.
    static IGNORED: OnceLock<u64> = OnceLock::new();
    let read = || ignored(&std::fs::read_to_string("/proc/self/status").unwrap_or_default());
    IGNORED.get_or_init(read) & bit(signal) != 0
}

/// The ignored signals of a `/proc/PID/status` (proc_pid_status(5)).
fn ignored(status: &str) -> u64 {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rustix::process::{Signal, getpid, kill_process};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGUSR1, SIGUSR2};

    use super::*;

    /// Sends this process a signal and waits until it is there.
    fn raise(signal: Signal, taken: &SignalHandler) {
        kill_process(getpid(), signal).unwrap();
        assert!(is_ready(taken.as_fd(), PollFlags::IN, Deadline::after(Duration::from_secs(60))).unwrap());
    }

    #[test]
    fn the_newest_handler_gets_what_comes() {
        let mut first = SignalHandler::of(&[SIGUSR1, SIGUSR2]).unwrap();
        assert_eq!(first.received(), []);
        raise(Signal::USR1, &first);
        assert_eq!(first.received(), [Received { signal: SIGUSR1, from_process: true }]);
        let mut second = SignalHandler::of(&[SIGUSR1]).unwrap();
        assert!(first.delivery.handle().is_closed());
        raise(Signal::USR1, &second);
        assert_eq!(second.received(), [Received { signal: SIGUSR1, from_process: true }]);
    }

    #[test]
    fn what_the_parent_ignores() {
        let status = "Name:\tsh\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000001\nSigCgt:\t0000000000000002\n";
        assert_eq!(ignored(status) & bit(SIGHUP), bit(SIGHUP));
        assert_eq!(ignored(status) & bit(SIGINT), 0);
        assert_eq!(ignored(""), 0);
    }
}
