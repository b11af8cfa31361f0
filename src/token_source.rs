//! Where a token comes from. Today that is the token endpoint, once per call.

use crate::credential::{ClientCredentials, ClientId, SecretSource};
use crate::deadline::Deadline;
use crate::error::Failure;
use crate::http::Http;
use crate::oauth::client_auth::ClientAuth;
use crate::oauth::issuer::Issuer;
use crate::oauth::scope::Scope;
use crate::oauth::token_endpoint::{self, TokenRequest};
use crate::oauth::token_response::TokenResponse;

/// Everything that decides which token is meant, and how it is got.
pub struct TokenSource {
    pub client_id: ClientId,
    /// Not fetched yet: it may cost a command or a person's time.
    pub secret: SecretSource,
    pub issuer: Issuer,
    pub scope: Option<Scope>,
    pub client_auth: ClientAuth,
    pub http: Http,
    pub retries: u32,
}

impl TokenSource {
    /// Gets the secret, then a token for it.
    pub fn token(self, deadline: Deadline) -> Result<TokenResponse, Failure> {
        let (secret, deadline) = self.secret.get(&self.client_id, deadline)?;
        let credentials = ClientCredentials { id: self.client_id, secret };
        let request = TokenRequest {
            issuer: &self.issuer,
            credentials: &credentials,
            scope: self.scope.as_ref(),
            client_auth: self.client_auth,
        };
        token_endpoint::fetch(&self.http, &request, self.retries, deadline)
    }
}
