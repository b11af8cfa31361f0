//! The order of the steps: each is taken as far as the ones before it lead.

use std::time::Duration;

use crate::command::doctor::asked::Asked;
use crate::command::doctor::connection::{self, Ended};
use crate::command::doctor::issuer::Bundle;
use crate::command::doctor::secret::Got;
use crate::command::doctor::sheet::Sheet;
use crate::command::doctor::step::{NOT_REACHED, Step, hide_in_foreign};
use crate::command::doctor::witness::Witness;
use crate::command::doctor::{cache, issuer, program, realm, secret, settings, token};
use crate::command::source::Source;
use crate::credential::{Cost, SecretSource};
use crate::deadline::Deadline;
use crate::error::Failure;
use crate::http::Http;
use crate::oauth::discovery::{self, Discovery};
use crate::oauth::issuer::Issuer;
use crate::oauth::token_response::{TokenResponse, hiding_tokens};
use crate::redaction::Redactor;
use crate::settings::{Fault, Network};
use crate::token_source::Trial;

pub struct Examination<'a> {
    pub sheet: Sheet,
    pub witness: Witness,
    pub is_offline: bool,
    pub faults: &'a [Fault],
}

/// What can be looked at where a setting is at fault.
pub struct Parts {
    pub issuer: Option<Issuer>,
    pub network: Option<Network>,
    pub secret: Option<SecretSource>,
}

const OFFLINE: &str = "--offline";

impl Examination<'_> {
    /// All of the way.
    pub fn go(&mut self, source: &Source) -> Result<(), Failure> {
        let (tokens, issuer) = (&source.tokens, &source.tokens.issuer);
        let mut trial = Trial::new(tokens, &source.wanted, Deadline::after(source.timeout));
        let closed = trial.open().err();
        // As in a call, a person is asked only when everything else is there.
        let got = match tokens.secret.cost() {
            Cost::Person if closed.is_some() => Ok(None),
            _ => trial.secret().cloned().map(Some),
        };
        let got = got.as_ref().map(Option::as_ref);
        let bundle = closed.as_ref().map_or(Bundle::Usable, Bundle::Unusable);
        self.tell_what_is_here(Some(issuer), bundle, Some(&tokens.secret), got)?;
        let has_secret = matches!(got, Ok(Some(_)));
        match (self.is_offline, closed) {
            (true, _) => self.skip_the_network(OFFLINE)?,
            (false, Some(_)) => self.skip_the_network(NOT_REACHED)?,
            (false, None) if !has_secret && trial.deadline().has_passed() => {
                self.skip_the_network("no time of --timeout was left")?;
            }
            (false, None) => self.ask(source, &mut trial, has_secret)?,
        }
        let kept = tokens.cache.as_ref().map(|cache| (cache, trial.kept(cache)));
        let step = cache::step(kept, &self.witness.seen(), trial.deadline());
        self.sheet.add([step])
    }

    /// As far as it goes where the settings do not say who asks whom for what.
    pub fn go_without_source(&mut self, parts: Parts) -> Result<(), Failure> {
        /// Where the setting that says it is at fault: its default.
        const TIMEOUT: Duration = Duration::from_secs(30);
        let Parts { issuer, network, secret } = parts;
        let deadline = Deadline::after(network.as_ref().map_or(TIMEOUT, |network| network.timeout.value));
        // What runs a command or asks a person is left for when it is of use.
        let got = match &secret {
            Some(source @ (SecretSource::Given { .. } | SecretSource::File { .. })) => source.at_hand(deadline),
            _ => Ok(None),
        };
        let got = got.as_ref().map(Option::as_ref);
        let is_https = issuer.as_ref().is_some_and(Issuer::is_https);
        let opened = network.map(|network| network.into_route().open(is_https, deadline));
        let bundle = match &opened {
            None => Bundle::NotLookedAt,
            Some(Ok(_)) => Bundle::Usable,
            Some(Err(failure)) => Bundle::Unusable(failure),
        };
        self.tell_what_is_here(issuer.as_ref(), bundle, secret.as_ref(), got)?;
        match (opened, issuer) {
            (Some(Ok(http)), Some(issuer)) if !self.is_offline => {
                let redactor = hiding(got);
                let found = self.discover(&http, &issuer, deadline, redactor.clone());
                let steps = self.connection_and_realm(&issuer, None, Some(&found), &redactor);
                self.sheet.add(steps)?;
                self.skip(&["request", "answer"], NOT_REACHED)?;
            }
            _ => self.skip_the_network(if self.is_offline { OFFLINE } else { NOT_REACHED })?,
        }
        self.skip(&["cache"], NOT_REACHED)
    }

    /// The steps before anybody is asked.
    fn tell_what_is_here(
        &mut self,
        issuer: Option<&Issuer>,
        bundle: Bundle<'_>,
        source: Option<&SecretSource>,
        got: Got<'_>,
    ) -> Result<(), Failure> {
        let (seen, faults) = (self.witness.seen(), self.faults);
        let secret = got.ok().flatten();
        self.sheet.secret = secret.cloned();
        settings::tell_first(&mut self.sheet, faults);
        let id = seen.client_id().map(|id| id.value.as_str());
        self.sheet.add([
            program::step(),
            settings::step(&seen, faults, source, secret),
            issuer::step(issuer, faults),
            issuer::trust(issuer, bundle, &seen),
            secret::step(source, faults, got, id),
        ])
    }

    /// The two questions: the one that a call asks, with all of a call's time, and then what the realm says of itself.
    fn ask(&mut self, source: &Source, trial: &mut Trial<'_>, has_secret: bool) -> Result<(), Failure> {
        let (issuer, redactor) = (&source.tokens.issuer, trial.redactor());
        let asked = has_secret.then(|| {
            let result = trial.ask();
            Asked { result, attempt: self.witness.take_attempt() }
        });
        // Whoever could not be reached is not tried again.
        let is_reachable = asked.as_ref().is_none_or(|asked| asked.failed_before().is_none());
        let deadline = trial.deadline();
        let found = match trial.open() {
            Ok(http) if is_reachable && !deadline.has_passed() => {
                Some(self.discover(http, issuer, deadline, redactor.clone()))
            }
            _ => None,
        };
        let mut steps = self.connection_and_realm(issuer, asked.as_ref(), found.as_ref(), &redactor);
        match asked.as_ref().filter(|_| is_reachable) {
            None => {
                let why = if has_secret { NOT_REACHED } else { "there is no secret" };
                steps.extend(["request", "answer"].map(|name| Step::skipped(name, why)));
            }
            Some(asked) => {
                steps.push(token::request(asked, &source.tokens));
                steps.push(match &asked.result {
                    Err(_) => Step::not_reached("answer"),
                    Ok(response) => token::answer(response, &source.tokens, &redactor, trial.check_new(response)),
                });
            }
        }
        match asked.as_ref().map(|asked| &asked.result) {
            Some(Ok(response)) => {
                hide_in_foreign(&mut steps, &hiding_tokens(&Redactor::default(), &response.json));
            }
            Some(Err(no_answer)) => hide_in_foreign(&mut steps, &no_answer.tokens),
            None => {}
        }
        self.sheet.add(steps)
    }

    fn discover(&self, http: &Http, issuer: &Issuer, deadline: Deadline, redactor: Redactor) -> Asked<Discovery> {
        let result = discovery::fetch(http, issuer, deadline, redactor);
        Asked { result, attempt: self.witness.take_attempt() }
    }

    /// The connection is the token request's, if that was tried.
    fn connection_and_realm(
        &self,
        issuer: &Issuer,
        asked: Option<&Asked<TokenResponse>>,
        found: Option<&Asked<Discovery>>,
        redactor: &Redactor,
    ) -> Vec<Step> {
        let choice = self.witness.seen().proxy;
        let tried = asked.filter(|asked| asked.was_tried());
        let ended = match (tried, found) {
            (Some(asked), _) => Some(Ended::of(asked, issuer, choice.as_ref(), redactor)),
            (None, found) => found.map(|found| Ended::of(found, issuer, choice.as_ref(), redactor)),
        };
        let mut steps = vec![connection::proxy(choice.as_ref(), self.faults, ended.as_ref())];
        match &ended {
            Some(ended) => steps.extend(ended.steps()),
            None => steps.extend(["dns", "tcp", "tls"].map(Step::not_reached)),
        }
        let has_arrived = tried.is_some_and(|asked| asked.failed_before().is_none());
        steps.push(match found {
            Some(found) => realm::discovery(found, issuer, tried.is_none(), redactor),
            None if has_arrived => Step::skipped("discovery", "no time of --timeout was left for it"),
            None => Step::not_reached("discovery"),
        });
        let token = asked.and_then(|asked| asked.result.as_ref().ok());
        let attempts = [asked.map(|asked| &asked.attempt), found.map(|found| &found.attempt)];
        steps.push(realm::clock(attempts, token));
        steps
    }

    fn skip_the_network(&mut self, why: &str) -> Result<(), Failure> {
        let proxy = connection::proxy(self.witness.seen().proxy.as_ref(), self.faults, None);
        self.sheet.add([proxy])?;
        self.skip(&["dns", "tcp", "tls", "discovery", "clock", "request", "answer"], why)
    }

    fn skip(&mut self, names: &[&'static str], why: &str) -> Result<(), Failure> {
        self.sheet.add(names.iter().map(|name| Step::skipped(name, why)))
    }
}

fn hiding(got: Got<'_>) -> Redactor {
    let mut redactor = Redactor::default();
    got.ok().flatten().into_iter().for_each(|secret| redactor.hide(secret.expose()));
    redactor
}
