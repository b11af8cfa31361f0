//! What a healthy `doctor` takes, beside the call for a new token that it examines: `cargo bench --bench doctor`.
//!
//! It needs Linux, nginx and curl.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods, reason = "a benchmark, not the tool")]

mod support;

use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};

use support::ground::Ground;
use support::pairs;
use support::statistics::Quartiles;
use support::table::{Row, Table};

/// How much longer than a new token it may take, the question for the discovery document not counted.
const FACTOR: f64 = 1.5;

fn main() -> ExitCode {
    support::run(bench)
}

fn bench() -> Result<()> {
    let ground = Ground::prepare()?;
    let ours = |words: &[&str]| ground.cached().saying(words);
    let cold = ours(&["--refresh"]);
    cold.prints_the_token()?;
    let healthy = ours(&["doctor"]).command().status().context("it does not start")?;
    ensure!(healthy.success(), "doctor finds something: {healthy}");

    // What is left of a new token without the start of a process is a request on a connection of its own.
    let starts = pairs::run(&ours(&["--version"]), &cold, &ground.interrupt)?.wall();
    let start = Quartiles::of(starts.iter().map(|(start, cold)| start / cold)).median;
    let mut table = Table::beside("--refresh");
    let doctor = pairs::run(&ours(&["doctor"]), &cold, &ground.interrupt)?;
    table.add(Row::pairs("`doctor`, wall time", doctor.wall(), Some(FACTOR + 1.0 - start)));
    table.add(Row::pairs("`doctor`, CPU time", doctor.cpu(), None));
    let offline = pairs::run(&ours(&["doctor", "--offline"]), &cold, &ground.interrupt)?;
    table.add(Row::pairs("`doctor --offline`, wall time", offline.wall(), None));

    println!("{table}\n{}", ground.describe()?);
    Ok(())
}
