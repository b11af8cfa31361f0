//! Why there is no token, as data.

use std::time::Duration;

use thiserror::Error;

use crate::credential::SecretError;
use crate::http::Phase;
use crate::http::trust::TrustError;
use crate::oauth::error::{Cause, RequestError};

/// - `Secret` and `Trust`: nothing was sent.
/// - `AskedToWait`: the service asked another process with this secret to wait, because of `cause`.
/// - `TooShort`: a new token lives shorter than `--min-ttl`, or for an unknown time.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum TokenError {
    Secret(#[from] SecretError),
    Trust(#[from] TrustError),
    Request(#[from] RequestError),
    AskedToWait { left: Duration, has_retries: bool, cause: Box<Cause> },
    TooShort { lifetime: Option<Duration>, min_ttl: Duration },
}

impl TokenError {
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::AskedToWait { .. }) || matches!(self, Self::Request(error) if error.is_temporary())
    }

    pub fn is_untrusted(&self) -> bool {
        matches!(self, Self::Request(error) if error.is_untrusted())
    }

    pub fn is_refused(&self) -> bool {
        matches!(self, Self::Request(error) if error.is_refused())
    }

    /// How long the service asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Request(error) => error.retry_after(),
            Self::AskedToWait { left, .. } => Some(*left),
            Self::Secret(_) | Self::Trust(_) | Self::TooShort { .. } => None,
        }
    }

    /// Whether the server may have acted on the request.
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self, Self::Request(RequestError { outcome_unknown: true, .. }))
    }

    /// What the last attempt was doing, if it got no answer.
    pub fn phase(&self) -> Option<Phase> {
        if let Self::Request(error) = self { error.phase() } else { None }
    }
}
