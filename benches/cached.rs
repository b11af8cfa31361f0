//! What a kept token costs, beside `cat` of a file with the same token, and what a crowd costs that starts with none:
//! `cargo bench --bench cached`.
//!
//! It needs Linux, nginx, curl and cat; what else is missing (strace, valgrind) is told in its row.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods, reason = "a benchmark, not the tool")]

mod support;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use support::command::{Client, find_program};
use support::nginx::{Nginx, TOKEN};
use support::pairs::{self, Interrupt, Pair};
use support::table::{Row, Table};
use support::{binary, crowd, machine};

/// The program that `cargo bench` built, with the profile of a release.
const OURS: &str = env!("CARGO_BIN_EXE_catena-token");

/// Rounds of a crowd; the first does not count.
const ROUNDS: usize = 9;

fn main() -> ExitCode {
    support::run(bench)
}

fn bench() -> Result<()> {
    let (curl, nginx, cat) = (find_program("curl")?, find_program("nginx")?, find_program("cat")?);
    let directory = tempfile::tempdir().context("no temporary directory")?;
    let interrupt = Interrupt::listen()?;
    let server = Nginx::start(&nginx, directory.path())?;
    let file = directory.path().join("token");
    fs::write(&file, format!("{}\n", TOKEN.trim()))?;
    let ours = || Client::cached(&server, &directory.path().join("cache"));
    let theirs = || Client::cat(&cat, &server, &file);
    ours().prints_the_token()?;

    let mut table = Table::beside("cat");
    for (title, locale, goal) in [("LANG=C.UTF-8", None, 1.25), ("LC_ALL=C", Some("C"), 1.6)] {
        let localised = |client: Client| locale.into_iter().fold(client, |client, value| client.with("LC_ALL", value));
        let samples = pairs::run(&localised(ours()), &localised(theirs()), &interrupt)?;
        table.add(Row::pairs(&format!("cached, wall time, {title}"), samples.wall(), Some(goal)));
        table.add(Row::pairs(&format!("cached, CPU time, {title}"), samples.cpu(), None));
    }
    let inspect = ours().saying(&["inspect", "-"]).reading(&file);
    let read = theirs().saying(&[]).reading(&file);
    for (title, locale, goal) in [("LANG=C.UTF-8", None, 1.5), ("LC_ALL=C", Some("C"), 1.75)] {
        let localised = |client: Client| locale.into_iter().fold(client, |client, value| client.with("LC_ALL", value));
        let samples = pairs::run(&localised(inspect.clone()), &localised(read.clone()), &interrupt)?;
        table.add(Row::pairs(&format!("`inspect -`, wall time, {title}"), samples.wall(), Some(goal)));
    }
    table.add(binary::instructions(&ours(), &theirs())?.at_most("500000"));
    table.add(binary::system_calls(&ours(), &theirs(), directory.path())?.at_most("75"));
    for (figure, names) in [("sockets", "socket"), ("threads and children", "clone,clone3,fork,vfork")] {
        let count = |client: &Client| binary::calls_of(client, names, directory.path());
        table.add(Row::counts(figure, count(&ours())?, count(&theirs())?, "not installed: strace").at_most("0"));
    }
    let [few, many] = [64, 1024].map(|count| crowds(count, &ours(), &theirs(), || Ok(()), &interrupt));
    let growth = many?.iter().zip(few?).map(|(many, few)| (many.0 / many.1, few.0 / few.1)).collect();
    table.add(Row {
        theirs: String::new(),
        ours: String::new(),
        ..Row::pairs("growth: 1,024 at once over 64", growth, Some(1.15))
    });

    let empty = directory.path().join("empty");
    let cold = Client::cached(&server, &empty);
    let asked = Client::curl(&curl, &server, &server.ca);
    let pairs = crowds(256, &cold, &asked, || forget(&empty), &interrupt)?;
    let mut crowd = Table::beside("curl");
    crowd.add(Row::pairs("256 at once without a kept token, wall time", pairs, Some(0.25)));

    println!("{table}\n{crowd}\n{}\n{}", machine::describe(&curl, &nginx)?, support::METHOD);
    Ok(())
}

fn forget(cache: &Path) -> Result<()> {
    if cache.exists() {
        fs::remove_dir_all(cache)?;
    }
    Ok(())
}

/// The times of `count` processes at once, ours and theirs in turn, with `prepare` before each of ours.
fn crowds(
    count: usize,
    ours: &Client,
    theirs: &Client,
    prepare: impl Fn() -> Result<()>,
    interrupt: &Interrupt,
) -> Result<Vec<Pair>> {
    let mut pairs = Vec::with_capacity(ROUNDS);
    for _ in 0..=ROUNDS {
        interrupt.check()?;
        prepare()?;
        let first = crowd::time(count, ours)?;
        pairs.push((first, crowd::time(count, theirs)?));
    }
    Ok(pairs.split_off(1))
}
