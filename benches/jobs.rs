//! What it costs to run a command with a kept token, beside `env`, and to keep a token file fresh:
//! `cargo bench --bench jobs`. It takes two minutes, one of them to see that nothing happens in it.
//!
//! It needs Linux, nginx, curl, env and true.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods, reason = "a benchmark, not the tool")]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Child, ExitCode};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use support::command::find_program;
use support::ground::Ground;
use support::pairs;
use support::table::{Row, Table, megabytes};

/// For how long a renewing process is watched; the token lives longer.
const WATCHED: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    support::run(bench)
}

fn bench() -> Result<()> {
    let env = find_program("env")?;
    let ground = Ground::prepare()?;
    let ours = |words: &[&str]| ground.cached().saying(words);
    let theirs = ground.cached().of(&env).saying(&["true"]);
    ours(&[]).prints_the_token()?;

    let mut table = Table::beside("env");
    for (figure, words, goal) in [
        ("`exec -- true`, wall time", &["exec", "--", "true"][..], Some(2.0)),
        ("`exec --renew -- true`, wall time", &["exec", "--renew", "--", "true"], None),
    ] {
        table.add(Row::pairs(figure, pairs::run(&ours(words), &theirs, &ground.interrupt)?.wall(), goal));
    }

    let file = ground.directory().join("renewed/token");
    let path = file.to_str().context("a path that is not UTF-8")?;
    let renewing = Renewing(ours(&["renew", "--refresh", "--token-file", path]).command().spawn()?);
    while !file.exists() {
        ground.interrupt.check()?;
        thread::sleep(Duration::from_millis(10));
    }
    // Until it has settled behind its first token.
    thread::sleep(Duration::from_secs(1));
    let before = renewing.wake_ups()?;
    thread::sleep(WATCHED);
    let after = renewing.wake_ups()?;
    ensure!(renewing.memory("VmRSS")? > 0, "it has ended");
    let own = |figure: &str, ours: String, goal: &str| {
        Row { figure: figure.to_owned(), ours, ..Row::default() }.at_most(goal)
    };
    table.add(own("`renew`, resident", megabytes(renewing.memory("VmRSS")?), "6 MB"));
    table.add(own("`renew`, resident at most", megabytes(renewing.memory("VmHWM")?), "6 MB"));
    table.add(own("`renew`, wake-ups in a minute without a renewal", (after - before).to_string(), "0"));

    println!("{table}\n{}", ground.describe()?);
    Ok(())
}

/// A process that is ended with the benchmark.
struct Renewing(Child);

impl Renewing {
    /// How often its threads have gone to sleep or been put aside.
    fn wake_ups(&self) -> Result<u64> {
        let mut switches = 0;
        for thread in fs::read_dir(format!("/proc/{}/task", self.0.id()))? {
            let status = fs::read_to_string(thread?.path().join("status"))?;
            switches += status.lines().filter(|line| line.contains("ctxt_switches")).filter_map(number).sum::<u64>();
        }
        Ok(switches)
    }

    /// Bytes; the kernel counts in units of 1024.
    fn memory(&self, name: &str) -> Result<u64> {
        let status = fs::read_to_string(Path::new("/proc").join(self.0.id().to_string()).join("status"))?;
        let line = status.lines().find(|line| line.starts_with(name)).and_then(number);
        Ok(line.with_context(|| format!("no {name}"))? * 1024)
    }
}

impl Drop for Renewing {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn number(line: &str) -> Option<u64> {
    line.split_whitespace().nth(1)?.parse().ok()
}
