//! The token endpoint: one client credentials grant (RFC 6749 §4.4).

use crate::clock::Moment;
use crate::credential::ClientCredentials;
use crate::deadline::Deadline;
use crate::event::{self, Event, tell};
use crate::http::retry::Tries;
use crate::http::{Answer, Http, Request};
use crate::oauth::client_auth::{self, ClientAuth};
use crate::oauth::error_response::Asked;
use crate::oauth::exchange::{Exchange, NoAnswer};
use crate::oauth::issuer::Issuer;
use crate::oauth::refusal::Refusal;
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
) -> Result<TokenResponse, NoAnswer> {
    let exchange = Exchange {
        what: "no token",
        what_in_doubt: None,
        request: request.to_be_sent(),
        asked: Asked { issuer: request.issuer, scope: request.scope, client_auth: Some(request.client_auth) },
    };
    exchange.run(http, tries, deadline, read)
}

fn read(answer: &Answer, sent: Moment) -> Result<TokenResponse, Refusal> {
    let response = TokenResponse::parse(answer, sent)?;
    if event::is_heard() {
        tell(Event::TokenReceived {
            characters: response.access_token.expose().len(),
            lifetime: response.lifetime,
            scope: &response.scope.quote(),
        });
    }
    Ok(response)
}

impl TokenRequest<'_> {
    /// The parameters of the service's reference. Keycloak refuses an empty scope.
    fn to_be_sent(&self) -> Request {
        let mut parameters = vec![("grant_type", "client_credentials")];
        parameters.extend(self.scope.map(|scope| ("scope", scope.as_str())));
        client_auth::form(self.issuer.token_endpoint(), &parameters, self.credentials, self.client_auth)
    }
}
