//! What a new token costs where the server is far away, has to be looked up, or has a dead address:
//! `cargo bench --bench distance`.
//!
//! It needs Linux, nginx, curl, python3, unshare, ip and mount, and root: for network namespaces. Without root nothing is
//! measured.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods, reason = "a benchmark, not the tool")]

mod support;

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use support::command::{Client, find_program};
use support::ground::Ground;
use support::namespace::{run_line, run_within, set_hosts};
use support::nginx::{FAR, NAME};
use support::pairs;
use support::statistics::Quartiles;
use support::table::{Row, Table};

/// Half of a round trip.
const ONE_WAY: &str = "25";

/// Where this machine itself is, at its end of the wire.
const NEAR: &str = "10.9.0.1";

/// Nobody is there.
const DEAD: &str = "2001:db8::1";

fn main() -> ExitCode {
    run_within(&["--net", "--mount"], bench)
}

fn bench() -> Result<()> {
    run_line("ip link set lo up")?;
    let _wire = Wire::lay()?;
    let ground = Ground::prepare_at(&[NEAR])?;
    let (server, directory) = (&ground.server, ground.directory());
    let mut table = Table::beside("curl");
    let at = |host: &str| {
        let ours = Client::new_token(&ground.ours, &server.issuer_at(host), &server.ca, &server.home);
        (ours, Client::curl(&ground.curl, &server.token_endpoint_at(host), &server.ca, &server.home))
    };

    let round_trip = measure_round_trip(server.port)?;
    let (ours, theirs) = at(FAR);
    ours.prints_the_token()?;
    let pairs = pairs::run(&ours, &theirs, &ground.interrupt)?.wall();
    let trips = |of: fn(&pairs::Pair) -> f64| format!("{:.2}", Quartiles::of(pairs.iter().map(of)).median / round_trip);
    let figure = format!("round trips of {:.1} ms", round_trip * 1e3);
    let counted =
        Row { ours: trips(|pair| pair.0), theirs: trips(|pair| pair.1), ..Row::pairs(&figure, pairs.clone(), None) };
    table.add(counted.at_most("3.20"));
    table.add(Row::pairs("wall time at that distance", pairs, Some(1.0)));

    set_hosts(directory, NAME, &["127.0.0.1"])?;
    let (ours, theirs) = at(NAME);
    ours.prints_the_token()?;
    theirs.prints_the_token()?;
    let samples = pairs::run(&ours, &theirs, &ground.interrupt)?;
    table.add(Row::pairs("CPU time here, by a name that is looked up", samples.cpu(), Some(0.25)));
    table.add(Row::pairs("wall time here, by a name that is looked up", samples.wall(), Some(0.30)));

    set_hosts(directory, NAME, &[DEAD, "127.0.0.1"])?;
    kill(DEAD)?;
    let (ours, theirs) = at(NAME);
    ours.prints_the_token()?;
    let pairs = pairs::run(&ours, &theirs, &ground.interrupt)?.wall();
    table.add(Row::pairs("wall time, a dead IPv6 address in front", pairs, None).at_most("300 ms"));

    println!("{table}\n{}", ground.describe()?);
    Ok(())
}

/// From the first packet of a connection to the server's answer to it, in seconds.
fn measure_round_trip(port: u16) -> Result<f64> {
    let mut times = Vec::new();
    for _ in 0..20 {
        let started = Instant::now();
        TcpStream::connect((FAR, port))?;
        times.push(started.elapsed().as_secs_f64());
    }
    Ok(Quartiles::of(times.into_iter()).median)
}

/// The relay behind which everything is far away; it ends with this value.
struct Wire(Child);

impl Wire {
    fn lay() -> Result<Self> {
        let relay = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/support/wire.py");
        let mut command = Command::new(find_program("python3")?);
        let child = command.arg(relay).arg(ONE_WAY).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut wire = Self(child);
        let mut line = String::new();
        BufReader::new(wire.0.stdout.take().context("no output")?).read_line(&mut line)?;
        ensure!(line == "up\n", "the relay does not start");
        Ok(wire)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// Packets to `address` go to a machine that is not there.
fn kill(address: &str) -> Result<()> {
    run_line("ip link add wire type veth peer name end")?;
    run_line("ip address add 2001:db8::ffff/64 dev wire nodad")?;
    run_line("ip link set wire up")?;
    run_line("ip link set end up")?;
    run_line(&format!("ip neighbour add {address} lladdr 02:00:00:00:00:01 dev wire nud permanent"))
}
