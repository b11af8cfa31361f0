//! One request to the realm: sent, retried after a temporary failure, its response parsed.

use std::time::Duration;

use crate::clock::Moment;
use crate::deadline::Deadline;
use crate::error::{Exit, Failure};
use crate::foreign::escape;
use crate::http::retry::{self, Outcome, Tries};
use crate::http::{Answer, Http, HttpFailure, Request, Stage};
use crate::oauth::error_response::{self, Asked};
use crate::oauth::issuer::Issuer;
use crate::oauth::refusal::Refusal;
use crate::oauth::token_response::hide_tokens;
use crate::redaction::redact_own;

/// A request to the realm, whatever it is about.
pub struct Exchange<'a> {
    /// What a failure is called: `no token`.
    pub what: &'static str,
    /// The same if the server may have acted on the request; `None` if the request changes nothing.
    pub what_in_doubt: Option<&'static str>,
    pub request: Request,
    pub asked: Asked<'a>,
}

/// A failed request, and what it means for other processes with these credentials.
pub struct NoAnswer {
    pub failure: Failure,
    /// The reason, without the number of tries and the wait: other processes print it later.
    pub why: String,
    /// How long the service asked to wait.
    pub wait: Option<Duration>,
    /// Where the last try failed, if it got no response.
    pub stage: Option<Stage>,
    /// Whether other processes would meet the same: a refusal, or a temporary failure that a longer `--timeout` would
    /// not have avoided.
    pub holds_for_others: bool,
    /// Whether the server may have acted on it all the same.
    pub is_in_doubt: bool,
}

impl NoAnswer {
    /// A failure of this process, before anything was sent.
    pub fn own(failure: Failure) -> Self {
        Self { failure, why: String::new(), wait: None, stage: None, holds_for_others: false, is_in_doubt: false }
    }
}

impl<'a> Exchange<'a> {
    /// A document that needs no credentials.
    pub fn get(what: &'static str, url: String, issuer: &'a Issuer) -> Self {
        let request = Request { url, form: None, authorization: None };
        let asked = Asked { issuer, scope: None, client_auth: None };
        Self { what, what_in_doubt: None, request, asked }
    }

    /// Sends the request. `read` parses a success; it gets the moment at which the request was sent.
    pub fn run<T>(
        &self,
        http: &Http,
        tries: &mut Tries,
        deadline: Deadline,
        read: impl FnOnce(&Answer, Moment) -> Result<T, Refusal>,
    ) -> Result<T, NoAnswer> {
        let Outcome { result, sent, is_final, is_in_doubt, wait } = retry::send(http, &self.request, tries, deadline);
        let what = |is_in_doubt| {
            let what = self.what_in_doubt.filter(|_| is_in_doubt).unwrap_or(self.what);
            if tries.made > 1 { format!("{what} after {} tries", tries.made) } else { what.to_owned() }
        };
        let stage = result.as_ref().err().map(HttpFailure::stage);
        let out_of_time = matches!(result, Err(HttpFailure::TimedOut { setting: "--timeout", .. }));
        let failed = |failure: Failure, why: String, is_in_doubt: bool| NoAnswer {
            is_in_doubt,
            why,
            wait: wait.map(|wait| wait.time),
            stage,
            holds_for_others: match failure.exit() {
                Exit::Refused => true,
                Exit::Temporary => is_final && !out_of_time,
                _ => false,
            },
            failure,
        };
        let answer = result.map_err(|failure| {
            // Our own words, which may name what a server says of itself: the names in its certificate.
            let why = escape(&redact_own(&failure.to_string()));
            failed(Failure::new(failure.exit(), what(is_in_doubt), &why).hint(failure.hint()), why, is_in_doubt)
        })?;
        hide_tokens(&String::from_utf8_lossy(&answer.body));
        let read = match answer.is_success() {
            true => read(&answer, sent),
            false => Err(error_response::explain(&answer, &self.asked)),
        };
        read.map_err(|refusal| {
            let why = refusal.why.clone();
            // An unusable response may come from a gateway: whether the service acted is unknown.
            let is_in_doubt = is_in_doubt || refusal.exit == Exit::Unusable;
            failed(refusal.into_failure(&what(is_in_doubt), wait), why, is_in_doubt)
        })
    }
}
