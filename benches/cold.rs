//! What a new token costs, beside what curl and others take for the same request: `cargo bench --bench cold`.
//!
//! An nginx on loopback answers over TLS 1.3 with a fixed token, so that the clients are all that differs. The figures are
//! of whole processes; they stand in two tables on stdout, which BENCHMARKS.md explains. It needs Linux, nginx and curl;
//! what else is missing (strace, valgrind, another client) is told in its row.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods, reason = "a benchmark, not the tool")]

mod support;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use support::binary;
use support::command::Client;
use support::ground::Ground;
use support::hostile;
use support::memory;
use support::pairs;
use support::rivals;
use support::roots;
use support::table::{Row, Table};

fn main() -> ExitCode {
    memory::run(bench)
}

fn bench() -> Result<()> {
    let ground = Ground::prepare()?;
    let server = &ground.server;
    let bundle = roots::write_bundle(&server.ca, ground.directory())?;
    let call = |program: &Path, ca: &Path| Client::new_token(program, &server.issuer(), ca, &server.home);
    let many = format!("{} roots", bundle.certificates);
    let stores = [(server.ca.as_path(), "1 CA"), (&bundle.path, many.as_str())];

    let mut table = Table::beside("curl");
    let mut add = |what: &str, program: &Path, goals: [[Option<f64>; 3]; 2]| -> Result<()> {
        for ((ca, title), goals) in stores.into_iter().zip(goals) {
            let (ours, theirs) = (call(program, ca), ground.curl(ca));
            ours.prints_the_token()?;
            theirs.prints_the_token()?;
            let samples = pairs::run(&ours, &theirs, &ground.interrupt)?;
            table.add(Row::pairs(&format!("CPU time, {title}{what}"), samples.cpu(), goals[0]));
            table.add(Row::pairs(&format!("wall time, {title}{what}"), samples.wall(), goals[1]));
            let peaks = memory::peaks(&ours, &theirs)?;
            table.add(Row::memory(&format!("peak memory, {title}{what}"), peaks, goals[2]));
        }
        Ok(())
    };
    add("", &ground.ours, [[Some(0.25), Some(0.30), Some(0.28)], [Some(0.11), None, None]])?;
    if let Some(program) = &ground.linked_statically {
        add(", linked statically", program, [[None, None, Some(0.25)], [None; 3]])?;
    }
    let (ours, theirs) = (call(&ground.ours, &server.ca), ground.curl(&server.ca));
    table.add(binary::system_calls(&ours, &theirs, ground.directory())?);
    table.add(binary::instructions(&ours, &theirs)?);
    table.add(hostile::peak_memory(&ground.ours, ground.directory(), &ground.interrupt)?);
    table.add(binary::size(&ground.ours)?);
    table.add(binary::crates()?);

    let mut others = Table::beside("the other");
    for (name, rival) in rivals::of(&ground) {
        let figure = format!("wall time beside {name}");
        others.add(match rival {
            Some(rival) => {
                rival.prints_the_token()?;
                Row::pairs(&figure, pairs::run(&ours, &rival, &ground.interrupt)?.wall(), None)
            }
            None => Row { figure, theirs: "not installed".to_owned(), ..Row::default() },
        });
    }
    println!("{table}\n{others}\n{}", ground.describe()?);
    Ok(())
}
