//! Namespaces of a benchmark's own, in which a name has the addresses that it is given.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Result, ensure};

use super::command::find_program;

/// The first argument that says that this is the process in the namespaces.
const INSIDE: &str = "--in-the-namespaces";

/// Runs `bench` for `cargo bench` in namespaces of these kinds, as `unshare` calls them. They need root.
pub fn run_within(kinds: &[&str], bench: impl FnOnce() -> Result<()>) -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|first| first == INSIDE) {
        return super::report(bench());
    }
    super::run(|| {
        if !nix::unistd::geteuid().is_root() {
            println!("nothing is measured: namespaces need root");
            return Ok(());
        }
        let this = std::env::current_exe()?;
        let mut unshare = Command::new(find_program("unshare")?);
        let status = unshare.args(kinds).arg(this).arg(INSIDE).status()?;
        ensure!(status.success(), "the process in the namespaces failed: {status}");
        Ok(())
    })
}

/// The addresses that `name` has, in a mount namespace; no other name has any.
pub fn set_hosts(directory: &Path, name: &str, addresses: &[&str]) -> Result<()> {
    let hosts = directory.join("hosts");
    let lines: Vec<String> = addresses.iter().map(|address| format!("{address} {name}\n")).collect();
    fs::write(&hosts, lines.concat())?;
    run_line(&format!("mount --bind {} /etc/hosts", hosts.display()))
}

/// Runs a command line without quotes.
pub fn run_line(words: &str) -> Result<()> {
    let mut words = words.split(' ');
    let mut command = Command::new(find_program(words.next().unwrap_or_default())?);
    let status = command.args(words).status()?;
    ensure!(status.success(), "{command:?} fails: {status}");
    Ok(())
}
