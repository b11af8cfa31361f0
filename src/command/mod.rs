//! The commands, from their arguments to their output, in one file each.

mod cache;
mod config;
pub(crate) mod doctor;
mod exec;
mod inspect;
mod renew;
mod revoke;
pub(crate) mod source;
mod token;

use std::process::ExitCode;

use crate::cli::args::{Cli, Command, completions};
use crate::cli::error::Error;
use crate::cli::report;
use crate::os::process;
use crate::os::stdout;

/// Runs the command. `exec` returns the exit code of its command, and `doctor` the one that a call would have.
pub(crate) fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    process::obey_signals();
    let Cli { command, options } = cli;
    match &command {
        // It listens to the events itself.
        Some(Command::Doctor(_)) => {}
        Some(Command::Renew(args)) => report::listen(options.messages.level(!args.0.check)),
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
        Some(Command::Config { command }) => config::run(&command, options),
        Some(Command::Completions { shell }) => stdout::print(completions(&shell)).map_err(Error::from),
        Some(Command::Man) => stdout::print(include_str!("../../completions/catena-token.1")).map_err(Error::from),
    };
    Ok(done.map(|()| ExitCode::SUCCESS)?)
}
