//! `doctor`: from "it does not work" to the one thing to mend.
//!
//! It makes a real call and judges its events. The checks that no call makes (discovery document, clock, cache) only
//! warn and run last, so that the token request has the whole time-out. Nothing is requested twice, and no token is
//! cached.

mod cache;
mod connection;
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

use crate::args::{DoctorArgs, Options, OutputArgs};
use crate::clock;
use crate::command::source::Source;
use crate::credential::{Cost, SecretSource};
use crate::deadline::Deadline;
use crate::error::Error;
use crate::event::Level;
use crate::http::Http;
use crate::message;
use crate::oauth::discovery;
use crate::oauth::issuer::Issuer;
use crate::oauth::token_response::TokenResponse;
use crate::secret::Secret;
use crate::settings::{SettingError, Settings};
use crate::token_source::{Call, Purpose, TokenError};
use connection::{Asked, proxy};
use recorder::Recorder;
use report::Report;
use step::{NOT_REACHED, Step};

pub fn run(options: Options, args: DoctorArgs) -> Result<ExitCode, Error> {
    let started = clock::now();
    // The report says what a warning would.
    let level = if options.messages.verbose > 0 { options.messages.level() } else { Level::Quiet };
    let recorder = Recorder::listen(level);
    // `--json` is the report's format here, and a token is not printed.
    let settings = Settings::resolve(Options { output: OutputArgs::default(), ..options });
    message::settings::tell(&settings, |_| true);
    let source = settings.check(|_| true).and_then(|()| Source::new(settings.clone(), Purpose::Call, started));
    let report = Report::new(args.json, &settings);
    let deadline = Deadline::after(settings.timeout.as_ref().map_or(Settings::TIMEOUT, |timeout| timeout.value));
    Examination { settings: &settings, source, recorder, report, deadline }.go(args.offline)
}

struct Examination<'a> {
    settings: &'a Settings,
    /// Where a call would get a token, if no setting is wrong.
    source: Result<Source, SettingError>,
    recorder: Recorder,
    report: Report,
    /// Extended by the time at the prompt.
    deadline: Deadline,
}

impl Examination<'_> {
    fn go(mut self, is_offline: bool) -> Result<ExitCode, Error> {
        let issuer = self.settings.issuer.as_ref().map(|setting| &setting.value).ok();
        let http = self.open();
        // As in a call, a person is asked only when everything else is there.
        let secret = self.secret(matches!(http, Some(Ok(_))));
        let secret = secret.map_err(Error::from);
        let secret = secret.as_ref().map(Option::as_ref);
        let fetched = secret.ok().flatten();

        let recorded = self.recorder.so_far();
        self.report.add([
            local::program(),
            settings::step(self.settings, fetched.map(Secret::expose), &recorded.warnings),
            local::issuer(self.settings),
            local::trust(issuer, http.as_ref(), &recorded),
            secret::step(self.settings, secret),
        ])?;
        match (http, issuer) {
            _ if is_offline => self.skip_network("--offline")?,
            (Some(Ok(_)), _) if fetched.is_none() && self.deadline.has_passed() => {
                self.skip_network("no time of --timeout was left")?;
            }
            (Some(Ok(http)), Some(issuer)) => self.use_network(&http, issuer, fetched)?,
            _ => self.skip_network(NOT_REACHED)?,
        }
        self.report.add([match &self.source {
            Ok(source) => cache::step(self.settings, source, fetched, self.deadline),
            Err(_) => Step::not_reached("cache"),
        }])?;
        self.report.end(is_offline)
    }

    /// Reads what the connection needs; `None` if a setting of it is wrong.
    fn open(&self) -> Option<Result<Http, Error>> {
        let (issuer, route) = (self.settings.issuer.as_ref().ok()?, self.settings.route().ok()?);
        self.settings.timeout.as_ref().ok()?;
        Some(route.open(issuer.value.is_https(), self.deadline).map_err(|error| TokenError::from(error).into()))
    }

    /// The secret, if it costs nothing, or `is_open`: it could be sent. The time at a prompt extends the deadline.
    fn secret(&mut self, is_open: bool) -> Result<Option<Secret>, TokenError> {
        match (&self.source, &self.settings.secret) {
            (Ok(source), Ok(secret)) if is_open || secret.cost() == Cost::Nothing => {
                let (secret, later) = secret.get(&source.tokens.client_id, self.deadline)?;
                self.deadline = later;
                Ok(Some(secret))
            }
            (Err(_), Ok(secret @ (SecretSource::Given { .. } | SecretSource::File { .. }))) => {
                Ok(secret.at_hand(self.deadline)?)
            }
            _ => Ok(None),
        }
    }

    fn skip_network(&mut self, why: &str) -> Result<(), Error> {
        self.report.add([proxy::<()>(self.settings, None)])?;
        self.report.skip(&["dns", "tcp", "tls", "discovery", "clock", "request", "answer"], why)
    }

    /// Makes the token request with the whole time-out, then fetches the discovery document in what is left.
    fn use_network(&mut self, http: &Http, issuer: &Issuer, secret: Option<&Secret>) -> Result<(), Error> {
        let asked = secret.and_then(|secret| self.ask_for_token(http, secret));
        // A server that could not be reached is not tried again.
        let is_reachable = asked.as_ref().is_none_or(|asked| asked.failed_before().is_none());
        let found = (is_reachable && !self.deadline.has_passed()).then(|| {
            let result = discovery::fetch(http, issuer, self.deadline).map_err(TokenError::Request);
            Asked { result, attempt: self.recorder.take_attempt() }
        });

        // The connection is the token request's, if that was tried.
        let tried = asked.as_ref().filter(|asked| asked.was_tried());
        let mut steps = match (tried, &found) {
            (Some(asked), _) => self.connection_steps(asked, issuer),
            (None, Some(found)) => self.connection_steps(found, issuer),
            (None, None) => std::iter::once(proxy::<()>(self.settings, None))
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

    fn connection_steps<T>(&self, asked: &Asked<T>, issuer: &Issuer) -> Vec<Step> {
        let is_proxied = matches!(self.settings.proxy, Ok(Ok(_)));
        std::iter::once(proxy(self.settings, Some(asked))).chain(asked.connection(issuer, is_proxied)).collect()
    }

    /// `None` where a setting of the request is at fault.
    fn ask_for_token(&self, http: &Http, secret: &Secret) -> Option<Asked<TokenResponse>> {
        let source = self.source.as_ref().ok()?;
        let mut call = Call::prepared(&source.tokens, self.deadline, secret.clone(), http.clone());
        let result = call.ask_once(source.wanted.started);
        Some(Asked { result, attempt: self.recorder.take_attempt() })
    }

    fn token_steps(&self, asked: Option<&Asked<TokenResponse>>) -> [Step; 2] {
        let (Some(asked), Ok(source)) = (asked, &self.source) else {
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
