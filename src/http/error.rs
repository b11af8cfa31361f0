//! Why a request got no response, as data.

use std::io;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::display::untrusted::UntrustedText;

/// The phases of an attempt, in their order. `ConnectToProxy` includes resolving its name; `AskProxy` is CONNECT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Phase {
    Resolve,
    Connect,
    ConnectToProxy,
    SecureProxy,
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

/// An attempt without a response. `peer`: a host, `host:port`, or a proxy's URL without its password.
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
    /// The system's text: it allows this process no thread for a lookup. Never shared with other processes.
    #[serde(skip)]
    NoThread(String),
    /// The peer closed the connection before its response was complete.
    Closed,
    /// After this time.
    TimedOut(Limit, Duration),
    NotHttp(String),
    /// More than 1 MiB.
    LargeBody,
    /// More than 64 KiB or 200 headers.
    LargeHead,
    /// The proxy refused the tunnel.
    ProxyStatus(u16),
    /// A 407 that offers these login schemes, and not Basic.
    ProxyLogin(UntrustedText),
    /// An https proxy that does not speak TLS.
    PlainProxy,
    /// The server ended the TLS session because of our client certificate, or because it got none.
    ClientCertificate {
        is_given: bool,
    },
    /// Never shared with other processes.
    #[serde(skip)]
    Untrusted(rustls::Error),
}

impl HttpError {
    /// Whether another attempt may succeed.
    pub fn is_temporary(&self) -> bool {
        match self.kind {
            Kind::Failed(_) | Kind::NoThread(_) | Kind::Closed | Kind::TimedOut(..) => true,
            Kind::ProxyStatus(status) => !(300..=499).contains(&status),
            Kind::Untrusted(_) | Kind::ProxyLogin(_) | Kind::PlainProxy | Kind::ClientCertificate { .. } => false,
            Kind::NotHttp(_) | Kind::LargeBody | Kind::LargeHead => false,
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
            ureq::Error::Timeout(_) => Kind::TimedOut(Limit::Total, Duration::ZERO),
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => Kind::Closed,
            ureq::Error::Io(error) => Kind::Failed(error.to_string()),
            // ureq-proto's text names what it could not parse, and quotes nothing.
            ureq::Error::Protocol(error) => Kind::NotHttp(error.to_string()),
            other => Kind::NotHttp(other.to_string()),
        };
        Self { phase: Phase::Receive, peer: String::new(), kind }
    }
}
