//! Why a request to the realm failed, as data that the cache shares with other processes.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::base::json::JsonProblem;
use crate::base::origin::Origin;
use crate::credential::Mistake;
use crate::display::untrusted::UntrustedText;
use crate::http::retry::{Wait, is_temporary_status};
use crate::http::{Body, HttpError, Kind, Limit, Phase};
use crate::oauth::assertion::Claims;
use crate::oauth::client_auth::ClientAuth;
use crate::oauth::endpoints::KnownBy;
use crate::oauth::issuer::Purpose;

/// A request that failed, with its retries.
#[derive(Clone, Debug, Serialize, Deserialize, Error)]
#[error("{self:?}")]
pub struct RequestError {
    pub purpose: Purpose,
    pub attempts: u32,
    /// The `Retry-After` of the last response.
    pub wait: Option<Wait>,
    /// Whether the server may have acted on the request: it was sent, and no valid response came.
    pub outcome_unknown: bool,
    /// Whether no retry was allowed. If `false`, time ran out, or the caller waits and retries.
    pub is_final: bool,
    /// Whether `--token-url` names the server, not the issuer.
    pub is_at_token_url: bool,
    /// How long ago another machine got this response.
    #[serde(skip)]
    pub told: Option<Duration>,
    pub cause: Box<Cause>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Cause {
    NoAnswer(HttpError),
    /// Any status but 2xx.
    Status(Box<ErrorResponse>, Asked),
    /// A 2xx without a valid result; never shared with other processes.
    #[serde(skip)]
    Unusable(Unusable),
}

/// The parts of the request that a message needs. `client`: `None` without credentials.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Asked {
    pub issuer: String,
    pub server: Box<AskedServer>,
    pub scope: Option<String>,
    pub client: Option<AskedAs>,
}

/// The host and port of the request, which an issuer that is no Keycloak chooses.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AskedServer {
    pub host: String,
    pub known_by: KnownBy,
}

/// The client, and what this process knows about its credential: the setting that gives it, a probable mistake in a
/// secret, and what an assertion says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AskedAs {
    /// `None` if an assertion alone names the client.
    pub id: Option<Box<str>>,
    pub auth: ClientAuth,
    #[serde(skip)]
    pub by: Option<Origin>,
    #[serde(skip)]
    pub mistake: Option<Mistake>,
    #[serde(skip)]
    pub assertion: Option<Box<Claims>>,
    /// Whether another try may get another assertion.
    #[serde(skip)]
    pub may_change: bool,
}

/// The parts of an error response that a message quotes; empty if the response has none.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ErrorResponse {
    pub status: u16,
    /// The target of a redirect.
    pub location: UntrustedText,
    /// `error` (RFC 6749 §5.2).
    pub code: UntrustedText,
    /// `error_description`, or what gateways send instead.
    pub description: UntrustedText,
    pub body: Body,
}

/// Why a 2xx is unusable. `NotJson`: perhaps the response of a captive portal or a proxy.
#[derive(Clone, Debug)]
pub enum Unusable {
    NotJson(JsonProblem, Body),
    NoKeys(Body),
    ErrorInSuccess(Box<ErrorResponse>),
    /// A discovery document for another issuer: the secret must not go where it says.
    OtherIssuer {
        theirs: UntrustedText,
        ours: String,
    },
    /// A member of the discovery document that is no https URL.
    PlainEndpoint(&'static str, UntrustedText),
    NotAnEndpoint(&'static str, UntrustedText),
    /// A member that the discovery document lacks.
    NoEndpoint(&'static str),
    /// It is missing, empty or invalid.
    NoAccessToken,
    /// The runner sent no JWT.
    NoAssertion,
    /// Not `Bearer`; empty if it is missing.
    TokenType(UntrustedText),
}

impl Cause {
    /// Whether Keycloak got this assertion before.
    pub fn is_reuse(&self) -> bool {
        matches!(self, Self::Status(response, _) if response.description.raw().contains("Token reuse detected"))
    }
}

impl RequestError {
    pub fn is_refused(&self) -> bool {
        matches!(&*self.cause, Cause::NoAnswer(HttpError { kind: Kind::ClientCertificate { .. }, phase, .. })
            if *phase != Phase::SecureProxy)
            || matches!(&*self.cause, Cause::Status(response, _)
                if (400..=499).contains(&response.status) && !is_temporary_status(response.status))
    }

    pub fn is_temporary(&self) -> bool {
        match &*self.cause {
            Cause::NoAnswer(error) => error.is_temporary(),
            Cause::Status(response, _) => is_temporary_status(response.status),
            Cause::Unusable(_) => false,
        }
    }

    /// Whether the connection or the response cannot be trusted: TLS failed, a redirect, or a document that would send
    /// the secret elsewhere.
    pub fn is_untrusted(&self) -> bool {
        match &*self.cause {
            Cause::NoAnswer(HttpError { kind, .. }) => {
                matches!(kind, Kind::Untrusted(_) | Kind::ProxyStatus(300..=399))
            }
            Cause::Status(response, _) => (300..=399).contains(&response.status),
            Cause::Unusable(why) => matches!(why, Unusable::OtherIssuer { .. } | Unusable::PlainEndpoint(..)),
        }
    }

    /// Whether other processes would get the same failure, whatever their `--timeout` is.
    pub fn holds_for_others(&self) -> bool {
        let is_out_of_time =
            matches!(&*self.cause, Cause::NoAnswer(error) if matches!(error.kind, Kind::TimedOut(Limit::Total, _)));
        self.is_refused() || self.is_temporary() && self.is_final && !is_out_of_time
    }

    pub fn status(&self) -> Option<u16> {
        if let Cause::Status(response, _) = &*self.cause { Some(response.status) } else { None }
    }

    /// The phase of the last attempt, if it got no response.
    pub fn phase(&self) -> Option<Phase> {
        if let Cause::NoAnswer(error) = &*self.cause { Some(error.phase) } else { None }
    }

    pub fn retry_after(&self) -> Option<Duration> {
        self.wait.map(|wait| wait.time)
    }
}

#[cfg(test)]
impl RequestError {
    /// A failure with this status, for tests of other modules.
    pub fn of_status(status: u16, is_final: bool, wait: Option<u64>) -> Self {
        let asked = Asked {
            issuer: "https://id.example.com/realms/r".to_owned(),
            server: AskedServer { host: "id.example.com".to_owned(), known_by: KnownBy::Keycloak }.into(),
            scope: None,
            client: None,
        };
        Self {
            purpose: Purpose::Token,
            attempts: 1,
            wait: wait.map(|seconds| Wait { time: Duration::from_secs(seconds), is_too_long: false }),
            outcome_unknown: false,
            is_final,
            is_at_token_url: false,
            told: None,
            cause: Box::new(Cause::Status(Box::new(ErrorResponse { status, ..ErrorResponse::default() }), asked)),
        }
    }
}
