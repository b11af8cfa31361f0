//! Why a token is not what it must be, as data.

use std::time::Duration;

use serde_json::Value;
use thiserror::Error;

/// Why a token is not genuine, not valid, or cannot be verified. The texts in it are untrusted.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum VerifyError {
    NoAlgorithm,
    /// `none`, or a shared secret: there is no public key to verify with.
    KeylessAlgorithm(String),
    /// Another program may support it.
    UnknownAlgorithm(String),
    CriticalExtensions,
    NoKeyId,
    Issuer(#[from] OtherIssuer),
    UnknownKey,
    AmbiguousKey,
    /// Not for signatures, or for another algorithm.
    KeyForOtherUse,
    /// The invalid member.
    BrokenKey(&'static str),
    BadSignature,
    TimeNotANumber(&'static str),
    /// `nbf`.
    NotYetValid(Value),
    /// `exp`, and the time since then.
    Expired(Value, Duration),
    OtherAudience(String),
}

/// A token's `iss` is missing, or not the expected one.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub struct OtherIssuer {
    pub issuer: Option<Value>,
    pub expected: String,
}
