//! The commands, one file each: what a call does from its arguments to its output.

mod cache;
pub(crate) mod doctor;
mod exec;
mod inspect;
mod renew;
mod revoke;
pub(crate) mod source;
mod token;
mod token_argument;

use std::process::ExitCode;

use crate::cli::args::{Cli, Command, completions};
use crate::cli::error::Error;
use crate::cli::report;
use crate::os::process;
use crate::os::stdout;

/// Runs what was asked for. The code of a success is 0, but for a command that passes on another's.
pub(crate) fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    process::obey_signals();
    let Cli { command, options } = cli;
    match &command {
        // It judges the events itself.
        Some(Command::Doctor(_)) => {}
        Some(Command::Renew(_)) => report::listen(options.messages.level(true)),
        Some(Command::Exec(args)) => report::listen(options.messages.level(args.0.renew)),
        _ => report::listen(options.messages.level(false)),
    }
    let done: Result<(), Error> = match command {
        None => token::run(options),
        Some(Command::Exec(args)) => return exec::run(options, args.0),
        Some(Command::Renew(args)) => renew::run(options, args.0),
        Some(Command::Inspect(args)) => inspect::run(options, args.0),
        Some(Command::Revoke(args)) => revoke::run(options, args.0),
        Some(Command::Doctor(args)) => return Ok(doctor::run(options, args.0)?),
        Some(Command::Cache { command }) => cache::run(&command, options),
        Some(Command::Completions { shell }) => stdout::print(completions(&shell)).map_err(Error::from),
        Some(Command::Man) => stdout::print(include_str!("../../completions/catena-token.1")).map_err(Error::from),
    };
    Ok(done.map(|()| ExitCode::SUCCESS)?)
}
