//! Where a token comes from: the cache, or the token endpoint.

mod cached_call;
mod call;
mod error;
mod revocation;
mod single_flight;
mod wanted;

use crate::cache::Cache;
use crate::clock;
use crate::credential::{ClientId, SecretSource};
use crate::deadline::Deadline;
use crate::http::route::Route;
use crate::oauth::client_auth::ClientAuth;
use crate::oauth::issuer::Issuer;
use crate::oauth::scope::Scope;
use crate::oauth::token_response::TokenResponse;
use cached_call::CachedCall;
pub use call::Call;
pub use error::TokenError;
use revocation::Revocation;
pub use revocation::{Ended, Ending, RevocationError, Which};
use single_flight::SingleFlight;
pub use wanted::{Purpose, Wanted};

/// Everything that decides which token is meant, and how it is got.
pub struct TokenSource {
    pub client_id: ClientId,
    /// Not fetched yet: it may cost a command or a person's time.
    pub secret: SecretSource,
    pub issuer: Issuer,
    pub scope: Option<Scope>,
    pub client_auth: ClientAuth,
    pub route: Route,
    /// Where tokens are kept, if they are.
    pub cache: Option<Cache>,
}

impl TokenSource {
    /// Gets a secret that can be had only once, for every call that follows.
    pub fn hold_secret(&mut self, deadline: Deadline) -> Result<(), TokenError> {
        if !self.secret.is_lasting() {
            let secret = Call::new(self, deadline).unlock()?.credentials.secret.clone();
            self.secret = SecretSource::Held { secret, is_typed: self.secret.is_typed() };
        }
        Ok(())
    }

    /// A token that is good enough. The secret is got only if it takes one.
    pub fn token(&self, wanted: &Wanted, deadline: Deadline) -> Result<TokenResponse, TokenError> {
        self.call(wanted, deadline).map(|(token, _)| token)
    }

    /// The same, and the deadline of another request within the same time: later by the time that a person took.
    pub fn token_and_deadline(
        &self,
        wanted: &Wanted,
        deadline: Deadline,
    ) -> Result<(TokenResponse, Deadline), TokenError> {
        let (token, call) = self.call(wanted, deadline)?;
        Ok((token, call.deadline()))
    }

    fn call<'a>(&'a self, wanted: &'a Wanted, deadline: Deadline) -> Result<(TokenResponse, Call<'a>), TokenError> {
        let mut call = Call::new(self, deadline);
        if let Some(cache) = &self.cache {
            let mut flight = SingleFlight::new(CachedCall::new(call, cache, wanted), wanted);
            return flight.token().map(|token| (token, flight.steps.call));
        }
        let token = call.fetch()?;
        wanted.check_new(&token, clock::now()).map(|()| (token, call))
    }

    /// Ends tokens at the service, and forgets them.
    pub fn revoke(&self, which: Which<'_>, deadline: Deadline) -> Ending {
        Revocation::new(self, Call::new(self, deadline)).run(which)
    }
}
