//! One question to the realm: sent, again after a temporary failure, and its answer read.

use std::time::Duration;

use crate::clock::Moment;
use crate::deadline::Deadline;
use crate::error::{Exit, Failure};
use crate::foreign::ForeignText;
use crate::http::retry::{self, Outcome, Tries};
use crate::http::{Answer, Http, HttpFailure, Request, Stage};
use crate::oauth::error_response::{self, Asked};
use crate::oauth::issuer::Issuer;
use crate::oauth::refusal::Refusal;
use crate::oauth::token_response::hiding_tokens;
use crate::redaction::Redactor;

/// A request to the realm, whatever it is about.
pub struct Exchange<'a> {
    /// What a failure is called: `no token`.
    pub what: &'static str,
    /// What it is called when the server may have obeyed; `None` for a question that changes nothing there.
    pub what_in_doubt: Option<&'static str>,
    /// Whether the server may have obeyed the same question before.
    pub was_in_doubt: bool,
    pub request: Request,
    pub asked: Asked<'a>,
    /// Hides what is sent, in case the server sends it back.
    pub redactor: Redactor,
}

/// A question that brought nothing, and what it means for others who ask with the same credentials.
pub struct NoAnswer {
    pub failure: Failure,
    /// Why, without what holds for this moment alone: how often it was tried, how long it is to wait.
    pub why: String,
    /// How long the service asked to wait.
    pub wait: Option<Duration>,
    /// How far the last try came that got no answer at all.
    pub stage: Option<Stage>,
    /// Hides the tokens that an answer held which is of no use.
    pub tokens: Box<Redactor>,
    /// Whether whoever asks in the same way meets the same: a refusal, or a temporary failure of the service that a
    /// longer time of one's own would not have mended.
    pub holds_for_others: bool,
    /// Whether the server may have obeyed all the same.
    pub is_in_doubt: bool,
}

impl NoAnswer {
    /// A failure of this process, before anything was asked.
    pub fn own(failure: Failure) -> Self {
        Self {
            failure,
            why: String::new(),
            wait: None,
            stage: None,
            tokens: Box::default(),
            holds_for_others: false,
            is_in_doubt: false,
        }
    }
}

impl<'a> Exchange<'a> {
    /// A document that needs no credentials. `redactor` hides what the realm may know from another request.
    pub fn get(what: &'static str, url: String, issuer: &'a Issuer, redactor: Redactor) -> Self {
        let request = Request { url, form: None, authorization: None };
        let asked = Asked { issuer, scope: None, client_auth: None };
        Self { what, what_in_doubt: None, was_in_doubt: false, request, asked, redactor }
    }

    /// Sends it, and has a success read, which was asked for at the moment that `read` is given.
    pub fn run<T>(
        &self,
        http: &Http,
        tries: &mut Tries,
        deadline: Deadline,
        read: impl FnOnce(&Answer, Moment) -> Result<T, Refusal>,
    ) -> Result<T, NoAnswer> {
        let Outcome { result, sent, is_final, is_in_doubt, wait } = retry::send(http, &self.request, tries, deadline);
        let is_in_doubt = is_in_doubt || self.was_in_doubt;
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
            tokens: Box::default(),
            holds_for_others: match failure.exit() {
                Exit::Refused => true,
                Exit::Temporary => is_final && !out_of_time,
                _ => false,
            },
            failure,
        };
        let answer = result.map_err(|failure| {
            // It may name what a server says of itself: the names in its certificate.
            let why = ForeignText::new(failure.to_string().as_bytes()).quote(&self.redactor);
            failed(Failure::new(failure.exit(), what(is_in_doubt), &why).hint(failure.hint()), why, is_in_doubt)
        })?;
        let read = match answer.is_success() {
            true => read(&answer, sent),
            false => Err(error_response::explain(&answer, &self.asked, &self.redactor)),
        };
        read.map_err(|refusal| {
            let why = refusal.why.clone();
            // Who answered what no service answers is not known.
            let is_in_doubt = is_in_doubt || refusal.exit == Exit::Unusable;
            let tokens = Box::new(hiding_tokens(&Redactor::default(), &String::from_utf8_lossy(&answer.body)));
            NoAnswer { tokens, ..failed(refusal.into_failure(&what(is_in_doubt), wait), why, is_in_doubt) }
        })
    }
}
