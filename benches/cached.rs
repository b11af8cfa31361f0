//! What a kept token costs, beside `cat` of a file with the same token: `cargo bench --bench cached`.
//!
//! It needs Linux, nginx, curl and cat; what else is missing (strace, valgrind) is told in its row.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods, reason = "a benchmark, not the tool")]

mod support;

use std::process::ExitCode;

use anyhow::Result;

use support::binary;
use support::command::Client;
use support::ground::Ground;
use support::pairs;
use support::table::{Row, Table};

fn main() -> ExitCode {
    support::run(bench)
}

fn bench() -> Result<()> {
    let ground = Ground::prepare()?;
    let ours = ground.cached();
    let (file, theirs) = ground.cat()?;
    ours.prints_the_token()?;

    let mut table = Table::beside("cat");
    let mut add = |what: &str, (ours, theirs): (&Client, &Client), goals: [f64; 2]| -> Result<()> {
        for (title, locale, goal) in [("LANG=C.UTF-8", None, goals[0]), ("LC_ALL=C", Some("C"), goals[1])] {
            let localised =
                |client: &Client| locale.into_iter().fold(client.clone(), |client, value| client.with("LC_ALL", value));
            let samples = pairs::run(&localised(ours), &localised(theirs), &ground.interrupt)?;
            table.add(Row::pairs(&format!("{what}, wall time, {title}"), samples.wall(), Some(goal)));
            table.add(Row::pairs(&format!("{what}, CPU time, {title}"), samples.cpu(), None));
        }
        Ok(())
    };
    add("cached", (&ours, &theirs), [1.1, 1.4])?;
    if let Some(program) = &ground.linked_statically {
        add("cached, linked statically", (&ours.clone().of(program), &theirs), [0.9, 1.15])?;
    }
    let inspect = ours.clone().saying(&["inspect", "-"]).reading(&file);
    let read = theirs.clone().saying(&[]).reading(&file);
    add("`inspect -`", (&inspect, &read), [1.5, 1.75])?;
    table.add(binary::instructions(&ours, &theirs)?.at_most("450000"));
    table.add(binary::system_calls(&ours, &theirs, ground.directory())?.at_most("60"));
    for (figure, names) in [("sockets", "socket"), ("threads and children", "clone,clone3,fork,vfork")] {
        let count = |client: &Client| binary::calls_of(client, names, ground.directory());
        table.add(Row::counts(figure, count(&ours)?, count(&theirs)?, "not installed: strace").at_most("0"));
    }
    println!("{table}\n{}", ground.describe()?);
    Ok(())
}
