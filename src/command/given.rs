//! A token that the user gives: as an argument, or on standard input.

use std::ffi::OsStr;
use std::io::{self, IsTerminal as _};
use std::os::unix::ffi::OsStrExt as _;

use thiserror::Error;

use crate::deadline::Deadline;
use crate::event::{Event, tell};
use crate::input;
use crate::jwt::verify::OtherIssuer;
use crate::jwt::{LONGEST, NotJwt};
use crate::oauth::access_token::AccessToken;
use crate::report;

const STDIN: &str = "-";

/// Why a token that the user gives or asks about cannot be read, shown or sent:
///
/// - `SharedStdin`: this setting reads the secret from it.
/// - `UselessOption`: it says whom to ask, and nobody is asked.
/// - `OtherIssuer`, `CutOff`, `NoIssuer` (it is no JWT, and this issuer is expected): it is not sent to be revoked.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum GivenTokenError {
    EmptyArgument,
    EmptyStdin,
    Stdin(io::Error),
    NotAToken,
    SharedStdin(&'static str),
    UselessOption(&'static str),
    NothingToShow { why: NotJwt, is_cut_off: bool },
    OtherIssuer { why: OtherIssuer, has_token_issuer: bool },
    CutOff(NotJwt),
    NoIssuer(String),
}

/// Reads it without the white space around it. Like other filters, it waits for the end of the input.
pub fn read(argument: &OsStr) -> Result<AccessToken, GivenTokenError> {
    if argument != STDIN {
        let bytes = argument.as_bytes();
        if bytes.trim_ascii().is_empty() {
            return Err(GivenTokenError::EmptyArgument);
        }
        tell(Event::Warning(
            "other users of this machine can read a token in the list of processes: give - and the token on standard \
             input",
        ));
        return token(bytes);
    }
    if io::stdin().is_terminal() {
        report::done("paste the token, then Return and Ctrl-D");
    }
    let bytes = input::read(&mut io::stdin().lock(), LONGEST, Deadline::never()).map_err(GivenTokenError::Stdin)?;
    if bytes.trim_ascii().is_empty() { Err(GivenTokenError::EmptyStdin) } else { token(&bytes) }
}

fn token(bytes: &[u8]) -> Result<AccessToken, GivenTokenError> {
    let text = std::str::from_utf8(bytes.trim_ascii()).ok().map(str::to_owned);
    text.and_then(AccessToken::new).ok_or(GivenTokenError::NotAToken)
}

/// The token and the secret cannot both be read from standard input; `by` is the setting of the secret.
pub fn check_stdin(argument: &OsStr, by: Option<&'static str>) -> Result<(), GivenTokenError> {
    by.filter(|_| argument == STDIN).map_or(Ok(()), |by| Err(GivenTokenError::SharedStdin(by)))
}
