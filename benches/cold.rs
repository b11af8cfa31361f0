//! What a new token costs, beside what curl takes for the same request: `cargo bench --bench cold`.
//!
//! An nginx on loopback answers over TLS 1.3 with a fixed token, so that the two clients are all that differs. The
//! figures are of whole processes; all of them stand in one table on stdout, which BENCHMARKS.md explains. It needs
//! Linux, nginx and curl; what else is missing (strace, valgrind) is told in its row.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods, reason = "a benchmark, not the tool")]

mod support;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use support::binary;
use support::command::{Client, find_program};
use support::hostile;
use support::machine;
use support::memory;
use support::nginx::Nginx;
use support::pairs::{self, Interrupt};
use support::roots;
use support::table::{Row, Table};

/// The program that `cargo bench` built, with the profile of a release.
const OURS: &str = env!("CARGO_BIN_EXE_catena-token");

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).peekable();
    match arguments.next_if(|first| first == memory::MEASURE) {
        Some(_) => support::report(memory::measure(arguments)),
        None => support::run(bench),
    }
}

fn bench() -> Result<()> {
    let (curl, nginx) = (find_program("curl")?, find_program("nginx")?);
    let directory = tempfile::tempdir().context("no temporary directory")?;
    let interrupt = Interrupt::listen()?;
    let server = Nginx::start(&nginx, directory.path())?;
    let bundle = roots::write_bundle(&server.ca, directory.path())?;
    let clients = |ca: &PathBuf| (Client::ours(&server, ca), Client::curl(&curl, &server, ca));

    let mut table = Table::beside("curl");
    for (title, ca, goals) in [
        ("1 CA", &server.ca, [Some(0.30), Some(0.35), Some(0.30)]),
        (&format!("{} roots", bundle.certificates), &bundle.path, [Some(0.13), None, None]),
    ] {
        let (ours, theirs) = clients(ca);
        ours.prints_the_token()?;
        theirs.prints_the_token()?;
        let samples = pairs::run(&ours, &theirs, &interrupt)?;
        table.add(Row::pairs(&format!("CPU time, {title}"), samples.cpu(), goals[0]));
        table.add(Row::pairs(&format!("wall time, {title}"), samples.wall(), goals[1]));
        table.add(Row::memory(&format!("peak memory, {title}"), memory::peaks(&ours, &theirs)?, goals[2]));
    }
    let (ours, theirs) = clients(&server.ca);
    table.add(binary::system_calls(&ours, &theirs, directory.path())?);
    table.add(binary::instructions(&ours, &theirs)?);
    table.add(hostile::peak_memory(directory.path(), &interrupt)?);
    table.add(binary::size()?);
    table.add(binary::crates()?);

    println!("{table}");
    println!("{}", machine::describe(&curl, &nginx)?);
    println!("{}", support::METHOD);
    Ok(())
}
