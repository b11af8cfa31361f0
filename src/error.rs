//! What went wrong, cut by what the caller does next.
//!
//! A [`Failure`] carries its exit code, a chain of causes that reads `<what failed>: <why>`, and at most one hint that
//! names a remedy. It holds no secret: whoever builds one from a server's words passes them through
//! [`crate::foreign`] first.

use std::{fmt, io};

use serde::{Deserialize, Serialize};

/// The exit codes. They are an interface: a number is never given another meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Exit {
    /// Output could not be written, or a defect of this program.
    Local = 1,
    /// The command line or a setting's text is wrong, or settings conflict.
    Usage = 2,
    /// What a setting points at is missing or unusable; no credential was sent.
    Setup = 3,
    /// The server refused: a 4xx that will be the same the next time.
    Refused = 4,
    /// It may work later: network, time-out, 408, 429, 5xx.
    Temporary = 5,
    /// The connection cannot be trusted: TLS, or a redirect.
    Untrusted = 6,
    /// The server answered something that cannot be used, or a token is no genuine one.
    Unusable = 7,
    /// `exec` had no token, or anything else failed before its command was started.
    NotStarted = 125,
    /// `exec`'s command was found and cannot be executed.
    NotExecutable = 126,
    /// `exec`'s command was not found.
    NotFound = 127,
}

/// A failure on its way to `main`, which prints it once.
#[derive(Debug, thiserror::Error)]
#[error("{self:?}")]
pub struct Failure {
    exit: Exit,
    /// `None` when it has been told already, in somebody else's words.
    cause: Option<anyhow::Error>,
    hint: Option<String>,
}

impl Failure {
    /// `what` failed and `why`, both lower case and without a full stop.
    pub fn new(exit: Exit, what: impl fmt::Display, why: impl fmt::Display) -> Self {
        let cause = anyhow::Error::msg(why.to_string()).context(what.to_string());
        Self { exit, cause: Some(cause), hint: None }
    }

    /// One that needs no further words.
    pub fn told(exit: Exit) -> Self {
        Self { exit, cause: None, hint: None }
    }

    /// Adds the one remedy; an empty text adds none.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into()).filter(|hint| !hint.is_empty());
        self
    }

    /// The same failure, where the caller is told by the code that a command was not started.
    pub fn before_a_command(mut self) -> Self {
        self.exit = Exit::NotStarted;
        self
    }

    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// `<what failed>: <why>`; `None` when it has been told.
    pub fn text(&self) -> Option<String> {
        // The alternate form joins the chain with `: ` and never shows a backtrace.
        self.cause.as_ref().map(|cause| format!("{cause:#}"))
    }

    /// Why alone, for who says otherwise what failed; all of it where the two are not told apart.
    pub fn why(&self) -> Option<String> {
        let cause = self.cause.as_ref()?;
        Some(cause.chain().nth(1).map_or_else(|| cause.to_string(), ToString::to_string))
    }

    /// What to do about it, without the word `hint`.
    pub fn remedy(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

/// The system's words for an error in our style: `no such file or directory`, without its number.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let words = text.split_once(" (os error").map_or(text.as_str(), |(words, _)| words);
    let mut rest = words.chars();
    rest.next().map_or_else(String::new, |first| first.to_lowercase().chain(rest).collect())
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
            assert!(include_str!("after_help.txt").contains(&format!("\n  {number}  ")), "{exit:?} has no line");
        }
    }

    #[test]
    fn a_failure_reads_what_then_why() {
        let failure = Failure::new(Exit::Setup, "no client id", "CATENA_CLIENT_ID is not set").hint("");
        assert_eq!(failure.text().unwrap(), "no client id: CATENA_CLIENT_ID is not set");
        assert_eq!(failure.why().unwrap(), "CATENA_CLIENT_ID is not set");
        assert_eq!(failure.remedy(), None);
    }
}
