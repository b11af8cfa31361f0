//! The commands, one file each: what a call does from its arguments to its output.

mod cache;
mod completions;
pub mod doctor;
mod exec;
mod given;
mod inspect;
mod man;
mod renew;
mod revoke;
mod source;
mod token;

use std::process::ExitCode;

use crate::args::{Cli, Command};
use crate::error::Failure;
use crate::process;

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
        Some(Command::Completions { shell }) => completions::run(&shell).map(done),
        Some(Command::Man) => man::run().map(done),
    }
}
