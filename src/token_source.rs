//! Where a token comes from. Today that is the token endpoint, once per call.

use crate::credential::ClientCredentials;
use crate::deadline::Deadline;
use crate::error::Failure;
use crate::http::Http;
use crate::oauth::token_endpoint::{self, TokenRequest};
use crate::oauth::token_response::TokenResponse;
use crate::settings::Identity;

/// Gets the secret, then a token for it.
pub fn token(identity: Identity, http: &Http, retries: u32, deadline: Deadline) -> Result<TokenResponse, Failure> {
    let id = identity.client_id.value;
    let (secret, deadline) = identity.secret.get(&id, deadline)?;
    let credentials = ClientCredentials { id, secret };
    let request = TokenRequest {
        issuer: &identity.issuer.value,
        credentials: &credentials,
        scope: identity.scope.value.as_ref(),
        client_auth: identity.client_auth.value,
    };
    token_endpoint::fetch(http, &request, retries, deadline)
}
