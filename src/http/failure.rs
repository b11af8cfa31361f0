//! Why an attempt brought no answer, by type: what is tried again, what never is, and what to do about it.

use thiserror::Error;

use crate::error::{Exit, reason};
use crate::http::trust_failure::TrustFailure;

/// How far an attempt came, in the order of the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// A name to its addresses.
    Name,
    Socket,
    Proxy,
    Tls,
    /// The connection stands: the request, and its answer.
    Exchange,
}

/// No answer, and why. Each text reads `<what failed>: <why>`.
#[derive(Debug, Error)]
pub enum HttpFailure {
    #[error("cannot resolve `{host}`: {why}")]
    Resolve { host: String, why: String },
    #[error("cannot connect to {peer}: {why}")]
    Connect { peer: String, why: String },
    #[error(
        "the connection to `{host}` cannot be trusted: plain http is for this host alone, and that name is another one"
    )]
    NotThisHost { host: String },
    #[error("timed out: {doing}, until the time of {setting} was used up")]
    TimedOut { stage: Stage, doing: String, setting: &'static str },
    #[error("the connection broke: {doing}, {why}")]
    Broken { stage: Stage, doing: String, why: String },
    #[error("the answer is not HTTP: {why}")]
    Garbled { why: String },
    #[error("the answer cannot be used: its {what} is larger than {limit}")]
    TooLarge { what: &'static str, limit: &'static str },
    #[error("the answer is not HTTP: the proxy {proxy} sent it")]
    ProxyGarbled { proxy: String },
    #[error("cannot reach the proxy {proxy}: {why}")]
    ProxyUnreachable { proxy: String, why: String },
    #[error("the proxy {proxy} refused to connect: HTTP {status}")]
    ProxyRefused { proxy: String, status: u16 },
    #[error("the proxy {proxy} could not connect: HTTP {status}")]
    ProxyFailed { proxy: String, status: u16 },
    #[error("the proxy {proxy} redirected: HTTP {status}")]
    ProxyRedirected { proxy: String, status: u16 },
    #[error("the connection to `{host}` cannot be trusted: {failure}")]
    Untrusted { host: String, failure: TrustFailure },
    #[error("the request cannot be sent: {why}")]
    Unsendable { why: String },
}

impl HttpFailure {
    pub fn unsendable() -> Self {
        Self::Unsendable { why: "a header would hold a character that HTTP does not allow".to_owned() }
    }

    /// Where it failed.
    pub fn stage(&self) -> Stage {
        match self {
            Self::Resolve { .. } | Self::NotThisHost { .. } => Stage::Name,
            Self::Connect { .. } => Stage::Socket,
            Self::ProxyUnreachable { .. } | Self::ProxyGarbled { .. } => Stage::Proxy,
            Self::ProxyRefused { .. } | Self::ProxyFailed { .. } | Self::ProxyRedirected { .. } => Stage::Proxy,
            Self::Untrusted { .. } => Stage::Tls,
            Self::TimedOut { stage, .. } | Self::Broken { stage, .. } => *stage,
            Self::Garbled { .. } | Self::TooLarge { .. } | Self::Unsendable { .. } => Stage::Exchange,
        }
    }

    pub fn exit(&self) -> Exit {
        match self {
            Self::Resolve { .. } | Self::Connect { .. } | Self::TimedOut { .. } => Exit::Temporary,
            Self::Broken { .. } | Self::Garbled { .. } | Self::ProxyGarbled { .. } => Exit::Temporary,
            Self::ProxyFailed { .. } | Self::ProxyUnreachable { .. } => Exit::Temporary,
            Self::TooLarge { .. } => Exit::Unusable,
            Self::ProxyRefused { .. } => Exit::Setup,
            Self::ProxyRedirected { .. } | Self::NotThisHost { .. } | Self::Untrusted { .. } => Exit::Untrusted,
            Self::Unsendable { .. } => Exit::Local,
        }
    }

    pub fn hint(&self) -> String {
        let hint = match self {
            Self::Resolve { .. } => "check the host in --issuer, the network, and whether a proxy is needed",
            Self::Connect { .. } => {
                "check the host and the port in --issuer, that the service runs there, and that no firewall is in \
                 between"
            }
            Self::TimedOut { setting, .. } => return format!("check the network, or allow more time with {setting}"),
            Self::ProxyUnreachable { .. } | Self::ProxyFailed { .. } | Self::Broken { stage: Stage::Proxy, .. } => {
                "check the proxy in --proxy, HTTPS_PROXY or ALL_PROXY; NO_PROXY names hosts that need none"
            }
            Self::ProxyRefused { status: 407, .. } => {
                "check the proxy's user and password, which stand in its URL: http://USER:PASSWORD@HOST:PORT"
            }
            Self::ProxyRefused { .. } | Self::ProxyRedirected { .. } => {
                "ask the proxy's owner to allow this host, or name it in NO_PROXY"
            }
            Self::Untrusted { failure, .. } => failure.hint,
            _ => "",
        };
        hint.to_owned()
    }
}

/// Our transport's failures travel through ureq as `Other`, so that they arrive by type.
impl From<HttpFailure> for ureq::Error {
    fn from(failure: HttpFailure) -> Self {
        Self::Other(Box::new(failure))
    }
}

impl From<ureq::Error> for HttpFailure {
    fn from(error: ureq::Error) -> Self {
        let (stage, doing) = (Stage::Exchange, "waiting for the answer".to_owned());
        match error {
            ureq::Error::Other(inner) => match inner.downcast::<Self>() {
                Ok(failure) => *failure,
                Err(other) => Self::Broken { stage, doing, why: other.to_string() },
            },
            ureq::Error::Timeout(_) => Self::TimedOut { stage, doing, setting: "--timeout" },
            ureq::Error::BodyExceedsLimit(_) => Self::TooLarge { what: "body", limit: "1 MiB" },
            ureq::Error::LargeResponseHeader(..) => Self::TooLarge { what: "head", limit: "16 KiB" },
            ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                Self::Broken { stage, doing, why: "it was closed before the answer was complete".to_owned() }
            }
            ureq::Error::Io(error) => Self::Broken { stage, doing, why: reason(&error) },
            // httparse stops at 128 headers; ureq hands on the text alone.
            ureq::Error::Protocol(error) if error.to_string().contains("too many headers") => {
                Self::TooLarge { what: "head", limit: "128 headers" }
            }
            // ureq-proto's texts name what it could not parse, and quote nothing.
            ureq::Error::Protocol(error) => Self::Garbled { why: error.to_string() },
            other => Self::Garbled { why: other.to_string() },
        }
    }
}
