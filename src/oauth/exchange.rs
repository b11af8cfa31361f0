//! One request to the realm: sent, retried after a temporary failure, its response parsed.

use crate::clock::Moment;
use crate::deadline::Deadline;
use crate::http::retry::{self, Outcome, Tries};
use crate::http::{Answer, Http, Request};
use crate::json::{self, Object};
use crate::oauth::error::{AnswerProblem, Asked, Cause, Purpose, RequestError, Unusable};
use crate::oauth::error_response;
use crate::oauth::issuer::Issuer;
use crate::oauth::token_response::hide_tokens;

/// A request to the realm, whatever it is about.
pub struct Exchange {
    pub purpose: Purpose,
    pub request: Request,
    pub asked: Asked,
}

impl Exchange {
    /// A document that needs no credentials.
    pub fn get(purpose: Purpose, url: String, issuer: &Issuer) -> Self {
        let request = Request { url, form: None, authorization: None };
        let asked = Asked { issuer: issuer.as_str().to_owned(), scope: None, client_auth: None };
        Self { purpose, request, asked }
    }

    /// Sends the request. `read` parses a success; it gets the moment at which the request was sent.
    pub fn run<T>(
        self,
        http: &Http,
        tries: &mut Tries,
        deadline: Deadline,
        read: impl FnOnce(&Answer, Moment) -> Result<T, AnswerProblem>,
    ) -> Result<T, RequestError> {
        let Self { purpose, request, asked } = self;
        let Outcome { result, sent, is_final, is_in_doubt, wait } = retry::send(http, &request, tries, deadline);
        let read = match result {
            Err(error) => Err(Cause::NoAnswer(error)),
            Ok(answer) => {
                hide_tokens(&String::from_utf8_lossy(&answer.body));
                let read =
                    if answer.is_success() { read(&answer, sent) } else { Err(error_response::classify(&answer)) };
                read.map_err(|problem| Cause::Answer { problem, asked })
            }
        };
        read.map_err(|cause| {
            // What makes no sense may come from a gateway: whether the service acted is unknown.
            let makes_no_sense = matches!(cause, Cause::Answer { problem: AnswerProblem::Unusable(_), .. });
            let outcome_unknown = is_in_doubt || makes_no_sense;
            RequestError { purpose, attempts: tries.made, wait, outcome_unknown, is_final, cause: Box::new(cause) }
        })
    }
}

/// The body as a JSON object.
pub fn object(answer: &Answer) -> Result<Object, Unusable> {
    let text = std::str::from_utf8(&answer.body).map_err(|_| Unusable::NotUtf8)?;
    json::object(text).map_err(|problem| Unusable::NotJson { problem, body: answer.describe() })
}
