//! The commands, one file each: what a call does from its arguments to its output.

mod cache;
pub mod doctor;
mod exec;
mod generated;
mod given;
mod inspect;
mod renew;
mod revoke;
mod source;
mod token;

use std::process::ExitCode;

use crate::args::{Cli, Command};
use crate::error::Error;
use crate::process;

/// Runs what was asked for. The code of a success is 0, but for a command that passes on another's.
pub fn run(cli: Cli) -> Result<ExitCode, Error> {
    process::obey_signals();
    let Cli { command, options } = cli;
    match command {
        None => token::run(options),
        Some(Command::Exec(args)) => return exec::run(options, args.0),
        Some(Command::Renew(args)) => renew::run(options, args.0),
        Some(Command::Inspect(args)) => inspect::run(options, args.0),
        Some(Command::Revoke(args)) => revoke::run(options, args.0),
        Some(Command::Doctor(args)) => return doctor::run(options, args.0),
        Some(Command::Cache { command }) => cache::run(&command, options),
        Some(Command::Completions { shell }) => generated::completions(&shell),
        Some(Command::Man) => generated::man(),
    }?;
    Ok(ExitCode::SUCCESS)
}
