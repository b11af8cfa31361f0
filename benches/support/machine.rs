//! What the figures were measured on.

use std::path::Path;
use std::process::Command;
use std::{fs, thread};

use anyhow::Result;

pub fn describe(curl: &Path, nginx: &Path) -> Result<String> {
    let cores = thread::available_parallelism()?;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let (curl, nginx) = (version(Command::new(curl).arg("-V"))?, version(Command::new(nginx).arg("-v"))?);
    let arch = std::env::consts::ARCH;
    Ok(format!("Machine: {cores} cores, {arch}, Linux {}; {curl}; {nginx}.", kernel.trim()))
}

/// Name, version and, for curl, its TLS library. nginx tells on stderr.
fn version(command: &mut Command) -> Result<String> {
    let output = command.output()?;
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let line = text.lines().next().unwrap_or_default();
    // `curl 8.5.0 (x86_64-pc-linux-gnu) libcurl/8.5.0 OpenSSL/3.0.13 …`
    let words = line.trim_start_matches("nginx version: ").split(' ').enumerate();
    Ok(words.filter(|(place, _)| [0, 1, 4].contains(place)).map(|(_, word)| word).collect::<Vec<_>>().join(" "))
}
