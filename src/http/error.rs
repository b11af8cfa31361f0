//! Why a request got no response, as data.

use std::io;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The phases of an attempt, in their order. `ConnectToProxy` includes resolving its name; `AskProxy` is CONNECT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Phase {
    Resolve,
    Connect,
    ConnectToProxy,
    AskProxy,
    Handshake,
    Send,
    Receive,
}

/// Which timeout expired: `--connect-timeout` or `--timeout`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Limit {
    Connect,
    Total,
}

/// An attempt without a response. `peer`: a host, `host:port`, a proxy's URL without its password, or empty if unknown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Error)]
#[error("{self:?}")]
pub struct HttpError {
    pub phase: Phase,
    pub peer: String,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Kind {
    /// The text of the system or its resolver, which quotes nothing from a server.
    Failed(String),
    /// The peer closed the connection before its response was complete.
    Closed,
    TimedOut(Limit),
    /// Plain http, and the name resolves to another machine.
    NotLoopback,
    NotHttp(String),
    /// More than 1 MiB.
    LargeBody,
    /// More than 16 KiB or 128 headers.
    LargeHead,
    /// The proxy refused the tunnel.
    ProxyStatus(u16),
    /// The server ended the TLS session because it got no client certificate.
    ClientCertificate,
    /// Never shared with other processes.
    #[serde(skip)]
    Untrusted(rustls::Error),
}

impl HttpError {
    /// Whether another attempt may succeed.
    pub fn is_temporary(&self) -> bool {
        match self.kind {
            Kind::Failed(_) | Kind::Closed | Kind::TimedOut(_) | Kind::NotHttp(_) => true,
            Kind::ProxyStatus(status) => !(300..=499).contains(&status),
            Kind::NotLoopback | Kind::LargeBody | Kind::LargeHead | Kind::ClientCertificate | Kind::Untrusted(_) => {
                false
            }
        }
    }
}

/// Our transport's errors pass through ureq as `Other`, which keeps their type.
impl From<HttpError> for ureq::Error {
    fn from(error: HttpError) -> Self {
        Self::Other(Box::new(error))
    }
}

impl From<ureq::Error> for HttpError {
    fn from(error: ureq::Error) -> Self {
        let kind = match error {
            ureq::Error::Other(inner) => match inner.downcast::<Self>() {
                Ok(error) => return *error,
                Err(other) => Kind::Failed(other.to_string()),
            },
            ureq::Error::Timeout(_) => Kind::TimedOut(Limit::Total),
            ureq::Error::BodyExceedsLimit(_) => Kind::LargeBody,
            ureq::Error::LargeResponseHeader(..) => Kind::LargeHead,
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => Kind::Closed,
            ureq::Error::Io(error) => Kind::Failed(error.to_string()),
            // httparse stops at 128 headers; ureq-proto passes on only its text.
            ureq::Error::Protocol(error) if error.to_string().contains("too many headers") => Kind::LargeHead,
            // ureq-proto's text names what it could not parse, and quotes nothing.
            ureq::Error::Protocol(error) => Kind::NotHttp(error.to_string()),
            other => Kind::NotHttp(other.to_string()),
        };
        Self { phase: Phase::Receive, peer: String::new(), kind }
    }
}
