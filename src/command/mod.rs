//! The commands, one file each: what a call does from its arguments to its output.

mod cache;
mod completions;
mod doctor;
mod exec;
mod given;
mod inspect;
mod man;
mod renew;
mod revoke;
mod source;
mod token;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use thiserror::Error;

use crate::args::{Cli, Command};
use crate::error::Failure;
use crate::process;

/// What a command itself finds wrong.
///
/// - `StdinTwice`: this setting and exec's command want it.
/// - `EnvName`: with `--renew`, exec's own variable has that name.
/// - `SecretFile`: this setting and `--token-file` name it.
/// - `NoToken`: `revoke` is given none, and the cached ones are left alone.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum CommandError {
    StdinTwice(&'static str),
    EnvName(&'static str),
    SecretFile(&'static str, PathBuf),
    Signals(io::Error),
    Wait(String, io::Error),
    NoCache,
    NoToken,
}

/// Runs what was asked for. The code of a success is 0, but for a command that passes on another's.
pub fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let done = |()| ExitCode::SUCCESS;
    process::obey_signals();
    let Cli { command, options } = cli;
    match command {
        None => token::run(options).map(done),
        Some(Command::Exec(args)) => exec::run(options, args.0),
        Some(Command::Renew(args)) => renew::run(options, args.0).map(done),
        Some(Command::Inspect(args)) => inspect::run(options, args.0).map(done),
        Some(Command::Revoke(args)) => revoke::run(options, args.0).map(done),
        Some(Command::Doctor(args)) => doctor::run(options, args.0),
        Some(Command::Cache { command }) => cache::run(&command, options).map(done),
        Some(Command::Completions { shell }) => Ok(completions::run(&shell).map(done)?),
        Some(Command::Man) => Ok(man::run().map(done)?),
    }
}
