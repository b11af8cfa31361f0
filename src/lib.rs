//! `catena-token` prints an OAuth 2.0 access token for a pipe.
//!
//! This library is the program, in ten rooms. A room uses only rooms below it in this list; a test holds that.
//!
//! 1. [`command`]: a file for each subcommand. Only they see both ends.
//! 2. [`cli`]: what may be typed, what will be used, and what is printed.
//! 3. [`token`]: the cached token, or a new one; files that hold one.
//! 4. [`exec`]: a command that runs with a token.
//! 5. [`oauth`]: requests to the issuer, its responses, and JWTs.
//! 6. [`http`]: one attempt over a connection of our own, and the retries.
//! 7. [`credential`]: where the client secret is, and getting it.
//! 8. [`os`]: the process, its signals, its streams, its children.
//! 9. [`base`]: the vocabulary: events, clocks, durations, secrets, JSON.
//! 10. [`display`]: what is redacted and escaped before it is printed.
//!
//! It is published as a program only: the interface of this library may change with each version.

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
        Err(error) if error.use_stderr() => return ExitCode::from(report::usage(&error.render().to_string()) as u8),
        // `--help` or `--version`: the text is the result.
        Err(text) => {
            stdout::print(text.render().to_string()).map(|()| ExitCode::SUCCESS).map_err(|e| Error::from(e).into())
        }
    };
    result.unwrap_or_else(|error| ExitCode::from(report::error(&error) as u8))
}
