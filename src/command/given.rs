//! A token that the user gives: as an argument, or on standard input.

use std::ffi::OsStr;
use std::io::{self, IsTerminal as _};
use std::os::unix::ffi::OsStrExt as _;

use crate::deadline::Deadline;
use crate::error::{Exit, Failure, reason};
use crate::event::{Event, Warning, tell};
use crate::input;
use crate::jwt::LONGEST;
use crate::oauth::access_token::AccessToken;
use crate::report;

const STDIN: &str = "-";

/// Reads it without the white space around it. Like other filters, it waits for the end of the input.
pub fn read(argument: &OsStr) -> Result<AccessToken, Failure> {
    if argument != STDIN {
        let bytes = argument.as_bytes();
        if bytes.trim_ascii().is_empty() {
            return Err(Failure::new(Exit::Usage, "no token", "the argument is empty"));
        }
        tell(Event::Warning(Warning::TokenInArguments));
        return token(bytes);
    }
    if io::stdin().is_terminal() {
        report::done("paste the token, then Return and Ctrl-D");
    }
    let read = input::read(&mut io::stdin().lock(), LONGEST, Deadline::never());
    let bytes = read.map_err(|error| {
        let exit = if error.kind() == io::ErrorKind::FileTooLarge { Exit::Unusable } else { Exit::Setup };
        Failure::new(exit, "cannot read the token from standard input", reason(&error))
    })?;
    if bytes.trim_ascii().is_empty() {
        return Err(Failure::new(Exit::Setup, "no token", "standard input is empty")
            .hint("what should have written the token may have failed"));
    }
    token(&bytes)
}

fn token(bytes: &[u8]) -> Result<AccessToken, Failure> {
    let text = std::str::from_utf8(bytes.trim_ascii()).ok().map(str::to_owned);
    text.and_then(AccessToken::new).ok_or_else(|| {
        Failure::new(Exit::Unusable, "not a token", "it holds characters that no token may have")
            .hint("give the token alone, without `Bearer`, quotes or JSON around it, and without line breaks in it")
    })
}

/// The token and the secret cannot both be read from standard input; `by` is the setting of the secret.
pub fn check_stdin(argument: &OsStr, by: Option<&str>) -> Result<(), Failure> {
    let Some(by) = by.filter(|_| argument == STDIN) else { return Ok(()) };
    Err(Failure::new(Exit::Usage, "two want the standard input", format!("{by} and the token"))
        .hint("give the secret another way"))
}
