//! Why a command failed, as data, and its exit code. `message` has the words.

use std::io;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use thiserror::Error;

use crate::base::origin::Origin;
use crate::cli::settings::{Name, Problem, SettingError};
use crate::exec::ExecError;
use crate::http::{HttpError, Phase};
use crate::oauth::error::{Cause, RequestError};
use crate::oauth::issuer::Purpose;
use crate::oauth::jwt::NotJwt;
use crate::oauth::jwt::error::{OtherIssuer, VerifyError};
use crate::os::stdout::OutputError;
use crate::token::cache::CacheError;
use crate::token::file::FileError;
use crate::token::renewal::RenewalError;
use crate::token::source::{RevocationError, TokenError};
use crate::token::store::StoreTrouble;

/// The exit codes. They are an interface: a number is never given another meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Internal error, or the output could not be written.
    Local = 1,
    /// The command line or a setting is invalid, or settings conflict.
    Usage = 2,
    /// What a setting refers to is missing or unusable; no credential was sent.
    Setup = 3,
    /// The server refused: a 4xx that a retry would get again.
    Refused = 4,
    /// It may work later: network, timeout, 408, 429, 5xx.
    Temporary = 5,
    /// The connection cannot be trusted: TLS, or a redirect.
    Untrusted = 6,
    /// The response cannot be used, or a token is not genuine.
    Unusable = 7,
    /// `exec` has no token, or anything else failed before its command was started.
    NotStarted = 125,
    /// `exec`'s command was found but cannot be executed.
    NotExecutable = 126,
    /// `exec`'s command was not found.
    NotFound = 127,
}

/// Why a command failed. `Internal` is a panic, with its source location.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum Error {
    Setting(#[from] SettingError),
    Token(#[from] TokenError),
    Revocation(#[from] RevocationError),
    Verification(#[from] VerifyError),
    File(#[from] FileError),
    ChildCommand(#[from] ExecError),
    Cache(#[from] CacheError),
    Command(#[from] CommandError),
    Output(#[from] OutputError),
    Internal(String),
}

impl From<RenewalError> for Error {
    fn from(error: RenewalError) -> Self {
        match error {
            RenewalError::Token(error) => Self::Token(error),
            RenewalError::File(error) => Self::File(error),
        }
    }
}

/// Context of an error before `exec`'s command was started: the exit code is then 125.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub struct NotStarted;

/// An error of a command itself, or of the token passed to it.
///
/// - `StdinTwice`: both of these read stdin.
/// - `EnvName`: `--renew` reserves this variable.
/// - `AssertionOnce`: this setting gives an assertion that can be read only once, which cannot be renewed.
/// - `SecretFile`: this setting and `--token-file` have the same path.
/// - `NoToken`: `revoke` got no token and must not use the cache.
/// - `TokenFile`, `NoTokenYet`, `Expires`, `NoExpiry`: what `renew --check` found at this path. The token's `exp` is too
///   early for the required lifetime, or none can be read.
/// - `OtherIssuer`, `CutOff`, `NoIssuer` (not a JWT, but this issuer is expected): the token is not sent.
/// - `NoIssuerGiven`: this option needs an issuer, but only `--token-url` is given.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum CommandError {
    StdinTwice(Origin, &'static str),
    EnvName(&'static str),
    AssertionOnce(Origin),
    SecretFile(Origin, PathBuf),
    Signals(io::Error),
    Wait(String, io::Error),
    NoCache,
    NoConfigPlace,
    NoToken,
    EmptyArgument,
    EmptyStdin,
    Stdin(io::Error),
    NotAToken,
    NothingToShow { why: NotJwt, is_cut_off: bool },
    OtherIssuer { why: OtherIssuer, has_token_issuer: bool },
    CutOff(NotJwt),
    NoIssuer(String),
    NoIssuerGiven(&'static str),
    TokenFile(PathBuf, io::Error),
    NoTokenYet(PathBuf),
    Expires { path: PathBuf, at: SystemTime, min_ttl: Option<Duration> },
    NoExpiry(PathBuf),
    SharedNotCleared(StoreTrouble),
}

impl Error {
    pub fn exit(&self) -> Exit {
        match self {
            Self::Setting(error) => match error.problem {
                Problem::Missing { .. }
                | Problem::Empty
                | Problem::ControlCharacter
                | Problem::NoRunner
                | Problem::Secret(_) => Exit::Setup,
                Problem::EndsInLineBreak if matches!(error.name, Name::ClientId | Name::Credential) => Exit::Setup,
                Problem::Config(ref problem) if !problem.is_usage() => Exit::Setup,
                _ => Exit::Usage,
            },
            Self::Revocation(RevocationError::Shared(_)) => Exit::Temporary,
            Self::Token(error)
            | Self::Revocation(RevocationError::NotRevoked(error) | RevocationError::InDoubt(error)) => of_token(error),
            Self::Verification(_) => Exit::Unusable,
            Self::File(FileError::NotWritten(..)) => Exit::Local,
            Self::File(_) => Exit::Setup,
            Self::ChildCommand(ExecError::NotFound(_)) => Exit::NotFound,
            Self::ChildCommand(_) => Exit::NotExecutable,
            Self::Command(error) => of_command(error),
            Self::Cache(_) | Self::Revocation(RevocationError::Cache(_)) | Self::Output(_) | Self::Internal(_) => {
                Exit::Local
            }
        }
    }
}

fn of_command(error: &CommandError) -> Exit {
    use CommandError::*;
    match error {
        Signals(_) | Wait(..) => Exit::Local,
        Stdin(error) if error.kind() == io::ErrorKind::FileTooLarge => Exit::Unusable,
        Stdin(_) | EmptyStdin | NoCache | NoConfigPlace | NoIssuerGiven(_) | TokenFile(..) => Exit::Setup,
        NoTokenYet(_) | Expires { .. } | SharedNotCleared(_) => Exit::Temporary,
        NotAToken | NothingToShow { .. } | CutOff(_) | NoExpiry(_) => Exit::Unusable,
        _ => Exit::Usage,
    }
}

pub fn of_token(error: &TokenError) -> Exit {
    match error {
        TokenError::Credential(_) | TokenError::Assertion(_) | TokenError::Identity(_) | TokenError::Trust(_) => {
            Exit::Setup
        }
        TokenError::AskedToWait { .. } => Exit::Temporary,
        TokenError::TooShort { .. } => Exit::Unusable,
        TokenError::Request(error) => of_request(error),
    }
}

fn of_request(error: &RequestError) -> Exit {
    match &*error.cause {
        _ if error.is_temporary() => Exit::Temporary,
        // The runner refused; the realm was not asked.
        _ if error.is_refused() && error.purpose == Purpose::Assertion => Exit::Setup,
        _ if error.is_refused() => Exit::Refused,
        _ if error.is_untrusted() => Exit::Untrusted,
        Cause::NoAnswer(HttpError { phase: Phase::SecureProxy | Phase::AskProxy, .. }) => Exit::Setup,
        Cause::NoAnswer(_) | Cause::Status(..) | Cause::Unusable(_) => Exit::Unusable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_line_in_the_help() {
        let all =
            [Exit::Local, Exit::Usage, Exit::Setup, Exit::Refused, Exit::Temporary, Exit::Untrusted, Exit::Unusable];
        for (number, exit) in (1..).zip(all) {
            assert_eq!(exit as i32, number);
            assert!(include_str!("args/after_help.txt").contains(&format!("\n  {number}  ")), "{exit:?} has no line");
        }
    }
}
