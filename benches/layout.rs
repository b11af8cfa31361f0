//! Writes `layout.ld`, the order in which the program's functions stand in its file: `cargo bench --bench layout`.
//!
//! The program is built with its symbols, and callgrind tells which functions run where a token is kept and where a new one
//! is asked for. It is to be run when the way of a call has changed much; a list that is out of date does no harm but to
//! the start. It needs Linux, cargo and valgrind; the server is the issuer of the tests.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods, reason = "a benchmark, not the tool")]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, ensure};
use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Certificate, Issuer, Setup};

use support::command::{Client, find_program};

const HERE: &str = env!("CARGO_MANIFEST_DIR");

const HEAD: &str = "\
/*
 * Which functions stand together in the program's file: first those that run where a token is kept, then those that run
 * besides where a new one is asked for, then all others. Written by `cargo bench --bench layout`, used by build.rs.
 *
 * The kernel maps a file in pieces of 64 KiB or more around what is touched, and what is mapped takes time and memory. In
 * the linker's own order, a call that runs a tenth of the code has three quarters of it mapped. A name that is out of date
 * does no harm. Assembly has the names of its files alone.
 */

";

fn main() -> ExitCode {
    support::run(bench)
}

fn bench() -> Result<()> {
    let valgrind = find_program("valgrind")?;
    let program = build()?;
    let directory = tempfile::tempdir().context("no temporary directory")?;
    let issuer = Issuer::start(Setup { certificate: Some(Certificate::Good), ..Setup::default() });
    let ca = directory.path().join("ca.pem");
    fs::write(&ca, issuer.trusted_pem())?;
    let client = Client::other(&program, Vec::new(), directory.path())
        .with("CATENA_ISSUER", &issuer.url())
        .with("CATENA_CA_CERT", &ca.to_string_lossy())
        .with("CATENA_CLIENT_ID", CLIENT_ID)
        .with("CATENA_CLIENT_SECRET", CLIENT_SECRET);

    let functions = |client: &Client| functions_of(client, &valgrind, directory.path());
    let first = functions(&client)?;
    let kept = functions(&client)?;
    let typed = functions(&client.clone().saying(&["--min-ttl", "1s"]))?;
    let new = functions(&client.saying(&["--refresh"]))?;
    let asked = [first, typed, new].into_iter().flatten().filter(|name| !kept.contains(name)).collect();

    let path = Path::new(HERE).join("layout.ld");
    fs::write(&path, script(&kept, &asked))?;
    println!("{}: {} functions for a kept token, {} more for a new one", path.display(), kept.len(), asked.len());
    Ok(())
}

/// The program with its symbols, in `target/layout`.
fn build() -> Result<PathBuf> {
    let target = Path::new(HERE).join("target/layout");
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--locked", "--quiet", "--config", "profile.release.strip=false"]);
    let status = cargo.arg("--target-dir").arg(&target).current_dir(HERE).status()?;
    ensure!(status.success(), "cargo build fails: {status}");
    Ok(target.join("release/catena-token"))
}

/// The symbols of the functions of this program that a call runs, as patterns. A section has its function's name, behind
/// `.text.` or, for one that its author thinks cold, `.text.unlikely.`.
fn functions_of(client: &Client, valgrind: &Path, directory: &Path) -> Result<BTreeSet<String>> {
    let file = directory.join("callgrind.out");
    let option = format!("--callgrind-out-file={}", file.display());
    let starter = [valgrind.as_os_str(), "--tool=callgrind".as_ref(), "--demangle=no".as_ref(), option.as_ref()];
    ensure!(client.command_under(&starter).status()?.success(), "the call fails under callgrind");
    let text = fs::read_to_string(&file)?;
    // `fn=(12) NAME`, and `cfn=` for one that is called; of one that was named before there is the number alone.
    let lines = text.lines().filter_map(|line| line.strip_prefix("fn=").or_else(|| line.strip_prefix("cfn=")));
    Ok(lines.filter_map(|line| line.split_once(") ")).filter_map(|(_, name)| pattern(name)).collect())
}

/// A function's name with a `*` for what differs between two builds; `None` for one of a library in C.
fn pattern(name: &str) -> Option<String> {
    // Behind an apostrophe is how deep it recurses.
    let name = name.split('\'').next()?;
    if let Some(body) = name.strip_prefix("_ZN") {
        // rustc's legacy mangling ends with a hash.
        return Some(format!("_ZN{}17h*", body.rsplit_once("17h")?.0));
    }
    if name.starts_with("_R") {
        // v0 gives each crate one: `Cs<base 62>_`.
        let mut parts = name.split("Cs");
        let mut pattern = parts.next()?.to_owned();
        for part in parts {
            let rest = part.split_once('_').filter(|(hash, _)| hash.bytes().all(|byte| byte.is_ascii_alphanumeric()));
            let _ = match rest {
                Some((_, rest)) => write!(pattern, "Cs*_{rest}"),
                None => write!(pattern, "Cs{part}"),
            };
        }
        return Some(pattern);
    }
    (name == "main" || name.starts_with("ring_core_")).then(|| name.to_owned())
}

fn script(kept: &BTreeSet<String>, asked: &BTreeSet<String>) -> String {
    let mut script = format!("{HEAD}SECTIONS\n{{\n  .text.kept :\n  {{\n");
    script.push_str("    *crt*.o(.text)\n    *sha256*.o(.text)\n    *chacha20_poly1305*.o(.text)\n");
    let list = |script: &mut String, names: &BTreeSet<String>| {
        names.iter().for_each(|name| script.push_str(&format!("    *(.text*.{name})\n")));
    };
    list(&mut script, kept);
    script.push_str("  }\n  .text.asked :\n  {\n");
    for file in ["*25519*", "*p256*", "*sha512*", "*aesni-x86_64*"] {
        script.push_str(&format!("    {file}.o(.text .text.*)\n"));
    }
    list(&mut script, asked);
    script.push_str("  }\n}\nINSERT BEFORE .text;\n");
    script
}
