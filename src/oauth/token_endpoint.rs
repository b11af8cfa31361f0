//! The token endpoint: one client credentials grant (RFC 6749 §4.4).

use crate::deadline::Deadline;
use crate::event::{self, Event, tell};
use crate::http::Http;
use crate::http::retry::Tries;
use crate::oauth::client_auth::Client;
use crate::oauth::error::{Purpose, RequestError};
use crate::oauth::exchange::Exchange;
use crate::oauth::scope::Scope;
use crate::oauth::token_response::TokenResponse;

/// Asks for a token, again after a temporary failure, and checks what came.
pub fn fetch(
    http: &Http,
    client: &Client<'_>,
    scope: Option<&Scope>,
    tries: &mut Tries,
    deadline: Deadline,
) -> Result<TokenResponse, RequestError> {
    let grant = ("grant_type", "client_credentials");
    let exchange = Exchange::post(Purpose::Token, client.issuer.token_endpoint(), grant, scope, client);
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
