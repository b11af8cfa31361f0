//! `doctor`: from "it does not work" to the one thing to mend.
//!
//! It makes a real call and judges its events. The checks that no call makes (discovery document, clock, cache) only
//! warn and run last, so that the token request has the whole time-out. Nothing is requested twice, and no token is
//! cached.

mod cache;
mod connection;

mod local;
mod mistakes;
mod realm;
mod recorder;
mod report;
mod secret;
mod step;
mod token;

use std::process::ExitCode;

use crate::base::deadline::Deadline;
use crate::base::event::Level;
use crate::base::secret::Secret;
use crate::cli::args::{DoctorArgs, Options, OutputArgs};
use crate::cli::error::Error;
use crate::cli::message;
use crate::cli::message::doctor::{Found, Skipped};
use crate::cli::message::finding::{Finding, Mistake};
use crate::cli::settings::{SettingError, Settings};
use crate::command::source;
use crate::credential::{Cost, SecretSource};
use crate::http::Http;
use crate::oauth::issuer::Issuer;
use crate::oauth::realm::discover;
use crate::token::source::{Call, TokenError, TokenSource, Use};
use mistakes::{are_swapped, mistakes};
use recorder::{Recorded, Recorder};
use report::Report;
use step::{Fact, Step};

pub fn run(options: Options, args: DoctorArgs) -> Result<ExitCode, Error> {
    // The report says what a warning would.
    let level = if options.messages.verbose > 0 { options.messages.level(false) } else { Level::Quiet };
    // `--json` is the report's format here, and a token is not printed.
    let settings = Settings::resolve(Options { output: OutputArgs::default(), ..options });
    let recorder = Recorder::listen(level, matches!(settings.proxy, Ok(Ok(_))));
    message::settings::emit(&settings, |_| true);
    let source = settings.check(|_| true).and_then(|()| source::of(settings.clone(), Use::Once));
    let report = Report::new(args.json, &settings);
    let deadline = Deadline::after(settings.timeout.as_ref().map_or(Settings::TIMEOUT, |timeout| timeout.value));
    Examination { settings: &settings, source, recorder, report, deadline }.go(args.offline)
}

struct Examination<'a> {
    settings: &'a Settings,
    /// Where a call would get a token, if no setting is wrong.
    source: Result<TokenSource, SettingError>,
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
        let secret = self.secret(matches!(http, Some(Ok(_)))).map_err(Error::from);
        let secret = secret.as_ref().map(Option::as_ref);
        let fetched = secret.ok().flatten();

        let recorded = self.recorder.take();
        self.report.add([
            local::program(),
            local::settings(self.settings, fetched.map(Secret::expose), &recorded.warnings),
            local::issuer(self.settings),
            local::trust(issuer, http.as_ref(), &recorded),
            secret::step(self.settings, secret),
        ])?;
        match (http, issuer) {
            _ if is_offline => self.skip_network(Skipped::Offline)?,
            (Some(Ok(_)), _) if fetched.is_none() && self.deadline.has_passed() => {
                self.skip_network(Skipped::NoTime)?
            }
            (Some(Ok(http)), Some(issuer)) => self.use_network(&http, issuer, fetched)?,
            _ => self.skip_network(Skipped::NotReached)?,
        }
        self.report.add([cache::step(self.settings, self.source.as_ref().ok(), fetched, self.deadline)])?;
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
                let (secret, later) = secret.get(&source.client_id, self.deadline)?;
                self.deadline = later;
                Ok(Some(secret))
            }
            (Err(_), Ok(secret @ (SecretSource::Given { .. } | SecretSource::File { .. }))) => {
                Ok(secret.at_hand(self.deadline)?)
            }
            _ => Ok(None),
        }
    }

    fn skip_network(&mut self, why: Skipped<'_>) -> Result<(), Error> {
        self.report.add([connection::proxy(self.settings, None)])?;
        let steps = ["dns", "tcp", "tls", "discovery", "clock", "request", "answer"];
        self.report.add(steps.map(|name| Step::skipped(name, why)))
    }

    /// Makes the token request with the whole time-out, then fetches the discovery document in what is left.
    fn use_network(&mut self, http: &Http, issuer: &Issuer, secret: Option<&Secret>) -> Result<(), Error> {
        let source = self.source.as_ref().ok();
        let ask = |(source, secret): (&TokenSource, &Secret)| {
            let mut call = Call::prepared(source, self.deadline, secret.clone(), http.clone());
            self.recorder.take_request(call.ask_once())
        };
        let (response, asked) = source.zip(secret).map(ask).unzip();
        // A server that could not be reached is not tried again.
        let is_reachable = asked.as_ref().is_none_or(|asked| asked.failed_at().is_none());
        let look = || self.recorder.take_request(discover(http, issuer, self.deadline));
        let (document, found) = (is_reachable && !self.deadline.has_passed()).then(look).unzip();
        let (response, document) = (response.flatten(), document.flatten());

        // The connection is the token request's, if that was tried.
        let tried = asked.as_ref().filter(|asked| asked.was_tried());
        self.report.add(connection::steps(self.settings, issuer, tried.or(found.as_ref())))?;
        let discovery = match &found {
            Some(found) => realm::discovery(found, document.as_ref(), issuer, tried.is_none()),
            None if is_reachable && tried.is_some() => Step::skipped("discovery", Skipped::NoTime),
            None => Step::not_reached("discovery"),
        };
        let clock = realm::clock([&asked, &found], response.as_ref());
        let request = token::request(asked.as_ref().filter(|_| is_reachable), source);
        self.report.add([discovery, clock, request, token::answer(response.as_ref(), source)])
    }
}
