//! Why there is no token, as data.

use std::time::Duration;

use thiserror::Error;

use crate::error::{Exit, Failure};
use crate::http::Stage;
use crate::oauth::error::{Cause, RequestError};

#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum TokenError {
    /// Nothing was sent: the secret or the trust store is missing.
    NotSent(Failure),
    Request(RequestError),
    /// The service asked another process with this secret to wait, because of `cause`.
    AskedToWait {
        left: Duration,
        has_retries: bool,
        cause: Box<Cause>,
    },
    /// A new token lives shorter than `--min-ttl`, or for an unknown time.
    TooShort {
        lifetime: Option<Duration>,
        min_ttl: Duration,
    },
}

impl TokenError {
    pub fn exit(&self) -> Exit {
        match self {
            Self::NotSent(failure) => failure.exit(),
            Self::Request(error) => error.exit(),
            Self::AskedToWait { .. } => Exit::Temporary,
            Self::TooShort { .. } => Exit::Unusable,
        }
    }

    /// How long the service asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Request(error) => error.retry_after(),
            Self::AskedToWait { left, .. } => Some(*left),
            Self::NotSent(_) | Self::TooShort { .. } => None,
        }
    }

    /// Whether the server may have acted on the request.
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self, Self::Request(RequestError { outcome_unknown: true, .. }))
    }

    /// Where the last attempt failed, if it got no answer.
    pub fn stage(&self) -> Option<Stage> {
        if let Self::Request(error) = self { error.stage() } else { None }
    }
}

impl From<Failure> for TokenError {
    fn from(failure: Failure) -> Self {
        Self::NotSent(failure)
    }
}

impl From<RequestError> for TokenError {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}
