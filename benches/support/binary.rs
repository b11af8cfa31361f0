//! What the program is made of and what it does, counted by the tools that are there for it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use super::command::{Client, find_program};
use super::table::{Row, megabytes};

/// The release profile strips it.
pub fn size(program: &Path) -> Result<Row> {
    let ours = megabytes(fs::metadata(program)?.len());
    Ok(Row { figure: "binary, stripped".to_owned(), ours, goal: "≤ 3.0 MB".to_owned(), ..Row::default() })
}

/// This crate and everything that is linked into it or that expands its macros, a version of a crate each.
pub fn crates() -> Result<Row> {
    let ours = match find_program("cargo") {
        Err(_) => "not installed: cargo".to_owned(),
        Ok(cargo) => count_crates(&cargo)?.to_string(),
    };
    Ok(Row { figure: "crates, this one included".to_owned(), ours, goal: "≤ 85".to_owned(), ..Row::default() })
}

fn count_crates(cargo: &Path) -> Result<usize> {
    let mut tree = Command::new(cargo);
    tree.args(["tree", "--locked", "--edges", "normal", "--prefix", "none"]);
    let output = tree.current_dir(env!("CARGO_MANIFEST_DIR")).output()?;
    if !output.status.success() {
        bail!("cargo tree: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    // A crate that stood there before has a mark.
    let crates: BTreeSet<&str> = text.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    Ok(crates.len())
}

pub fn system_calls(ours: &Client, theirs: &Client, directory: &Path) -> Result<Row> {
    let Ok(strace) = find_program("strace") else {
        return Ok(Row::counts("system calls", None, None, "not installed: strace"));
    };
    let file = directory.join("strace.txt");
    let count = |client: &Client| {
        let starter = [strace.as_os_str(), "-c".as_ref(), "-f".as_ref(), "-o".as_ref(), file.as_os_str()];
        client.command_under(&starter).status()?;
        let text = fs::read_to_string(&file).unwrap_or_default();
        total_calls(&text).context("strace counted nothing").map(Some)
    };
    Ok(Row::counts("system calls", count(ours)?, count(theirs)?, ""))
}

/// How often calls of these names are made: `clone` for threads, `socket` for the network.
pub fn calls_of(client: &Client, names: &str, directory: &Path) -> Result<Option<u64>> {
    let Ok(strace) = find_program("strace") else { return Ok(None) };
    let file = directory.join("strace.txt");
    let trace = format!("trace={names}");
    let starter = [strace.as_os_str(), "-f".as_ref(), "-e".as_ref(), trace.as_ref(), "-o".as_ref(), file.as_os_str()];
    client.command_under(&starter).status()?;
    let text = fs::read_to_string(&file).unwrap_or_default();
    Ok(Some(text.lines().filter(|line| line.contains('(')).count() as u64))
}

/// `100.00    0.001234           5       234        12 total`
fn total_calls(text: &str) -> Option<u64> {
    text.lines().find(|line| line.ends_with(" total"))?.split_whitespace().nth(3)?.parse().ok()
}

pub fn instructions(ours: &Client, theirs: &Client) -> Result<Row> {
    let Ok(valgrind) = find_program("valgrind") else {
        return Ok(Row::counts("instructions", None, None, "not installed: valgrind"));
    };
    let count = |client: &Client| instructions_of(client, &valgrind).map(Some);
    Ok(Row::counts("instructions in user space", count(ours)?, count(theirs)?, ""))
}

/// In user space. The same program counts the same in the same surroundings.
pub fn instructions_of(client: &Client, valgrind: &Path) -> Result<u64> {
    let options = ["--tool=callgrind", "--callgrind-out-file=/dev/null"].map(OsStr::new);
    let starter = [valgrind.as_os_str(), options[0], options[1]];
    let output = client.command_under(&starter).stdout(Stdio::piped()).stderr(Stdio::piped()).output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("`{}` fails: {}", client.program.display(), text.lines().last().unwrap_or_default());
    }
    collected(&text).context("valgrind counted nothing")
}

/// `==4711== Collected : 5678901`
fn collected(text: &str) -> Option<u64> {
    text.lines().find_map(|line| line.split_once("Collected : "))?.1.trim().parse().ok()
}
