//! The commands, one file each: what a call does from its arguments to its output.

mod cache;
mod completions;
mod man;
mod token;

use crate::args::{Cli, Command};
use crate::error::Failure;

/// Runs what was asked for.
pub fn run(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        None => token::run(cli.token),
        Some(Command::Cache { command }) => cache::run(command),
        Some(Command::Completions { shell }) => completions::run(&shell),
        Some(Command::Man) => man::run(),
    }
}
