//! The decision: the cached token, or a new one. One request, however many processes start at the same moment.
//!
//! 1. **look**: a cached token that lives long enough is used; no lock, no network;
//! 2. **lock**: one process goes on and the others wait for it, within the bounds of [`crate::cache::lock`];
//! 3. **look again**: the process that held the lock may have stored a token, or shared its failure;
//! 4. **fetch**: one request, by the process that holds the lock;
//! 5. **store** the token, or share the failure, and release the lock.
//!
//! A cache that does not work is reported and never fatal: without a lock, or without a place to store, each process
//! requests a token of its own, at the same time.

mod tests;

use std::mem::discriminant;
use std::time::Duration;

use crate::cache::{Meaning, Miss};
use crate::clock::Moment;
use crate::credential::Cost;
use crate::event::{Event, tell};
use crate::oauth::error::{Cause, RequestError};
use crate::oauth::token_response::TokenResponse;
use crate::token_source::error::TokenError;
use crate::token_source::wanted::Wanted;

/// Clock, secret, store and endpoint of one call.
pub trait Steps {
    /// Released when it is dropped.
    type Lock;

    fn now(&self) -> Moment;
    fn has_secret(&self) -> bool;
    /// What getting the secret takes.
    fn cost(&self) -> Cost<'_>;
    /// Gets the secret, unless it is here already.
    fn get_secret(&mut self) -> Result<(), TokenError>;
    /// The cached token, however old it is, opened by the secret or by a remembered key.
    fn cached(&mut self) -> Result<TokenResponse, Miss>;
    fn lock(&mut self) -> Turn<Self::Lock>;
    /// What a failure of another process means for this one, which has been waiting since `since`.
    fn shared(&mut self, since: Moment) -> Meaning;
    fn fetch(&mut self) -> Result<TokenResponse, TokenError>;
    /// Whether the token is now there for others.
    fn store(&mut self, token: &TokenResponse) -> bool;
    /// Whether those whom the failure concerns can find it.
    fn share(&mut self, failed: &RequestError) -> bool;
    /// Releases the lock, and has the waiters go on at once instead of one after another.
    fn release_unstored(&mut self, lock: Self::Lock);
    /// Waits as the service asked this process to; `false`, and no wait, if its retries or its time do not allow it.
    fn wait(&mut self, time: Duration) -> bool;
    /// The same for what the service asked of another process, whose request counts as one of this process.
    fn wait_as_another(&mut self, time: Duration, cause: Box<Cause>) -> Result<(), TokenError>;
}

/// How the attempt to take the lock ended.
pub struct Turn<L> {
    /// `None` where it cannot be had.
    pub lock: Option<L>,
    /// Whether another process held it before.
    pub waited: bool,
}

/// One call with a cache.
pub struct SingleFlight<'a, S> {
    pub steps: S,
    wanted: &'a Wanted,
    /// Why the cached token was not used, as it was reported.
    miss: Option<Miss>,
}

impl<'a, S: Steps> SingleFlight<'a, S> {
    pub fn new(steps: S, wanted: &'a Wanted) -> Self {
        Self { steps, wanted, miss: None }
    }

    pub fn token(&mut self) -> Result<TokenResponse, TokenError> {
        if self.steps.cost() == Cost::Nothing {
            self.steps.get_secret()?;
        }
        if let Some(token) = self.look(self.wanted.started)? {
            return Ok(token);
        }
        // No lock is held while a person types.
        if self.steps.cost() == Cost::Person {
            self.steps.get_secret()?;
        }
        loop {
            let since = self.steps.now();
            let mut turn = self.steps.lock();
            if turn.waited && !self.steps.has_secret() {
                // The process that held the lock has run the command that prints the secret. If the keyring remembers
                // no key of it, the waiters run theirs at the same time, without the lock.
                if let Some(token) = self.look(since)? {
                    return Ok(token);
                }
                drop(turn);
                self.steps.get_secret()?;
                turn = self.steps.lock();
            }
            let lock = turn.lock;
            self.steps.get_secret()?;
            if let Some(token) = self.look(since)? {
                return Ok(token);
            }
            match self.steps.shared(since) {
                Meaning::Nothing => {}
                Meaning::Failure(failure) => {
                    tell(Event::Shared { wait: None });
                    return Err(failure.into());
                }
                Meaning::Wait { left, cause } => {
                    drop(lock);
                    self.steps.wait_as_another(left, cause)?;
                    continue;
                }
            }
            let fetched = self.steps.fetch();
            let is_there_for_others = match &fetched {
                Ok(token) => is_usable(token, self.steps.now()) && self.steps.store(token),
                Err(TokenError::Request(failed)) => lock.is_none() || self.steps.share(failed),
                Err(_) => true,
            };
            match lock {
                Some(lock) if !is_there_for_others => self.steps.release_unstored(lock),
                lock => drop(lock),
            }
            match fetched {
                Ok(token) => return self.wanted.check_new(&token, self.steps.now()).map(|()| token),
                Err(failed) if failed.retry_after().is_some_and(|time| self.steps.wait(time)) => {}
                Err(failed) => return Err(failed),
            }
        }
    }

    /// The cached token, if it lives long enough.
    ///
    /// One that was requested since `since` is as good as a token of our own would be: it is used even if it lives for
    /// less, and `--min-ttl` fails without a second request.
    fn look(&mut self, since: Moment) -> Result<Option<TokenResponse>, TokenError> {
        let cached = self.steps.cached();
        let now = self.steps.now();
        let miss = match cached {
            Err(why) => why,
            Ok(token) => match self.wanted.accept(&token, now) {
                Ok(left) => {
                    tell(Event::CacheHit { left });
                    return Ok(Some(token));
                }
                Err(_) if token.asked_at.is_between(since, now) && is_usable(&token, now) => {
                    return self.wanted.check_new(&token, now).map(|()| Some(token));
                }
                Err(why) => why,
            },
        };
        if self.miss.as_ref().map(discriminant) != Some(discriminant(&miss)) {
            tell(Event::CacheMiss { why: &miss });
        }
        self.miss = Some(miss);
        Ok(None)
    }
}

/// Whether a token is of use to another process: one without a lifetime, or with none left, is not.
fn is_usable(token: &TokenResponse, now: Moment) -> bool {
    token.left_at(now).is_some_and(|left| !left.is_zero())
}
