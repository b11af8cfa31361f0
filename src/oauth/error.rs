//! Why a request to the realm failed, as data. Other processes get it from the cache as it is.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::error::Exit;
use crate::foreign::ForeignText;
use crate::http::retry::Wait;
use crate::http::{Body, HttpError, Limit, Stage};
use crate::json::JsonProblem;
use crate::oauth::client_auth::ClientAuth;

/// A request that failed, retries included.
#[derive(Clone, Debug, Serialize, Deserialize, Error)]
#[error("{self:?}")]
pub struct RequestError {
    pub purpose: Purpose,
    pub attempts: u32,
    /// How long the service asked to wait.
    pub wait: Option<Wait>,
    /// Whether the server may have acted on it: it was sent, and no whole answer came back.
    pub outcome_unknown: bool,
    /// Whether nothing was left to try. Else there was no time for it, or the waiting is the caller's.
    pub is_final: bool,
    pub cause: Box<Cause>,
}

/// What was requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    Token,
    Revocation,
    Keys,
    Discovery,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Cause {
    NoAnswer(HttpError),
    Answer { problem: AnswerProblem, asked: Asked },
}

/// What was asked for and of whom, as far as a hint depends on it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Asked {
    pub issuer: String,
    pub scope: Option<String>,
    /// `None` for a request without credentials.
    pub client_auth: Option<ClientAuth>,
}

/// Why an answer is no success.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum AnswerProblem {
    /// 3xx; no redirect is followed.
    Redirect {
        status: u16,
        location: ForeignText,
    },
    /// 408, 429, 5xx
    Unavailable(ErrorBody),
    /// Any other 4xx.
    Refused(ErrorBody),
    OtherStatus(ErrorBody),
    /// A success without the result; never shared with other processes.
    #[serde(skip)]
    Unusable(Unusable),
}

/// What is quoted of an answer: texts of a JSON object, empty where it has none.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ErrorBody {
    pub status: u16,
    /// `error` (RFC 6749 §5.2).
    pub code: ForeignText,
    /// `error_description`, or what gateways write instead.
    pub description: ForeignText,
    pub body: Body,
}

/// A success that breaks the rules.
#[derive(Clone, Debug)]
pub enum Unusable {
    NotUtf8,
    /// A portal or a proxy may have answered.
    NotJson {
        problem: JsonProblem,
        body: Body,
    },
    /// A member that counts, by its name.
    DuplicateMember(String),
    NoKeys(Body),
    ErrorInSuccess {
        status: u16,
        code: ForeignText,
        description: ForeignText,
    },
    NoAccessToken,
    /// Empty, or with characters that no token may have.
    BadAccessToken,
    NoTokenType,
    OtherTokenType(ForeignText),
}

impl RequestError {
    pub fn exit(&self) -> Exit {
        match &*self.cause {
            Cause::NoAnswer(error) => error.exit(),
            Cause::Answer { problem, .. } => match problem {
                AnswerProblem::Redirect { .. } => Exit::Untrusted,
                AnswerProblem::Unavailable(_) => Exit::Temporary,
                AnswerProblem::Refused(_) => Exit::Refused,
                AnswerProblem::OtherStatus(_) | AnswerProblem::Unusable(_) => Exit::Unusable,
            },
        }
    }

    /// Whether other processes would meet the same: a refusal, or a temporary failure that a longer `--timeout` would
    /// not have avoided.
    pub fn holds_for_others(&self) -> bool {
        let is_out_of_time = matches!(*self.cause, Cause::NoAnswer(HttpError::TimedOut { limit: Limit::Total, .. }));
        match self.exit() {
            Exit::Refused => true,
            Exit::Temporary => self.is_final && !is_out_of_time,
            _ => false,
        }
    }

    /// Where the last attempt failed, if it got no answer.
    pub fn stage(&self) -> Option<Stage> {
        match &*self.cause {
            Cause::NoAnswer(error) => Some(error.stage()),
            Cause::Answer { .. } => None,
        }
    }

    pub fn retry_after(&self) -> Option<Duration> {
        self.wait.map(|wait| wait.time)
    }
}

impl From<Unusable> for AnswerProblem {
    fn from(unusable: Unusable) -> Self {
        Self::Unusable(unusable)
    }
}
