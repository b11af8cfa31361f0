//! `doctor`: from "it does not work" to the one thing to mend.
//!
//! It makes a real call and judges its events. The checks that no call makes (discovery document, clock, cache) only
//! warn and run last, so that the token request has the whole time-out. Nothing is requested twice, and no token is
//! cached.

mod cache;
mod connection;
mod known;
mod local;
mod realm;
mod recorder;
mod report;
mod secret;
mod settings;
mod slips;
mod step;
mod token;

use std::process::ExitCode;

use crate::args::{DoctorArgs, Options};
use crate::clock;
use crate::deadline::Deadline;
use crate::error::Failure;
use crate::event::Level;
use crate::http::Http;
use crate::oauth::discovery;
use crate::oauth::issuer::Issuer;
use crate::oauth::token_response::TokenResponse;
use crate::secret::Secret;
use crate::settings::Fault;
use crate::token_source::Call;
use connection::{Asked, proxy};
use known::Known;
use recorder::{Recorded, Recorder};
use report::Report;
use step::{NOT_REACHED, Step};

pub fn run(options: Options, args: DoctorArgs) -> Result<ExitCode, Failure> {
    let started = clock::now();
    // The report says what a warning would.
    let level = if options.messages.verbose > 0 { options.messages.level() } else { Level::Quiet };
    let recorder = Recorder::listen(level);
    let (known, faults) = Known::resolve(options, started);
    let report = Report::new(args.json, &faults);
    let deadline = Deadline::after(known.timeout);
    let examination = Examination { known: &known, faults: &faults, recorder, report, deadline };
    examination.go(args.offline)
}

struct Examination<'a> {
    known: &'a Known,
    faults: &'a [Fault],
    recorder: Recorder,
    report: Report,
    /// Extended by the time at the prompt.
    deadline: Deadline,
}

impl Examination<'_> {
    fn go(mut self, is_offline: bool) -> Result<ExitCode, Failure> {
        let (issuer, source) = (self.known.issuer.as_ref(), self.known.secret_source.as_ref());
        let http = self.known.open(self.deadline);
        // As in a call, a person is asked only when everything else is there.
        let secret = self.known.secret(matches!(http, Some(Ok(_))), &mut self.deadline);
        let secret = secret.as_ref().map(Option::as_ref);
        let fetched = secret.ok().flatten();

        let recorded = self.recorder.so_far();
        let id = recorded.client_id().map(|id| id.value.as_str());
        self.report.add([
            local::program(),
            settings::step(&recorded, self.faults, source, fetched.map(Secret::expose)),
            local::issuer(issuer, self.faults),
            local::trust(issuer, http.as_ref(), &recorded),
            secret::step(source, self.faults, secret, id),
        ])?;
        match (http, issuer) {
            _ if is_offline => self.skip_network("--offline")?,
            (Some(Ok(_)), _) if fetched.is_none() && self.deadline.has_passed() => {
                self.skip_network("no time of --timeout was left")?;
            }
            (Some(Ok(http)), Some(issuer)) => self.use_network(&http, issuer, fetched)?,
            _ => self.skip_network(NOT_REACHED)?,
        }
        self.report.add([match &self.known.source {
            Some(source) => cache::step(source, fetched, &self.recorder.so_far(), self.deadline),
            None => Step::not_reached("cache"),
        }])?;
        self.report.end(is_offline)
    }

    fn skip_network(&mut self, why: &str) -> Result<(), Failure> {
        self.report.add([proxy::<()>(&self.recorder.so_far(), self.faults, None)])?;
        self.report.skip(&["dns", "tcp", "tls", "discovery", "clock", "request", "answer"], why)
    }

    /// Makes the token request with the whole time-out, then fetches the discovery document in what is left.
    fn use_network(&mut self, http: &Http, issuer: &Issuer, secret: Option<&Secret>) -> Result<(), Failure> {
        let asked = secret.and_then(|secret| self.ask_for_token(http, secret));
        // A server that could not be reached is not tried again.
        let is_reachable = asked.as_ref().is_none_or(|asked| asked.failed_before().is_none());
        let found = (is_reachable && !self.deadline.has_passed()).then(|| {
            let result = discovery::fetch(http, issuer, self.deadline);
            Asked { result, attempt: self.recorder.take_attempt() }
        });

        // The connection is the token request's, if that was tried.
        let recorded = self.recorder.so_far();
        let tried = asked.as_ref().filter(|asked| asked.was_tried());
        let mut steps = match (tried, &found) {
            (Some(asked), _) => self.connection_steps(asked, issuer, &recorded),
            (None, Some(found)) => self.connection_steps(found, issuer, &recorded),
            (None, None) => std::iter::once(proxy::<()>(&recorded, self.faults, None))
                .chain(["dns", "tcp", "tls"].map(Step::not_reached))
                .collect(),
        };
        steps.push(match &found {
            Some(found) => realm::discovery(found, issuer, tried.is_none()),
            None if is_reachable && tried.is_some() => {
                Step::skipped("discovery", "no time of --timeout was left for it")
            }
            None => Step::not_reached("discovery"),
        });
        let response = asked.as_ref().and_then(|asked| asked.result.as_ref().ok());
        let attempts = [asked.as_ref().map(|asked| &asked.attempt), found.as_ref().map(|found| &found.attempt)];
        steps.push(realm::clock(attempts, response));
        steps.extend(self.token_steps(asked.as_ref().filter(|_| is_reachable)));
        self.report.add(steps)
    }

    fn connection_steps<T>(&self, asked: &Asked<T>, issuer: &Issuer, recorded: &Recorded) -> Vec<Step> {
        let proxy = proxy(recorded, self.faults, Some(asked));
        std::iter::once(proxy).chain(asked.connection(issuer, recorded)).collect()
    }

    /// `None` where a setting of the request is at fault.
    fn ask_for_token(&self, http: &Http, secret: &Secret) -> Option<Asked<TokenResponse>> {
        let source = self.known.source.as_ref()?;
        let mut call = Call::prepared(&source.tokens, self.deadline, secret.clone(), http.clone());
        let result = call.ask_once(source.wanted.started);
        Some(Asked { result, attempt: self.recorder.take_attempt() })
    }

    fn token_steps(&self, asked: Option<&Asked<TokenResponse>>) -> [Step; 2] {
        let (Some(asked), Some(source)) = (asked, &self.known.source) else {
            return ["request", "answer"].map(Step::not_reached);
        };
        let answer = match &asked.result {
            Err(_) => Step::not_reached("answer"),
            Ok(response) => {
                let check = source.wanted.check_new(response, clock::now());
                token::answer(response, &source.tokens, check)
            }
        };
        [token::request(asked, &source.tokens), answer]
    }
}
