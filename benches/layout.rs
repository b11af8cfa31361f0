//! Whether `layout.ld`, the order in which the program's functions stand in its file, is what a call runs now:
//! `cargo bench --bench layout`; `UPDATE=1 cargo bench --bench layout` writes it anew.
//!
//! The program is built with its symbols, and callgrind tells which functions run where a token is kept and where a new one
//! is asked for. A list that is out of date does no harm but to the start. It needs Linux, cargo, nginx, curl and valgrind,
//! and root with unshare and mount, for a name that is looked up.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods, reason = "a benchmark, not the tool")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Result, ensure};

use support::command::{Client, find_program};
use support::ground::Ground;
use support::namespace::{run_within, set_hosts};
use support::nginx::{CLIENT_ID, CLIENT_SECRET, NAME};

const HERE: &str = env!("CARGO_MANIFEST_DIR");

const HEAD: &str = "\
/*
 * Which functions stand together in the program's file: first those that run where a token is kept, then those that run
 * besides where a new one is asked for, then all others. `UPDATE=1 cargo bench --bench layout` writes it, build.rs uses it.
 *
 * The kernel maps a file in pieces of 64 KiB or more around what is touched, and what is mapped takes time and memory. In
 * the linker's own order, a call that runs a tenth of the code has three quarters of it mapped. A name that is out of date
 * does no harm. Assembly has the names of its files alone.
 */

";

fn main() -> ExitCode {
    run_within(&["--mount"], bench)
}

fn bench() -> Result<()> {
    let valgrind = find_program("valgrind")?;
    let program = build()?;
    let ground = Ground::prepare()?;
    set_hosts(ground.directory(), NAME, &["127.0.0.1"])?;
    let (url, ca) = (ground.server.issuer_at(NAME), ground.server.ca.to_string_lossy().into_owned());
    let typed = Client::other(&program, Vec::new(), ground.directory()).with("CATENA_CLIENT_SECRET", CLIENT_SECRET);
    let all = typed.clone().with("CATENA_ISSUER", &url).with("CATENA_CA_CERT", &ca).with("CATENA_CLIENT_ID", CLIENT_ID);
    let typed = typed.saying(&["--client-id", CLIENT_ID, "--issuer", &url, "--ca-cert", &ca, "--timeout", "30s"]);

    let functions = |client: &Client| functions_of(client, &valgrind, ground.directory());
    let (first, kept, typed) = (functions(&all)?, functions(&all)?, functions(&typed)?);
    let new = functions(&all.saying(&["--refresh"]))?;
    let asked = [first, typed, new].into_iter().flatten().filter(|name| !kept.contains(name)).collect();

    let (path, script) = (Path::new(HERE).join("layout.ld"), script(&kept, &asked));
    let (now, before): (BTreeSet<&str>, _) = (script.lines().collect(), fs::read_to_string(&path).unwrap_or_default());
    let before = before.lines().collect();
    let (new, gone) = (now.difference(&before).count(), before.difference(&now).count());
    println!("{} functions run where a token is kept, {} more where a new one is asked for", kept.len(), asked.len());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &script)?;
    } else if new + gone > 0 {
        println!(
            "layout.ld lacks {new} of them and has {gone} others: `UPDATE=1 cargo bench --bench layout` writes it"
        );
    }
    Ok(())
}

/// The program with its symbols, in `target/layout`.
fn build() -> Result<PathBuf> {
    let target = Path::new(HERE).join("target/layout");
    // Told to rustc alone: another profile has other hashes in its names, and functions that are alike fall together by
    // other ones.
    let words = ["rustc", "--release", "--locked", "--quiet", "--bin", "catena-token", "--target-dir"];
    let mut cargo = Command::new("cargo");
    cargo.args(words).arg(&target).args(["--", "-C", "strip=none"]).current_dir(HERE);
    let status = cargo.status()?;
    ensure!(status.success(), "cargo fails: {status}");
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
    let mut names = BTreeMap::new();
    let (mut is_ours, mut functions) = (false, BTreeSet::new());
    // `ob=(3) FILE` begins a file's functions, `fn=(12) NAME` one of them; `cob` and `cfn` are of one that is called. What
    // was named before has its number alone. valgrind knows no file of what stands outside of `.text`, as an earlier list
    // has made it.
    for (key, value) in text.lines().filter_map(|line| line.split_once('=')) {
        let (number, name) = value.split_once(' ').unwrap_or((value, ""));
        let name = *names.entry((key.trim_start_matches('c'), number)).or_insert(name);
        match key {
            "ob" => is_ours = Path::new(name) == client.program || name == "???",
            "fn" if is_ours => functions.extend(pattern(name)),
            _ => {}
        }
    }
    Ok(functions)
}

/// A function's name with a `*` for what differs between two builds; `None` for a piece of code without one.
fn pattern(name: &str) -> Option<String> {
    // Behind an apostrophe is how deep it recurses; a number at the end tells several of one name apart.
    let name = name.split('\'').next()?;
    if let Some((first, number)) = name.rsplit_once('.')
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Some(format!("{}.*", pattern(first)?));
    }
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
    // ring gives what is in C its version: `ring_core_0_17_14__name`.
    let name = match name.strip_prefix("ring_core_").and_then(|name| name.split_once("__")) {
        Some((_, name)) => format!("ring_core_*__{name}"),
        None => name.to_owned(),
    };
    let is_symbol = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_*".contains(&byte));
    (is_symbol && !name.starts_with("0x")).then_some(name)
}

fn script(kept: &BTreeSet<String>, asked: &BTreeSet<String>) -> String {
    let section = |name: &str, files: &[String], functions: &BTreeSet<String>| {
        let functions = functions.iter().map(|function| format!("*(.text*.{function})"));
        let lines = files.iter().cloned().chain(functions).map(|line| format!("    {line}\n"));
        format!("  {name} :\n  {{\n{}  }}\n", lines.collect::<String>())
    };
    let of_ring = |file: &str| format!("*libring*:*{file}*.o(.text .text.*)");
    let start = "*crt1.o(.text)".to_owned();
    let kept = section(".text.kept", &[start, of_ring("sha256"), of_ring("chacha20_poly1305")], kept);
    // What a processor is able to do decides which of ring's functions run, and under callgrind it is able to do less.
    let ciphers = ["25519", "p256", "sha512", "aesni", "aes-gcm", "aesv8", "ghash"].map(of_ring);
    let asked = section(".text.asked", &ciphers, asked);
    format!("{HEAD}SECTIONS\n{{\n{kept}{asked}}}\nINSERT BEFORE .text;\n")
}
