//! A command that runs beside us, as if we were not there.
//!
//! It is in our process group, so that what comes from the terminal (Ctrl-C, Ctrl-Z, its size, its end) comes to both:
//! we leave that to the command. What a process sends to us is meant for the command and handed on. When it stops, we
//! stop, so that a shell with job control sees its job stopped; how it ends is how we end.

use std::fs::File;
use std::io;
use std::process::Child;

use rustix::process::{Signal, getpgid, getpgrp, getppid};
use signal_hook::consts::{SIGCHLD, SIGSTOP};

use super::running::{Changed, Ended, Running};
use crate::process;
use crate::signals::Taken;

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

/// The signals that are meant for the command.
pub struct Signals {
    taken: Taken,
    all: Vec<i32>,
}

impl Signals {
    /// Takes them. It is done before the command is started: what comes before its pid is known waits.
    pub fn take() -> io::Result<Self> {
        let named = NAMED.iter().map(|signal| signal.as_raw());
        #[cfg(target_os = "linux")]
        let named = named.chain([Signal::POWER.as_raw(), Signal::STKFLT.as_raw()]);
        let all: Vec<i32> = named.chain(REAL_TIME).collect();
        Ok(Self { taken: Taken::of(&all)?, all })
    }
}

/// Waits for the end of `child`, which has just been started.
pub fn supervise(child: &Child, signals: Signals) -> io::Result<Ended> {
    let Signals { mut taken, all } = signals;
    let running = Running::of(child)?;
    // It has what we ignore ignored, unless it acts on it.
    taken.add_ignored(&all)?;
    // What came from the terminal before the command itself ran did not reach it. SIGCHLD tells of the command, not to it.
    for arrived in taken.arrived().into_iter().filter(|arrived| arrived.signal != SIGCHLD) {
        running.send(arrived.signal);
    }
    let mut is_stopped = false;
    loop {
        for arrived in taken.arrived() {
            if arrived.from_process {
                running.send(arrived.signal);
            } else if is_stopped && arrived.signal == Signal::TSTP.as_raw() {
                stop_for_a_shell();
            }
        }
        while let Some(changed) = running.look()? {
            match changed {
                Changed::Ended(ended) => return Ok(ended),
                Changed::GoesOn => is_stopped = false,
                Changed::Stopped(signal) => {
                    is_stopped = true;
                    // Somebody halts it for a while and does not know of us; but Ctrl-Z is for both, then.
                    if signal != SIGSTOP {
                        stop_for_a_shell();
                    }
                }
            }
        }
        running.reap_others();
        running.wait(&taken)?;
    }
}

/// Stops us, if whoever started us is a shell with job control, which has us go on: such a shell gives a job a process
/// group of its own.
fn stop_for_a_shell() {
    let parents = getppid().and_then(|parent| getpgid(Some(parent)).ok());
    let has_terminal = || File::options().read(true).open("/dev/tty").is_ok();
    if parents.is_some_and(|group| group != getpgrp()) && has_terminal() {
        process::stop();
    }
}
