//! `catena-token`: an access token on stdout, for a pipe.
//!
//! One way leads through the program: `args` (what was typed), `settings` (what will be used), `credential` (where the
//! secret is), `token_source` (where the token comes from), `oauth` over `http` (how it is asked for), `output`. What
//! happens on the way is told to `event`; what goes wrong is an `error`.

mod args;
mod cache;
mod children;
mod clock;
mod command;
mod credential;
mod deadline;
mod duration;
mod error;
mod event;
mod foreign;
mod http;
mod input;
mod job;
mod json;
mod jwt;
mod message;
mod notify;
mod oauth;
mod output;
mod process;
mod redaction;
mod renewal;
mod report;
mod secret;
mod settings;
mod signals;
mod token_file;
mod token_source;

use std::process::ExitCode;

use error::Error;

fn main() -> ExitCode {
    process::protect(|place| report::error(&Error::Defect(place).into()) as i32);
    let result = match args::parse() {
        Ok(cli) => command::run(cli),
        Err(error) if error.use_stderr() => return ExitCode::from(report::usage(&error.render().to_string()) as u8),
        // `--help` or `--version`: the text is the result.
        Err(text) => {
            output::print(text.render().to_string()).map(|()| ExitCode::SUCCESS).map_err(|e| Error::from(e).into())
        }
    };
    result.unwrap_or_else(|error| ExitCode::from(report::error(&error) as u8))
}
