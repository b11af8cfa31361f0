//! A command that runs beside us, as if we were not there.
//!
//! It is started in our process group, so that what comes from the terminal (Ctrl-C, Ctrl-Z, its size) comes to both:
//! we leave that to the command. Everything else is meant for the command and did not reach it: what a process sends to
//! us, what the kernel sends to us alone, and what the terminal sends when the command has gone into a group of its
//! own. When it stops, we stop, so that a shell with job control sees its job stopped; how it ends is how we end.

use std::fs::File;
use std::io;
use std::process::Child;

use rustix::process::Signal;
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGSTOP};

use super::running::{Changed, Ended, Running};
use crate::children;
use crate::process;
use crate::process_group;
use crate::signals::{Arrived, Taken};

/// All that can be taken, but for faults (they are our own) and SIGPIPE and SIGXFSZ, which our own writing raises and
/// which look then as if we had sent them.
#[rustfmt::skip]
const NAMED: [Signal; 19] = [
    Signal::ABORT, Signal::ALARM, Signal::CHILD, Signal::CONT, Signal::HUP, Signal::INT, Signal::IO, Signal::PROF,
    Signal::QUIT, Signal::TERM, Signal::TSTP, Signal::TTIN, Signal::TTOU, Signal::URG, Signal::USR1, Signal::USR2,
    Signal::VTALARM, Signal::WINCH, Signal::XCPU,
];

/// Those without a name cannot be handed on. They would end us, and not the command: so nothing comes of them.
#[cfg(target_os = "linux")]
const REAL_TIME: std::ops::RangeInclusive<i32> = 34..=64;
#[cfg(not(target_os = "linux"))]
const REAL_TIME: std::ops::RangeInclusive<i32> = 1..=0;

/// Takes the signals that are meant for the command. It is done before that is started: what comes before its pid is
/// known waits.
pub fn take_signals() -> io::Result<Taken> {
    let named = NAMED.iter().map(|signal| signal.as_raw());
    #[cfg(target_os = "linux")]
    let named = named.chain([Signal::POWER.as_raw(), Signal::STKFLT.as_raw()]);
    Taken::of(&named.chain(REAL_TIME).collect::<Vec<_>>())
}

/// What the terminal sends to all processes in front of it, or that want it.
const OF_THE_TERMINAL: [Signal; 8] =
    [Signal::HUP, Signal::INT, Signal::QUIT, Signal::TSTP, Signal::TTIN, Signal::TTOU, Signal::CONT, Signal::WINCH];
const STOPPING: [Signal; 3] = [Signal::TSTP, Signal::TTIN, Signal::TTOU];

/// Waits for the end of `child`, which has just been started.
pub fn supervise(child: &Child, mut taken: Taken) -> io::Result<Ended> {
    let running = Running::of(child)?;
    // What came from the terminal before the command itself ran did not reach it. SIGCHLD tells of the command, not to
    // it.
    for arrived in taken.arrived().into_iter().filter(|arrived| arrived.signal != SIGCHLD) {
        running.send(arrived.signal);
    }
    let mut stops = Stops::default();
    loop {
        for arrived in taken.arrived() {
            if !has_reached(&running, arrived) {
                running.send(arrived.signal);
            } else if is_one_of(&STOPPING, arrived.signal) {
                stops.by_terminal = true;
            }
        }
        while let Some(changed) = running.look()? {
            match changed {
                Changed::Ended(ended) => return Ok(ended),
                Changed::GoesOn => stops = Stops::default(),
                Changed::Stopped(signal) => stops.with = Some(signal),
            }
        }
        if stops.are_ours(&running) {
            stops = Stops::default();
            process::stop();
        }
        children::reap_orphans(Some(running.pid));
        running.wait(&taken)?;
    }
}

/// Whether the command has got the signal as well.
fn has_reached(running: &Running, arrived: Arrived) -> bool {
    if arrived.from_process {
        return false;
    }
    if arrived.signal == SIGCHLD {
        return true;
    }
    // The end of a terminal is told to the first process of its session alone.
    let is_ours_alone = arrived.signal == SIGHUP && process_group::leads_the_session();
    is_one_of(&OF_THE_TERMINAL, arrived.signal)
        && process_group::is_shared_with(running.pid.as_raw_pid())
        && !is_ours_alone
}

fn is_one_of(signals: &[Signal], signal: i32) -> bool {
    signals.iter().any(|own| own.as_raw() == signal)
}

/// What is known of a command that does not go on.
#[derive(Default)]
struct Stops {
    /// The signal that it stopped by.
    with: Option<i32>,
    /// The terminal has stopped all of our group.
    by_terminal: bool,
}

impl Stops {
    /// Whether we stop, too. Whoever sends SIGSTOP to the command alone halts it for a while and knows nothing of us;
    /// but a shell that we run stops itself so (`suspend`), and has the terminal then.
    fn are_ours(&self, running: &Running) -> bool {
        let Some(signal) = self.with else { return false };
        if self.by_terminal {
            return true;
        }
        let Ok(terminal) = File::options().read(true).open("/dev/tty") else { return false };
        process_group::has_job_control()
            && (signal != SIGSTOP || process_group::has_the_terminal(&terminal, running.pid.as_raw_pid()))
    }
}
