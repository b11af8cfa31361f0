//! Why an attempt brought no answer, as data: what is retried, what never is, and how far it came.

use std::io;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::error::{Exit, reason};
use crate::http::tls_problem::TlsProblem;

/// The steps of an attempt, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// A name to its addresses.
    Name,
    Socket,
    Proxy,
    Tls,
    /// The connection is made: the request, and its answer.
    Exchange,
}

/// What an attempt was doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    Resolve,
    Connect,
    /// Resolving the proxy's name included.
    ConnectToProxy,
    /// Waiting for the proxy's answer to CONNECT.
    AskProxy,
    Handshake,
    Send,
    Receive,
}

/// The setting whose time was used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Limit {
    /// `--connect-timeout`
    Connect,
    /// `--timeout`
    Total,
}

/// A part of an answer that is larger than what is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    Body,
    Head,
    HeaderLines,
}

/// A `reason` is in the words of the system, the resolver or the HTTP parser, and quotes nothing of a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[error("{self:?}")]
pub enum HttpError {
    Resolve {
        host: String,
        reason: String,
    },
    Connect {
        peer: String,
        reason: String,
    },
    /// Plain http, and the name leads to another machine.
    NotLoopback {
        host: String,
    },
    TimedOut {
        phase: Phase,
        peer: String,
        limit: Limit,
    },
    /// `reason` is `None` where the peer closed the connection too early.
    Broken {
        phase: Phase,
        peer: String,
        reason: Option<String>,
    },
    NotHttp {
        reason: String,
    },
    TooLarge(Part),
    Proxy {
        proxy: String,
        problem: ProxyProblem,
    },
    /// Never shared with other processes.
    #[serde(skip)]
    Untrusted {
        host: String,
        problem: TlsProblem,
    },
    /// A URL or a header that HTTP does not allow, or https without a trust store: settings rule that out.
    Unsendable,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProxyProblem {
    Unreachable {
        reason: String,
    },
    /// A status of the proxy's own, instead of a tunnel.
    Status(u16),
    NotHttp,
}

impl HttpError {
    /// Where it failed.
    pub fn stage(&self) -> Stage {
        match self {
            Self::Resolve { .. } | Self::NotLoopback { .. } => Stage::Name,
            Self::Connect { .. } => Stage::Socket,
            Self::Proxy { .. } => Stage::Proxy,
            Self::Untrusted { .. } => Stage::Tls,
            Self::TimedOut { phase, .. } | Self::Broken { phase, .. } => phase.stage(),
            Self::NotHttp { .. } | Self::TooLarge(_) | Self::Unsendable => Stage::Exchange,
        }
    }

    pub fn exit(&self) -> Exit {
        match self {
            Self::Resolve { .. } | Self::Connect { .. } | Self::TimedOut { .. } => Exit::Temporary,
            Self::Broken { .. } | Self::NotHttp { .. } => Exit::Temporary,
            Self::TooLarge(_) => Exit::Unusable,
            Self::Proxy { problem, .. } => match problem {
                ProxyProblem::Status(300..=399) => Exit::Untrusted,
                ProxyProblem::Status(400..=499) => Exit::Setup,
                _ => Exit::Temporary,
            },
            Self::NotLoopback { .. } | Self::Untrusted { .. } => Exit::Untrusted,
            Self::Unsendable => Exit::Local,
        }
    }
}

impl Phase {
    fn stage(self) -> Stage {
        match self {
            Self::Resolve => Stage::Name,
            Self::Connect => Stage::Socket,
            Self::ConnectToProxy | Self::AskProxy => Stage::Proxy,
            Self::Handshake => Stage::Tls,
            Self::Send | Self::Receive => Stage::Exchange,
        }
    }
}

/// Our transport's errors travel through ureq as `Other`, so that they arrive by type.
impl From<HttpError> for ureq::Error {
    fn from(error: HttpError) -> Self {
        Self::Other(Box::new(error))
    }
}

impl From<ureq::Error> for HttpError {
    fn from(error: ureq::Error) -> Self {
        let broken = |reason| Self::Broken { phase: Phase::Receive, peer: String::new(), reason };
        match error {
            ureq::Error::Other(inner) => match inner.downcast::<Self>() {
                Ok(error) => *error,
                Err(other) => broken(Some(other.to_string())),
            },
            ureq::Error::Timeout(_) => {
                Self::TimedOut { phase: Phase::Receive, peer: String::new(), limit: Limit::Total }
            }
            ureq::Error::BodyExceedsLimit(_) => Self::TooLarge(Part::Body),
            ureq::Error::LargeResponseHeader(..) => Self::TooLarge(Part::Head),
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => broken(None),
            ureq::Error::Io(error) => broken(Some(reason(&error))),
            // httparse stops at 128 headers; ureq-proto hands on its text alone, and names no type for it.
            ureq::Error::Protocol(error) if error.to_string().contains("too many headers") => {
                Self::TooLarge(Part::HeaderLines)
            }
            // ureq-proto's texts name what it could not parse, and quote nothing.
            ureq::Error::Protocol(error) => Self::NotHttp { reason: error.to_string() },
            other => Self::NotHttp { reason: other.to_string() },
        }
    }
}
