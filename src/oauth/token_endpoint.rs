//! The token endpoint: one client credentials grant (RFC 6749 §4.4).

use crate::credential::ClientCredentials;
use crate::deadline::Deadline;
use crate::event::{self, Event, tell};
use crate::http::retry::Tries;
use crate::http::{Http, Request};
use crate::oauth::client_auth::{self, ClientAuth};
use crate::oauth::error::{Asked, Purpose, RequestError};
use crate::oauth::exchange::Exchange;
use crate::oauth::issuer::Issuer;
use crate::oauth::scope::Scope;
use crate::oauth::token_response::TokenResponse;

/// What is asked for, and as whom.
pub struct TokenRequest<'a> {
    pub issuer: &'a Issuer,
    pub credentials: &'a ClientCredentials,
    pub scope: Option<&'a Scope>,
    pub client_auth: ClientAuth,
}

/// Asks for a token, again after a temporary failure, and checks what came.
pub fn fetch(
    http: &Http,
    request: &TokenRequest<'_>,
    tries: &mut Tries,
    deadline: Deadline,
) -> Result<TokenResponse, RequestError> {
    let asked = Asked {
        issuer: request.issuer.as_str().to_owned(),
        scope: request.scope.map(|scope| scope.as_str().to_owned()),
        client_auth: Some(request.client_auth),
    };
    let exchange = Exchange { purpose: Purpose::Token, request: request.to_be_sent(), asked };
    exchange.run(http, tries, deadline, |answer, sent| {
        let response = TokenResponse::parse(answer, sent)?;
        if event::is_heard() {
            tell(Event::TokenReceived {
                characters: response.access_token.expose().len(),
                lifetime: response.lifetime,
                scope: &response.scope.quote(),
            });
        }
        Ok(response)
    })
}

impl TokenRequest<'_> {
    /// The parameters of the service's reference. Keycloak refuses an empty scope.
    fn to_be_sent(&self) -> Request {
        let mut parameters = vec![("grant_type", "client_credentials")];
        parameters.extend(self.scope.map(|scope| ("scope", scope.as_str())));
        client_auth::form(self.issuer.token_endpoint(), &parameters, self.credentials, self.client_auth)
    }
}
