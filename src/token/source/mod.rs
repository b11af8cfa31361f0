//! Where a token comes from: the cache, or the token endpoint.

mod call;
mod fleet;
mod freshness;
mod revocation;
mod single_flight;
mod taken;
mod unlocked;

use std::time::Duration;

use thiserror::Error;

use crate::base::clock::Deadline;
use crate::credential::{ClientId, CredentialError, CredentialSource, Place};
use crate::http::endpoint::Endpoint;
use crate::http::identity::IdentityError;
use crate::http::trust::TrustError;
use crate::http::{Phase, Route};
use crate::oauth::assertion::{AssertionSettings, UnusableAssertion};
use crate::oauth::client_auth::ClientAuth;
use crate::oauth::discovery::Expected;
use crate::oauth::error::{Cause, RequestError};
use crate::oauth::issuer::Issuer;
use crate::oauth::parameter::Parameter;
use crate::oauth::scope::Scope;
use crate::oauth::token_response::TokenResponse;
use crate::oauth::token_url::TokenUrl;
use crate::token::cache::Cache;
use crate::token::store::SharedCache;
pub use call::Call;
pub use freshness::{Freshness, Use};
pub use revocation::{RevocationError, RevocationReport, RevokedToken, Which};

/// Everything that determines which token is needed, and how to get it.
pub struct TokenSource {
    /// `None` if an assertion alone names the client.
    pub client_id: Option<ClientId>,
    /// Not fetched yet: it may cost a command or a person's time.
    pub credential: CredentialSource,
    pub assertion: AssertionSettings,
    pub issuer: Issuer,
    /// `--token-issuer`: the name of the issuer in its document, if that is not its URL.
    pub token_issuer: Option<String>,
    /// Where tokens are requested, whatever the issuer says.
    pub token_url: Option<TokenUrl>,
    pub scope: Option<Scope>,
    pub params: Vec<Parameter>,
    pub client_auth: ClientAuth,
    pub route: Route,
    /// `None` with `--no-cache`.
    pub cache: Option<Cache>,
    /// The cache that machines share.
    pub shared: Option<SharedCache>,
    pub freshness: Freshness,
    /// For each call.
    pub timeout: Duration,
}

impl TokenSource {
    pub fn token(&self) -> Result<TokenResponse, TokenError> {
        self.call().token()
    }

    pub fn call(&self) -> Call<'_> {
        Call::new(self, Deadline::after(self.timeout))
    }

    /// The issuer, and what it must say that it is.
    pub fn expected(&self) -> Expected<'_> {
        Expected { issuer: &self.issuer, token_issuer: self.token_issuer.as_deref() }
    }

    /// The server that gets the first request.
    pub fn server(&self) -> &Endpoint {
        self.token_url.as_ref().map_or(self.issuer.server(), TokenUrl::server)
    }

    /// Gets a credential that can be read only once, for all later calls.
    pub fn hold_credential(&mut self) -> Result<(), TokenError> {
        if !self.credential.is_lasting() {
            let secret = self.call().unlock()?.credentials.secret.clone();
            self.credential.place = Place::Held { secret, is_typed: self.credential.is_typed() };
        }
        Ok(())
    }

    /// A hash of what a failed request depends on, beside the binding.
    fn way(&self) -> String {
        self.route.fingerprint(&format!("{:?}", self.assertion))
    }
}

/// Why there is no token.
///
/// - `Credential`, `Assertion`, `Identity` and `Trust`: nothing was sent.
/// - `AskedToWait`: the service asked another process with this secret to wait, because of `cause`.
/// - `TooShort`: a new token lives shorter than `--min-ttl`, or for an unknown time.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum TokenError {
    Credential(#[from] CredentialError),
    Assertion(#[from] UnusableAssertion),
    Identity(#[from] IdentityError),
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

    /// Whether the credential cannot be got, or cannot be used.
    pub fn is_unsent(&self) -> bool {
        matches!(self, Self::Credential(_) | Self::Assertion(_) | Self::Identity(_))
    }

    pub fn is_refused(&self) -> bool {
        matches!(self, Self::Request(error) if error.is_refused())
    }

    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Request(error) => error.retry_after(),
            Self::AskedToWait { left, .. } => Some(*left),
            _ => None,
        }
    }

    /// Whether the server may have acted on the request.
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self, Self::Request(RequestError { outcome_unknown: true, .. }))
    }

    /// The phase in which the last attempt failed, if it got no response.
    pub fn phase(&self) -> Option<Phase> {
        if let Self::Request(error) = self { error.phase() } else { None }
    }
}
