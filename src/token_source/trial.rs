//! A call that is taken apart: each thing that a call does on its way to a token, done by the same code, one at a time
//! and once, for who wants to know where it fails. No token is kept.

use std::thread;
use std::time::Duration;

use crate::cache::remembered::Slot;
use crate::cache::{Cache, Found, Meaning, Opener};
use crate::clock;
use crate::deadline::Deadline;
use crate::error::Failure;
use crate::http::Http;
use crate::http::retry::{Patience, Tries};
use crate::oauth::exchange::NoAnswer;
use crate::oauth::token_response::TokenResponse;
use crate::redaction::Redactor;
use crate::secret::Secret;
use crate::token_source::call::Call;
use crate::token_source::{TokenSource, Wanted};

pub struct Trial<'a> {
    call: Call<'a>,
    wanted: &'a Wanted,
}

/// What a call would find in the cache. An error says why nothing that is good enough.
pub struct Kept {
    /// How long the token lives that is opened by the secret; `None` where there is no secret.
    pub by_secret: Option<Result<Duration, String>>,
    /// The same by the remembered key, before the secret is got; `None` where getting it costs nothing.
    pub by_remembered_key: Option<Result<Duration, String>>,
}

impl<'a> Trial<'a> {
    pub fn new(source: &'a TokenSource, wanted: &'a Wanted, deadline: Deadline) -> Self {
        Self { call: Call::new(source, deadline), wanted }
    }

    /// Gets the secret, wherever it is.
    pub fn secret(&mut self) -> Result<&Secret, Failure> {
        self.call.secret().map(|held| &held.credentials.secret)
    }

    /// Reads what the connection needs; nothing is sent yet.
    pub fn open(&mut self) -> Result<&Http, Failure> {
        self.call.open()
    }

    /// Asks for a token, once. A wait that the service has asked this or another process for is obeyed.
    pub fn ask(&mut self) -> Result<TokenResponse, NoAnswer> {
        self.obey_the_service().map_err(NoAnswer::own)?;
        self.call.tries = Tries::new(0);
        self.call.fetch(Patience::Caller).inspect_err(|no_answer| self.tell_others(no_answer))
    }

    /// What the service asks to wait for holds for every call with this secret, and is no token.
    fn tell_others(&mut self, no_answer: &NoAnswer) {
        let source = self.call.source;
        let (Some(cache), Some(_)) = (&source.cache, no_answer.wait) else { return };
        if let (Ok(room), Ok(held)) = (cache.directory.reserve(), self.call.secret()) {
            // Where nobody can be told, whoever asks meets the same wait.
            let _ = cache.tell_failure(&held.keys, no_answer, &source.route.name(), source.secret.is_typed(), room);
        }
    }

    fn obey_the_service(&mut self) -> Result<(), Failure> {
        let Some(cache) = &self.call.source.cache else { return Ok(()) };
        let way = self.call.source.route.name();
        if let Meaning::Wait { left, why } = cache.outcome(&self.call.secret()?.keys, self.wanted.started, &way) {
            self.call.agree_to_wait(left, &why)?;
            thread::sleep(left);
        }
        Ok(())
    }

    /// Whether the token that came lives as long as it is to.
    pub fn check_new(&self, token: &TokenResponse) -> Result<(), Failure> {
        self.wanted.check_new(token, clock::now())
    }

    /// What is kept, as it was before.
    pub fn kept(&mut self, cache: &Cache) -> Kept {
        let source = self.call.source;
        let slot = Slot::new(&cache.directory.path, &cache.binding, source.secret.cost());
        let lives = |found: Result<Found, String>| self.wanted.accept(&found?.response, clock::now());
        let by_remembered_key = slot.map(|slot| lives(cache.find_remembered(&slot)));
        let keys = if self.call.has_secret() { self.call.secret().ok() } else { None };
        Kept { by_secret: keys.map(|held| lives(cache.find(&Opener::Secret(&held.keys)))), by_remembered_key }
    }

    /// Hides the secret, if it was got.
    pub fn redactor(&self) -> Redactor {
        self.call.redactor()
    }

    /// Later by the time that a person took.
    pub fn deadline(&self) -> Deadline {
        self.call.deadline
    }
}
