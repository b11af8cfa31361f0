//! The commands, one file each: what a call does from its arguments to its output.

mod completions;
mod man;
mod token;

use crate::args::{Cli, Command};
use crate::error::Failure;

/// Runs what was asked for.
pub fn run(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        None => token::run(cli.token),
        Some(Command::Completions { shell }) => completions::run(&shell),
        Some(Command::Man) => man::run(),
    }
}
