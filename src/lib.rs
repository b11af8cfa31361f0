//! `catena-token` prints an OAuth 2.0 access token for a pipe.
//!
//! This library is the program, in ten rooms; `docs/architecture.md` has the map. A room uses only rooms below it.
//!
//! It is published as a program only: the interface of this library may change with each version.

// Empty on Windows, where `main` has the one error.
#![cfg(unix)]
#![warn(missing_docs)]

pub mod base;
pub mod cli;
pub mod command;
pub mod credential;
pub mod display;
pub mod exec;
#[cfg(fuzzing)]
#[path = "../fuzz/readers.rs"]
pub mod fuzzing;
pub mod http;
pub mod oauth;
pub mod os;
pub mod token;

use std::process::ExitCode;

use cli::args;
use cli::error::Error;
use cli::report;
use os::{process, stdout};

/// Runs the program with the arguments and the environment of this process.
pub fn run() -> ExitCode {
    process::protect(|place| report::error(&Error::Internal(place).into()) as i32);
    let result = match args::parse() {
        Ok(cli) => command::run(cli),
        Err(error) if error.use_stderr() => return ExitCode::from(report::usage(&args::mistakes::text(error)) as u8),
        // `--help` or `--version`: the text is the result.
        Err(text) => {
            stdout::print(text.render().to_string()).map(|()| ExitCode::SUCCESS).map_err(|e| Error::from(e).into())
        }
    };
    result.unwrap_or_else(|error| ExitCode::from(report::error(&error) as u8))
}
