//! A token that the user gives: as an argument, or on standard input.

use std::ffi::OsStr;
use std::io::{self, IsTerminal as _};
use std::os::unix::ffi::OsStrExt as _;

use crate::deadline::Deadline;
use crate::error::CommandError;
use crate::event::{Event, Warning, tell};
use crate::input;
use crate::jwt::LONGEST;
use crate::oauth::access_token::AccessToken;
use crate::report;

const STDIN: &str = "-";

/// Reads it without the white space around it. Like other filters, it waits for the end of the input.
pub fn read(argument: &OsStr) -> Result<AccessToken, CommandError> {
    if argument != STDIN {
        let bytes = argument.as_bytes();
        if bytes.trim_ascii().is_empty() {
            return Err(CommandError::EmptyArgument);
        }
        tell(Event::Warning(Warning::TokenInArguments));
        return token(bytes);
    }
    if io::stdin().is_terminal() {
        report::done("paste the token, then Return and Ctrl-D");
    }
    let bytes = input::read(&mut io::stdin().lock(), LONGEST, Deadline::never()).map_err(CommandError::Stdin)?;
    if bytes.trim_ascii().is_empty() { Err(CommandError::EmptyStdin) } else { token(&bytes) }
}

fn token(bytes: &[u8]) -> Result<AccessToken, CommandError> {
    let text = std::str::from_utf8(bytes.trim_ascii()).ok().map(str::to_owned);
    text.and_then(AccessToken::new).ok_or(CommandError::NotAToken)
}

/// The token and the secret cannot both be read from standard input; `by` is the setting of the secret.
pub fn check_stdin(argument: &OsStr, by: Option<&'static str>) -> Result<(), CommandError> {
    by.filter(|_| argument == STDIN).map_or(Ok(()), |by| Err(CommandError::StdinTwice(by, "the token")))
}
