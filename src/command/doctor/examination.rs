//! The order of the steps: each is taken as far as the ones before it lead.

use crate::command::doctor::asked::Asked;
use crate::command::doctor::connection::{self, Ended};
use crate::command::doctor::sheet::Sheet;
use crate::command::doctor::step::{Step, hide};
use crate::command::doctor::witness::Witness;
use crate::command::doctor::{cache, issuer, program, realm, secret, settings, token};
use crate::command::source::Source;
use crate::credential::Cost;
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
    /// Hides the secret, as far as it stands in the settings.
    pub redactor: Redactor,
}

const NOT_REACHED: &str = "not reached";

impl Examination<'_> {
    pub fn look_at_settings(&mut self, issuer: Option<&Issuer>, source: Option<&Source>) -> Result<(), Failure> {
        settings::tell_first(&mut self.sheet, self.faults);
        let secret = source.map(|source| &source.tokens.secret);
        let settings = settings::step(&self.witness.seen(), self.faults, secret);
        self.sheet.add([program::step(), settings, issuer::step(issuer, self.faults)])
    }

    /// All of the way.
    pub fn go(&mut self, source: &Source) -> Result<(), Failure> {
        let mut trial = Trial::new(&source.tokens, &source.wanted, Deadline::after(source.timeout));
        let closed = trial.open().err();
        self.look_at_trust(&source.tokens.issuer, closed.as_ref())?;
        let has_secret = self.get_secret(source, &mut trial, closed.is_some())?;
        self.sheet.hide(trial.redactor())?;
        match (self.is_offline, closed) {
            (false, None) => self.ask(source, &mut trial, has_secret)?,
            (is_offline, _) => self.skip_the_network(if is_offline { "--offline" } else { NOT_REACHED })?,
        }
        let kept = source.tokens.cache.as_ref().map(|cache| (cache, trial.kept(cache)));
        let step = cache::step(kept, &self.witness.seen(), trial.deadline());
        self.sheet.add([step])
    }

    /// As far as it goes where the settings do not say who asks.
    pub fn go_without_credentials(&mut self, issuer: &Issuer, network: Network) -> Result<(), Failure> {
        let deadline = Deadline::after(network.timeout.value);
        let opened = network.into_route().open(issuer.is_https(), deadline);
        self.look_at_trust(issuer, opened.as_ref().err())?;
        self.skip(&["secret"], NOT_REACHED)?;
        self.sheet.hide(self.redactor.clone())?;
        match opened {
            Ok(http) if !self.is_offline => {
                let found = self.discover(&http, issuer, deadline, self.redactor.clone());
                self.tell_connection(&Ended::of(&found, issuer, &Redactor::default()))?;
                self.tell_realm(issuer, &found, None, &Redactor::default())?;
                self.skip(&["request", "answer"], NOT_REACHED)?;
            }
            _ => self.skip_the_network(if self.is_offline { "--offline" } else { NOT_REACHED })?,
        }
        self.skip(&["cache"], NOT_REACHED)
    }

    /// Where the settings do not even say who is asked.
    pub fn stay(&mut self) -> Result<(), Failure> {
        self.skip(&["trust", "secret"], NOT_REACHED)?;
        self.sheet.hide(self.redactor.clone())?;
        self.skip_the_network(NOT_REACHED)?;
        self.skip(&["cache"], NOT_REACHED)
    }

    fn look_at_trust(&mut self, issuer: &Issuer, failure: Option<&Failure>) -> Result<(), Failure> {
        let step = issuer::trust(issuer, failure, &self.witness.seen());
        self.sheet.add([step])
    }

    /// Whether it was got. As in a call, a person is asked only when everything else is there.
    fn get_secret(&mut self, source: &Source, trial: &mut Trial<'_>, is_closed: bool) -> Result<bool, Failure> {
        if is_closed && source.tokens.secret.cost() == Cost::Person {
            self.skip(&["secret"], "nobody is asked for it as long as there is no CA bundle")?;
            return Ok(false);
        }
        let credentials = trial.credentials();
        let has_secret = credentials.is_ok();
        self.sheet.add([secret::step(&source.tokens.secret, credentials)])?;
        Ok(has_secret)
    }

    /// The two questions: what the realm says of itself and, unless that has shown that nobody can be reached, for a token.
    fn ask(&mut self, source: &Source, trial: &mut Trial<'_>, has_secret: bool) -> Result<(), Failure> {
        let (issuer, redactor) = (&source.tokens.issuer, trial.redactor());
        let deadline = trial.deadline();
        let found = self.discover(trial.open()?, issuer, deadline, redactor.clone());
        let is_reachable = found.failed_before().is_none() || found.is_out_of_time;
        let asked = (has_secret && is_reachable).then(|| {
            let result = trial.ask();
            Asked { result, attempt: self.witness.take_attempt(), is_out_of_time: false }
        });
        // Where the first question had too little time to be sent, the second one tells whether there is a connection.
        match asked.as_ref().filter(|_| found.failed_before().is_some()) {
            Some(asked) => self.tell_connection(&Ended::of(asked, issuer, &redactor))?,
            None => self.tell_connection(&Ended::of(&found, issuer, &redactor))?,
        }
        self.tell_realm(issuer, &found, asked.as_ref(), &redactor)?;
        let was_told =
            |asked: &Asked<TokenResponse>| found.failed_before().is_some() && asked.failed_before().is_some();
        let Some(asked) = asked.filter(|asked| !was_told(asked)) else {
            let why = if is_reachable && !has_secret { "there is no secret" } else { NOT_REACHED };
            return self.skip(&["request", "answer"], why);
        };
        self.sheet.add([token::request(&asked, &source.tokens)])?;
        match &asked.result {
            Ok(response) => self.tell_answer(source, trial, response),
            Err(_) => self.skip(&["answer"], NOT_REACHED),
        }
    }

    /// What the realm says of itself, in a third of the time.
    fn discover(&mut self, http: &Http, issuer: &Issuer, deadline: Deadline, redactor: Redactor) -> Asked<Discovery> {
        let share = deadline.left().map_or(deadline, |left| Deadline::after(left / 3));
        let result = discovery::fetch(http, issuer, share, redactor);
        Asked { result, attempt: self.witness.take_attempt(), is_out_of_time: share.has_passed() }
    }

    fn tell_connection(&mut self, ended: &Ended<'_>) -> Result<(), Failure> {
        let proxy = connection::proxy(self.witness.seen().proxy.as_ref(), self.faults, Some(ended));
        self.sheet.add([proxy].into_iter().chain(ended.steps()))
    }

    fn tell_realm(
        &mut self,
        issuer: &Issuer,
        found: &Asked<Discovery>,
        later: Option<&Asked<TokenResponse>>,
        redactor: &Redactor,
    ) -> Result<(), Failure> {
        let token = later.and_then(|later| later.result.as_ref().ok());
        let clock = realm::clock([Some(&found.attempt), later.map(|later| &later.attempt)], token);
        self.sheet.add([realm::discovery(found, issuer, redactor), clock])
    }

    /// No token may stand in what is told of it.
    fn tell_answer(&mut self, source: &Source, trial: &Trial<'_>, response: &TokenResponse) -> Result<(), Failure> {
        let mut step = [token::answer(response, &source.tokens, trial.check_new(response))];
        hide(&mut step, &hiding_tokens(&Redactor::default(), &response.json));
        self.sheet.add(step)
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
