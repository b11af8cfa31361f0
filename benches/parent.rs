//! Whether this commit starts slower than the one before, by instructions in user space, as callgrind counts them, and by
//! peak memory, which tells how much of the program a call has mapped: `cargo bench --bench parent`.
//!
//! The parent's program is built beside this one, from what git holds of it, with its own `Cargo.lock`; with changes that
//! are not committed, the parent is the last commit. What has grown too much is told, and ends it with a failure. It needs
//! Linux, git, cargo and valgrind; the server is the issuer of the tests.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods, reason = "a benchmark, not the tool")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Certificate, Issuer, Setup};

use support::binary;
use support::command::{Client, find_program};
use support::ground::install;
use support::memory;
use support::table::{Row, Table};

const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// The program that `cargo bench` built, with the profile of a release.
const BUILT: &str = env!("CARGO_BIN_EXE_catena-token");

/// Half a percent is what a new token's signatures differ by; a fiftieth is a change.
const MOST: f64 = 1.02;

/// Two copies of the same program differ by up to a thirtieth, with the state of the page cache.
const MOST_MEMORY: f64 = 1.07;

fn main() -> ExitCode {
    memory::run(bench)
}

fn bench() -> Result<()> {
    let valgrind = find_program("valgrind")?;
    let (program, parent) =
        (install(BUILT.as_ref(), "catena-token")?, install(&build_parent()?, "catena-token-parent")?);
    let directory = tempfile::tempdir().context("no temporary directory")?;
    let issuer = Issuer::start(Setup { certificate: Some(Certificate::Good), ..Setup::default() });
    let ca = directory.path().join("ca.pem");
    fs::write(&ca, issuer.trusted_pem())?;

    let mut table = Table::beside("parent");
    let mut slower = Vec::new();
    for (path, words) in [
        ("a kept token", &[][..]),
        ("a kept token, an option typed", &["--min-ttl", "1s"]),
        ("a new token", &["--refresh"]),
        ("`inspect`", &["inspect"]),
    ] {
        // Each keeps its tokens where the other's are not: the format may differ.
        let client = |program: &Path, cache: &str| -> Result<Client> {
            let cache = directory.path().join(cache).to_string_lossy().into_owned();
            let client = Client::other(program, Vec::new(), directory.path()).with("CATENA_ISSUER", &issuer.url());
            let client = client.with("CATENA_CLIENT_ID", CLIENT_ID).with("CATENA_CLIENT_SECRET", CLIENT_SECRET);
            let client = client.with("CATENA_CA_CERT", &ca.to_string_lossy()).with("CATENA_CACHE_DIR", &cache);
            let client = client.with("PATH", "/usr/bin:/bin");
            ensure!(client.command().status()?.success(), "`{}` gets no token", program.display());
            Ok(client.saying(words))
        };
        let (ours, theirs) = (client(&program, "a")?, client(&parent, "b")?);
        let count = |client: &Client| binary::instructions_of(client, &valgrind);
        let (now, before) = (count(&ours)?, count(&theirs)?);
        let figure = format!("instructions, {path}");
        table.add(Row::counts(&figure, Some(now), Some(before), "").at_most(&format!("{MOST:.2}")));
        slower.extend(growth(&figure, now, before, MOST));
        let peaks = memory::peaks(&ours, &theirs)?;
        let figure = format!("peak memory, {path}");
        let grown = growth(&figure, peaks.ours, peaks.theirs, MOST_MEMORY);
        slower.extend(grown.map(|grown| grown + " (is layout.ld out of date?)"));
        table.add(Row::memory(&figure, peaks, Some(MOST_MEMORY)));
    }
    println!("{table}");
    ensure!(slower.is_empty(), "this commit is slower than its parent: {}", slower.join("; "));
    Ok(())
}

/// What to say of a figure that is more than `most` times what it was.
fn growth(figure: &str, now: u64, before: u64, most: f64) -> Option<String> {
    (now as f64 > before as f64 * most).then(|| format!("{figure}: {before} before, {now} now"))
}

/// The program of the commit before, in `target/parent`.
fn build_parent() -> Result<PathBuf> {
    let is_changed = !git(&["status", "--porcelain", "--untracked-files=no"])?.is_empty();
    let commit = git(&["rev-parse", "--verify", "--quiet", if is_changed { "HEAD" } else { "HEAD^" }])?;
    let commit = String::from_utf8_lossy(&commit).trim().to_owned();
    let target = Path::new(BUILT).parent().and_then(Path::parent).context("no target directory")?.join("parent");
    let sources = target.join("sources");
    if sources.exists() {
        fs::remove_dir_all(&sources)?;
    }
    fs::create_dir_all(&sources)?;
    let archive = target.join("sources.tar");
    fs::write(&archive, git(&["archive", &commit])?)?;
    // Their time is now: cargo takes files that are older than what it has built for the ones that it knows.
    run(Command::new("tar").arg("-xmf").arg(&archive).arg("-C").arg(&sources))?;
    eprintln!("building {commit}");
    run(Command::new("cargo")
        .args(["build", "--release", "--locked", "--quiet", "--target-dir"])
        .arg(target.join("target"))
        .current_dir(&sources))?;
    Ok(target.join("target/release/catena-token"))
}

fn git(words: &[&str]) -> Result<Vec<u8>> {
    let output = Command::new("git").arg("-C").arg(HERE).args(words).stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "`git {}` fails: there is no commit before to compare with", words.join(" "));
    Ok(output.stdout)
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{command:?} does not start"))?;
    if !status.success() {
        bail!("{command:?} fails: {status}");
    }
    Ok(())
}
