//! `doctor`: checks each step of a call and reports what to fix.
//!
//! It makes a real call and evaluates the events that it emits. The checks that no call makes (discovery document,
//! clock, cache) only warn and run last, so that the token request has the whole timeout. No token is cached.

mod cache;
mod connection;
mod credential;
mod local;
mod realm;
mod recorder;
mod report;
mod shared;

use std::iter;
use std::process::ExitCode;

use crate::base::clock::Deadline;
use crate::base::secret::Secret;
use crate::cli::args::{DoctorArgs, Options, OutputArgs};
use crate::cli::error::Error;
use crate::cli::message;
use crate::cli::message::doctor::{Found, Skipped};
use crate::cli::message::finding::Finding;
use crate::cli::settings::Settings;
use crate::command::source;
use crate::credential::{Cost, Place};
use crate::http::Http;
use crate::http::endpoint::{Endpoint, parse_url};
use crate::http::retry::RetryBudget;
use crate::oauth::discovery::{self, Expected};
use crate::oauth::endpoints::Endpoints;
use crate::oauth::issuer::Issuer;
use crate::token::source::{Call, TokenError, TokenSource, Use};
use recorder::{Recorded, Recorder};
use report::{Fact, Report, Step};

pub fn run(options: Options, args: DoctorArgs) -> Result<ExitCode, Error> {
    let is_quiet = options.messages.quiet;
    let level = options.messages.level(false);
    // `--json` is the report's format here, and a token is not printed.
    let settings = &Settings::resolve(Options { output: OutputArgs::default(), ..options });
    let recorder = Recorder::listen(level, settings.is_proxied());
    message::shown::emit(settings, |_| true);
    let source = settings.check(|_| true).ok().and_then(|()| source::of(settings.clone(), Use::Once).ok());
    let mut report = Report::new(args.json, is_quiet, settings);
    let mut deadline = Deadline::after(settings.timeout.as_ref().map_or(Settings::TIMEOUT, |timeout| timeout.value));
    let issuer = settings.issuer.as_ref().map(|setting| &setting.value).ok();
    let http = open(settings, deadline);
    let secret = credential(settings, source.as_ref(), matches!(http, Some(Ok(_))), &mut deadline).map_err(Error::from);
    let secret = secret.as_ref().map(Option::as_ref);
    let fetched = secret.ok().flatten();

    let runner = (!args.offline).then(|| runner_assertion(source.as_ref(), deadline));
    let asked = runner.flatten();
    let credential = credential::step(settings, secret, asked, args.offline);
    // One that cannot be used is not sent.
    let sent = fetched.filter(|_| credential.failure().is_none());

    let recorded = recorder.take();
    report.add([
        local::program(),
        local::settings(settings, fetched.map(Secret::expose), &recorded.warnings),
        local::issuer(settings),
        local::trust(settings.server().ok(), http.as_ref(), &recorded),
        credential,
    ])?;
    report.add(match (http, issuer) {
        _ if args.offline => without_network(settings, Skipped::Offline),
        (Some(Ok(_)), _) if fetched.is_none() && deadline.has_passed() => without_network(settings, Skipped::NoTime),
        (Some(Ok(http)), Some(issuer)) => {
            with_network(settings, issuer, source.as_ref().zip(sent), &http, &recorder, deadline)
        }
        _ => without_network(settings, Skipped::NotReached),
    })?;
    report.add([cache::step(settings, source.as_ref(), fetched, deadline)])?;
    report.add(shared::step(settings, source.as_ref(), fetched, &recorder, args.offline, deadline))?;
    report.end(args.offline)
}

/// Reads the CA bundle; `None` if a setting of the connection is wrong.
fn open(settings: &Settings, deadline: Deadline) -> Option<Result<Http, Error>> {
    let server = settings.server().ok()?;
    settings.timeout.as_ref().ok()?;
    // The step `credential` has the error of a certificate.
    let route = source::route(settings).or_else(|_| settings.route()).ok()?;
    Some(route.open(server.tls, deadline).map_err(|error| TokenError::from(error).into()))
}

/// The credential. As in a call, a prompt or a command waits until it could be sent (`is_open`). The time at a prompt
/// extends the deadline. `source` is `None` if a setting is wrong.
fn credential(
    settings: &Settings,
    source: Option<&TokenSource>,
    is_open: bool,
    deadline: &mut Deadline,
) -> Result<Option<Secret>, TokenError> {
    match (source, &settings.credential) {
        (Some(source), Ok(credential)) if is_open || credential.cost() == Cost::Nothing => {
            let got = credential.get(source.client_id.as_ref(), &source.assertion.audience, *deadline);
            let (secret, later) = got?;
            *deadline = later;
            Ok(Some(secret))
        }
        (None, Ok(credential)) if matches!(credential.place, Place::Given { .. } | Place::File { .. }) => {
            Ok(credential.at_hand(*deadline)?)
        }
        _ => Ok(None),
    }
}

/// What the runner says of this job. The token request has an assertion of its own.
fn runner_assertion(source: Option<&TokenSource>, deadline: Deadline) -> Option<Result<Secret, TokenError>> {
    let source = source?;
    let Place::Runner { url, token, .. } = &source.credential.place else { return None };
    Some(Call::new(source, deadline).runner_assertion(url, token))
}

fn without_network(settings: &Settings, why: Skipped<'_>) -> Vec<Step> {
    let skipped = ["dns", "tcp", "tls", "discovery", "clock", "request", "answer"];
    iter::once(connection::proxy(settings, None)).chain(skipped.map(|name| Step::skipped(name, why))).collect()
}

/// Makes the token request. A Keycloak's discovery document does not matter for it, so that it is fetched in the time
/// that is left; any other issuer's comes first.
fn with_network(
    settings: &Settings,
    issuer: &Issuer,
    client: Option<(&TokenSource, &Secret)>,
    http: &Http,
    recorder: &Recorder,
    deadline: Deadline,
) -> Vec<Step> {
    let source = client.map(|(source, _)| source);
    let token_issuer = settings.token_issuer.as_ref().ok().and_then(|setting| setting.value.as_deref());
    let expected = Expected { issuer, token_issuer };
    let given = source.and_then(|source| source.token_url.as_ref());
    let found = (given.is_none() && !issuer.is_keycloak())
        .then(|| recorder.take_request(discovery::endpoints(http, expected, &mut RetryBudget::new(0), deadline)));
    let endpoints = match (&found, given) {
        (_, Some(url)) => Some(Endpoints::given(url)),
        (None, None) => Some(Endpoints::of_keycloak(issuer)),
        (Some((endpoints, _)), None) => endpoints.clone(),
    };
    let (response, request) = client
        .zip(endpoints.as_ref())
        .map(|((source, secret), endpoints)| {
            let call = Call::prepared(source, deadline, secret.clone(), http.clone());
            recorder.take_request(call.at(endpoints.clone()).ask_once())
        })
        .unzip();
    // A server that could not be reached is not tried again.
    let is_reachable = request.as_ref().is_none_or(|request| request.failed_at().is_none());
    // A realm's server has the client's certificate anyway, and may require it.
    let realm = source.and_then(|source| source.route.open_as_client(issuer.as_str(), http, deadline).ok());
    let (document, discovery) = match found {
        Some((_, discovery)) => (None, Some(discovery)),
        None => (given.is_none() && is_reachable && !deadline.has_passed())
            .then(|| recorder.take_request(discovery::document(realm.as_ref().unwrap_or(http), issuer, deadline)))
            .unzip(),
    };
    let (response, document) = (response.flatten(), document.flatten());
    // The connection of the token request, if there was one.
    let tried = request.as_ref().filter(|request| request.was_tried());
    let server = tried.and_then(|_| server_of(endpoints.as_ref()?.token.as_deref()?));
    let server = server.as_ref().unwrap_or(source.map_or(issuer.server(), TokenSource::server));
    let mut steps = Vec::from(connection::steps(settings, server, tried.or(discovery.as_ref())));
    steps.push(match &discovery {
        _ if given.is_some() => Step::skipped("discovery", Skipped::TokenUrl),
        Some(discovery) if !issuer.is_keycloak() => realm::endpoints(discovery, endpoints.as_ref(), issuer),
        Some(discovery) => realm::discovery(discovery, document.as_ref(), expected, tried.is_none()),
        None if is_reachable && tried.is_some() => Step::skipped("discovery", Skipped::NoTime),
        None => Step::not_reached("discovery"),
    });
    steps.push(realm::clock([&request, &discovery], response.as_ref()));
    steps.push(realm::request(request.as_ref().filter(|_| is_reachable), source, endpoints.as_ref()));
    steps.push(realm::answer(response.as_ref(), source));
    steps
}

fn server_of(url: &str) -> Option<Endpoint> {
    Endpoint::of(&parse_url(url).ok()?).ok()
}
