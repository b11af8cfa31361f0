//! The commands: what a call does from its arguments to its output. Those of more than a few lines have a file each.

mod cache;
pub mod doctor;
mod exec;
mod given;
mod inspect;
mod renew;
mod revoke;
pub mod source;

use std::process::ExitCode;

use crate::args::{Cli, Command, Options, completions};
use crate::error::Error;
use crate::output;
use crate::process;
use crate::report;
use crate::settings::Settings;
use crate::token_source::Purpose;
use source::{Source, require};

/// Runs what was asked for. The code of a success is 0, but for a command that passes on another's.
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    process::obey_signals();
    let Cli { command, options } = cli;
    match &command {
        // It judges the events itself.
        Some(Command::Doctor(_)) => {}
        Some(Command::Renew(_)) => report::listen(options.messages.level(true)),
        Some(Command::Exec(args)) => report::listen(options.messages.level(args.renew)),
        _ => report::listen(options.messages.level(false)),
    }
    match command {
        None => print_token(options)?,
        Some(Command::Exec(args)) => return exec::run(options, args),
        Some(Command::Renew(args)) => renew::run(options, args)?,
        Some(Command::Inspect(args)) => inspect::run(options, args)?,
        Some(Command::Revoke(args)) => revoke::run(options, args)?,
        Some(Command::Doctor(args)) => return Ok(doctor::run(options, args)?),
        Some(Command::Cache { command }) => cache::run(&command, options)?,
        Some(Command::Completions { shell }) => output::print(completions(&shell))?,
        Some(Command::Man) => output::print(include_str!("../../completions/catena-token.1"))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Everything that can be wrong with the settings is found before the secret is fetched or a person asked for it.
fn print_token(options: Options) -> Result<(), Error> {
    let settings = Settings::resolve(options);
    require(&settings, |_| true)?;
    let (format, env_name) = (settings.format.clone()?.value, settings.env_name.clone()?);
    let response = Source::new(settings, Purpose::Call)?.token()?;
    Ok(output::print(format.text(&response, &env_name))?)
}
