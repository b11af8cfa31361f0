//! Peak memory of one command.
//!
//! The kernel counts the pages of the process that starts a command as the command's own, so a small one has to start
//! it: this program again, told by a first argument to do that and nothing else.

use std::ffi::{OsStr, OsString};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result};
use nix::sys::resource::{UsageWho, getrusage};

use super::command::Client;

/// The first argument that makes this program start one command and tell its peak.
const MEASURE: &str = "--tell-peak-memory-of";

/// The page cache decides which pages of a program are mapped along: the median of some runs repeats.
const RUNS: usize = 11;

/// In bytes.
pub struct Peaks {
    pub ours: u64,
    pub theirs: u64,
}

/// Runs `bench`, which asks for peaks; or tells one, where this is the small process.
pub fn run(bench: impl FnOnce() -> Result<()>) -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).peekable();
    match arguments.next_if(|first| first == MEASURE) {
        Some(_) => super::report(measure(arguments)),
        None => super::run(bench),
    }
}

/// Prints the peak, in bytes, of the command that `line` is.
fn measure(mut line: impl Iterator<Item = OsString>) -> Result<()> {
    let program = line.next().context("no command")?;
    Command::new(program).args(line).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    // Linux counts in units of 1024 bytes.
    println!("{}", getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss() * 1024);
    Ok(())
}

pub fn peaks(ours: &Client, theirs: &Client) -> Result<Peaks> {
    Ok(Peaks { ours: median_peak(ours)?, theirs: median_peak(theirs)? })
}

fn median_peak(client: &Client) -> Result<u64> {
    let mut peaks = (0..RUNS).map(|_| peak(client)).collect::<Result<Vec<_>>>()?;
    peaks.sort_unstable();
    Ok(peaks[RUNS / 2])
}

/// Whatever the command's exit code is.
pub fn peak(client: &Client) -> Result<u64> {
    let this = std::env::current_exe()?;
    let mut command = client.command_under(&[this.as_os_str(), OsStr::new(MEASURE)]);
    let output = command.stdout(Stdio::piped()).output()?;
    let told = String::from_utf8_lossy(&output.stdout);
    told.trim().parse().context("the peak memory was not told")
}
