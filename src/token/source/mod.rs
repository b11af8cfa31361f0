//! Where a token comes from: the cache, or the token endpoint.

mod call;
mod error;
mod freshness;
mod revocation;
mod single_flight;

use std::time::Duration;

use crate::base::deadline::Deadline;
use crate::credential::{ClientId, SecretSource};
use crate::http::Route;
use crate::oauth::client_auth::ClientAuth;
use crate::oauth::issuer::Issuer;
use crate::oauth::scope::Scope;
use crate::oauth::token_response::TokenResponse;
use crate::token::cache::Cache;
pub use call::Call;
pub use error::TokenError;
pub use freshness::{Freshness, Use};
pub use revocation::{RevocationError, RevocationReport, RevokedToken, Which};

/// Everything that decides which token is meant, and how it is got.
pub struct TokenSource {
    pub client_id: ClientId,
    /// Not fetched yet: it may cost a command or a person's time.
    pub secret: SecretSource,
    pub issuer: Issuer,
    pub scope: Option<Scope>,
    pub client_auth: ClientAuth,
    pub route: Route,
    /// Where tokens are cached, if they are.
    pub cache: Option<Cache>,
    /// Which token is good enough.
    pub freshness: Freshness,
    /// For each call.
    pub timeout: Duration,
}

impl TokenSource {
    /// A token that is good enough, by a call of its own.
    pub fn token(&self) -> Result<TokenResponse, TokenError> {
        self.call().token()
    }

    pub fn call(&self) -> Call<'_> {
        Call::new(self, Deadline::after(self.timeout))
    }

    /// Gets a secret that can be had only once, for every call that follows.
    pub fn hold_secret(&mut self) -> Result<(), TokenError> {
        if !self.secret.is_lasting() {
            let secret = self.call().unlock()?.secret.clone();
            self.secret = SecretSource::Held { secret, is_typed: self.secret.is_typed() };
        }
        Ok(())
    }
}
