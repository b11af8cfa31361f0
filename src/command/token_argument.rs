//! A token that the user gives: as an argument, or on standard input.

use std::ffi::OsStr;
use std::io::{self, IsTerminal as _};
use std::os::unix::ffi::OsStrExt as _;

use crate::base::deadline::Deadline;
use crate::base::event::{Event, Warning, emit};
use crate::cli::error::CommandError;
use crate::cli::report;
use crate::oauth::jwt::LONGEST;
use crate::oauth::token_response::AccessToken;
use crate::os::input;

pub const STDIN: &str = "-";

/// Reads it without the white space around it. Like other filters, it waits for the end of the input.
pub fn read(argument: &OsStr) -> Result<AccessToken, CommandError> {
    let (bytes, empty) = if argument == STDIN {
        if io::stdin().is_terminal() {
            report::done("paste the token, then Return and Ctrl-D");
        }
        let read = input::read(&mut io::stdin().lock(), LONGEST, Deadline::never());
        (read.map_err(CommandError::Stdin)?, CommandError::EmptyStdin)
    } else {
        (argument.as_bytes().to_vec().into(), CommandError::EmptyArgument)
    };
    let bytes = bytes.trim_ascii();
    if bytes.is_empty() {
        return Err(empty);
    }
    if argument != STDIN {
        emit(Event::Warning(Warning::TokenInArguments));
    }
    let text = std::str::from_utf8(bytes).ok().map(str::to_owned);
    text.and_then(AccessToken::new).ok_or(CommandError::NotAToken)
}
