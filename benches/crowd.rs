//! What many processes at once cost, with a kept token and without one: `cargo bench --bench crowd`.
//!
//! It prints a table and draws it into `benches/crowd.svg`. It needs Linux, nginx, curl and cat.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods, reason = "a benchmark, not the tool")]

mod support;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use support::chart::{self, Line};
use support::command::Client;
use support::crowd;
use support::ground::Ground;
use support::pairs::Pair;
use support::statistics::Quartiles;
use support::table::{Row, Table};

/// Rounds of a crowd; the first does not count.
const ROUNDS: usize = 9;

const COUNTS: [usize; 6] = [1, 4, 16, 64, 256, 1024];

/// So many curls take more than a second.
const MOST_CURLS: usize = 256;

const PICTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/crowd.svg");

fn main() -> ExitCode {
    support::run(bench)
}

fn bench() -> Result<()> {
    let ground = Ground::prepare()?;
    let kept = ground.cached();
    kept.prints_the_token()?;
    let (_, read) = ground.cat()?;
    let empty = ground.directory().join("empty");
    let cold = Client::cached(&ground.server, &ground.ours, &empty);
    let asked = ground.curl(&ground.server.ca);

    let (mut hits, mut misses) = (Vec::new(), Vec::new());
    for count in COUNTS {
        hits.push((count, in_turn(count, (&kept, &read), || Ok(()), &ground)?));
        if count <= MOST_CURLS {
            misses.push((count, in_turn(count, (&cold, &asked), || forget(&empty), &ground)?));
        }
    }
    let goal = |count: usize| (count == MOST_CURLS).then_some(0.25);
    let mut beside_cat = Table::beside("cat");
    for (count, pairs) in &hits {
        beside_cat.add(Row::pairs(&format!("{count} at once with a kept token"), pairs.clone(), None));
    }
    beside_cat.add(growth(&hits).context("a crowd is missing")?);
    let mut beside_curl = Table::beside("curl");
    for (count, pairs) in &misses {
        beside_curl.add(Row::pairs(&format!("{count} at once without one"), pairs.clone(), goal(*count)));
    }
    draw(&hits, &misses)?;
    println!("{beside_cat}\n{beside_curl}\nThe picture is in {PICTURE}.\n{}", ground.describe()?);
    Ok(())
}

/// The times of `count` processes at once, ours and theirs in turn, with `prepare` before each of ours.
fn in_turn(
    count: usize,
    (ours, theirs): (&Client, &Client),
    prepare: impl Fn() -> Result<()>,
    ground: &Ground,
) -> Result<Vec<Pair>> {
    let mut pairs = Vec::with_capacity(ROUNDS);
    for _ in 0..=ROUNDS {
        ground.interrupt.check()?;
        prepare()?;
        let first = crowd::time(count, ours)?;
        pairs.push((first, crowd::time(count, theirs)?));
    }
    Ok(pairs.split_off(1))
}

fn forget(cache: &Path) -> Result<()> {
    if cache.exists() {
        fs::remove_dir_all(cache)?;
    }
    Ok(())
}

/// What a process costs among 1,024, over what it costs among 64.
fn growth(hits: &[(usize, Vec<Pair>)]) -> Option<Row> {
    let of = |wanted: usize| hits.iter().find(|(count, _)| *count == wanted).map(|(_, pairs)| pairs);
    let share = |(ours, _): &Pair, count: f64| ours / count;
    let pairs = of(1024)?.iter().zip(of(64)?).map(|(many, few)| (share(many, 1024.0), share(few, 64.0))).collect();
    let figure = "growth: a process of 1,024 at once over one of 64";
    Some(Row { theirs: String::new(), ours: String::new(), ..Row::pairs(figure, pairs, Some(1.15)) })
}

fn draw(hits: &[(usize, Vec<Pair>)], misses: &[(usize, Vec<Pair>)]) -> Result<()> {
    let medians = |crowds: &[(usize, Vec<Pair>)], of: fn(&Pair) -> f64| {
        crowds.iter().map(|(count, pairs)| (*count, Quartiles::of(pairs.iter().map(of)).median)).collect()
    };
    let lines = [
        Line { name: "curl", colour: "#b03060", lower: 0.0, points: medians(misses, |pair| pair.1) },
        Line {
            name: "catena-token, none kept",
            colour: "#1f5fa8",
            lower: 16.0,
            points: medians(misses, |pair| pair.0),
        },
        Line { name: "catena-token, kept", colour: "#2a8a4a", lower: -6.0, points: medians(hits, |pair| pair.0) },
        Line { name: "cat", colour: "#777777", lower: 12.0, points: medians(hits, |pair| pair.1) },
    ];
    let picture = chart::draw("From the start of the first process to the end of the last", &lines);
    fs::write(PICTURE, picture).with_context(|| format!("cannot write {PICTURE}"))
}
