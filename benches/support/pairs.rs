//! Wall and CPU time of two commands, run in turn in every round, so that what slows the machine slows both.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Result, bail};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use super::command::Client;

/// Enough for quartiles that repeat.
const ROUNDS: usize = 100;

/// Rounds that fill the file caches and are not counted.
const WARM_UP: usize = 10;

/// Times in seconds, ours first.
pub type Pair = (f64, f64);

pub struct Samples {
    pairs: Vec<(Sample, Sample)>,
}

#[derive(Clone, Copy)]
struct Sample {
    wall: f64,
    cpu: f64,
}

impl Samples {
    pub fn wall(&self) -> Vec<Pair> {
        self.pairs.iter().map(|(ours, theirs)| (ours.wall, theirs.wall)).collect()
    }

    pub fn cpu(&self) -> Vec<Pair> {
        self.pairs.iter().map(|(ours, theirs)| (ours.cpu, theirs.cpu)).collect()
    }
}

pub fn run(ours: &Client, theirs: &Client, interrupt: &Interrupt) -> Result<Samples> {
    let mut pairs = Vec::with_capacity(ROUNDS);
    for round in 0..WARM_UP + ROUNDS {
        interrupt.check()?;
        // Whoever comes second might find something warm: they take turns at that, too.
        let pair = if round % 2 == 0 {
            let first = time(ours)?;
            (first, time(theirs)?)
        } else {
            let first = time(theirs)?;
            (time(ours)?, first)
        };
        if round >= WARM_UP {
            pairs.push(pair);
        }
    }
    Ok(Samples { pairs })
}

/// From the start of the process to its end.
fn time(client: &Client) -> Result<Sample> {
    let mut command = client.command();
    let (cpu, started) = (children_cpu()?, Instant::now());
    let status = command.status()?;
    let sample = Sample { wall: started.elapsed().as_secs_f64(), cpu: children_cpu()? - cpu };
    if !status.success() {
        bail!("`{}` failed: {status}", client.program.display());
    }
    Ok(sample)
}

/// User and system time of the children that have ended; nginx has not.
fn children_cpu() -> Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let microseconds = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(microseconds as f64 / 1e6)
}

/// A signal that asks this process to end; between two commands is time to obey, and nginx ends with it.
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    pub fn listen() -> Result<Self> {
        let flag = Arc::new(AtomicBool::new(false));
        for signal in [SIGHUP, SIGINT, SIGTERM] {
            signal_hook::flag::register(signal, Arc::clone(&flag))?;
        }
        Ok(Self(flag))
    }

    pub fn check(&self) -> Result<()> {
        if self.0.load(Ordering::Relaxed) {
            bail!("interrupted");
        }
        Ok(())
    }
}
