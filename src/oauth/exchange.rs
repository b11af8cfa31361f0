//! One request to the realm: sent, retried after a temporary failure, its response parsed.

use crate::clock::Moment;
use crate::deadline::Deadline;
use crate::http::retry::{self, Outcome, Tries};
use crate::http::{Answer, Http, Request};
use crate::json::{self, Object};
use crate::oauth::client_auth::{self, Client};
use crate::oauth::error::{Asked, Cause, ErrorResponse, Purpose, RequestError, Unusable};
use crate::oauth::issuer::Issuer;
use crate::oauth::scope::Scope;
use crate::oauth::token_response::hide_tokens;

/// A request to the realm, whatever it is about.
pub struct Exchange {
    purpose: Purpose,
    request: Request,
    asked: Asked,
}

impl Exchange {
    /// A document that needs no credentials.
    pub fn get(purpose: Purpose, url: String, issuer: &Issuer) -> Self {
        let request = Request { url, form: None, authorization: None };
        Self { purpose, request, asked: Asked { issuer: issuer.as_str().to_owned(), scope: None, client_auth: None } }
    }

    /// A form with the client's credentials, and with the scope that is asked for.
    pub fn post(
        purpose: Purpose,
        url: String,
        first: (&str, &str),
        scope: Option<&Scope>,
        client: &Client<'_>,
    ) -> Self {
        let scope = scope.map(Scope::as_str);
        let asked = Asked {
            issuer: client.issuer.as_str().to_owned(),
            scope: scope.map(str::to_owned),
            client_auth: Some(client.auth),
        };
        Self { purpose, request: client_auth::form(url, first, scope, client), asked }
    }

    /// Sends the request. `read` parses a success; it gets the moment at which the request was sent.
    pub fn run<T>(
        self,
        http: &Http,
        tries: &mut Tries,
        deadline: Deadline,
        read: impl FnOnce(&Answer, Moment) -> Result<T, Unusable>,
    ) -> Result<T, RequestError> {
        let Self { purpose, request, asked } = self;
        let Outcome { result, sent, is_final, is_in_doubt, wait } = retry::send(http, &request, tries, deadline);
        let read = result.map_err(Cause::NoAnswer).and_then(|answer| {
            hide_tokens(&String::from_utf8_lossy(&answer.body));
            match answer.is_success() {
                true => read(&answer, sent).map_err(Cause::Unusable),
                false => Err(Cause::Status(ErrorResponse::of(&answer), asked)),
            }
        });
        read.map_err(|cause| {
            // What makes no sense may come from a gateway: whether the service acted is unknown.
            let makes_no_sense = match &cause {
                Cause::NoAnswer(_) => false,
                Cause::Status(response, _) => !(300..=599).contains(&response.status),
                Cause::Unusable(_) => true,
            };
            let outcome_unknown = is_in_doubt || makes_no_sense;
            RequestError { purpose, attempts: tries.made, wait, outcome_unknown, is_final, cause: Box::new(cause) }
        })
    }
}

/// The body as a JSON object.
pub fn object(answer: &Answer) -> Result<Object, Unusable> {
    json::text(&answer.body).and_then(json::object).map_err(|problem| Unusable::NotJson(problem, answer.describe()))
}
