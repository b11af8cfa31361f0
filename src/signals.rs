//! Signals that this process acts on itself, instead of by their default action.
//!
//! One at a time does: whoever takes signals ends the taking of who did before, because two that act on Ctrl-C would
//! each do a half. A signal that the parent ignores (`nohup`) stays ignored, here and in every command that is started.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use signal_hook::consts::SIGCHLD;
use signal_hook::iterator::backend::{Handle, SignalDelivery};
use signal_hook::iterator::exfiltrator::raw::WithRawSiginfo;

use crate::deadline::Deadline;
use crate::input::is_readable_by;

/// Who takes signals now.
static TAKER: Mutex<Option<Handle>> = Mutex::new(None);

/// The signals that are taken, each until somebody asks for it.
pub struct Taken {
    delivery: SignalDelivery<UnixStream, WithRawSiginfo>,
    /// Those that were wanted, and are ignored.
    ignored: Vec<i32>,
}

/// A signal that has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrived {
    pub signal: i32,
    /// A process sent it to this one. Else the kernel did, and what comes from the terminal comes to every process in
    /// front of it.
    pub from_process: bool,
}

impl Taken {
    /// From here on, those of `signals` that are not ignored wait to be acted on.
    ///
    /// signal-hook never gives a signal its default action back: they are taken to the end of the process. Who has
    /// SIGCHLD ignored is told nothing of its children by the kernel, so that one is taken all the same.
    pub fn of(signals: &[i32]) -> io::Result<Self> {
        let is_taken = |signal: &i32| *signal == SIGCHLD || !is_ignored(*signal);
        let (taken, ignored): (Vec<i32>, Vec<i32>) = signals.iter().partition(|signal| is_taken(signal));
        let (read, write) = UnixStream::pair()?;
        let delivery = SignalDelivery::with_pipe(read, write, WithRawSiginfo, taken)?;
        let before = TAKER.lock().unwrap_or_else(PoisonError::into_inner).replace(delivery.handle());
        if let Some(before) = before {
            before.close();
        }
        Ok(Self { delivery, ignored })
    }

    /// Takes the ignored ones, too: for who has started a command that may have a use for them.
    pub fn add_ignored(&self) -> io::Result<()> {
        self.ignored.iter().try_for_each(|signal| self.delivery.handle().add_signal(*signal))
    }

    /// What has come since it was asked for last.
    pub fn arrived(&mut self) -> Vec<Arrived> {
        // From a process: SI_USER, SI_QUEUE, SI_TKILL, all of which are 0 or below (sigaction(2)).
        let pending = self.delivery.pending();
        pending.map(|info| Arrived { signal: info.si_signo, from_process: info.si_code <= 0 }).collect()
    }

    /// Waits for the next ones; `None` when somebody else takes them now.
    pub fn next(&mut self) -> io::Result<Option<Vec<Arrived>>> {
        loop {
            is_readable_by(self.as_fd(), Deadline::never())?;
            // What has come is for the next one, too.
            if self.delivery.handle().is_closed() {
                return Ok(None);
            }
            let arrived = self.arrived();
            if !arrived.is_empty() {
                return Ok(Some(arrived));
            }
        }
    }

    /// Readable when something has come.
    pub fn as_fd(&self) -> BorrowedFd<'_> {
        self.delivery.get_read().as_fd()
    }
}

/// Has `signal` do nothing, and what is started later get its default action.
pub fn silence(signal: i32) -> io::Result<()> {
    /// A bit for each signal, the lowest for signal 1.
    static SILENCED: AtomicU64 = AtomicU64::new(0);
    if SILENCED.fetch_or(bit(signal), Ordering::Relaxed) & bit(signal) == 0 {
        signal_hook::flag::register(signal, Arc::default())?;
    }
    Ok(())
}

fn bit(signal: i32) -> u64 {
    1 << (signal - 1)
}

/// Whether the parent had `signal` ignored; no where the system does not tell.
pub fn is_ignored(signal: i32) -> bool {
    /// A bit for each signal, the lowest for signal 1, as they were before any was taken.
    static IGNORED: OnceLock<u64> = OnceLock::new();
    let read = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
    };
    IGNORED.get_or_init(read) & bit(signal) != 0
}
