//! The decision: the cached token, or a new one. One request, however many processes start at the same moment.
//!
//! 1. **look**: a cached token that lives long enough is used; no lock, no network;
//! 2. **lock**: one process goes on and the others wait for it, within the bounds of [`crate::token::cache::lock`];
//! 3. **look again**: the process that held the lock may have stored a token, or shared its failure;
//! 4. **fetch**: one request, by the process that holds the lock;
//! 5. **store** the token, or share the failure, and release the lock.
//!
//! A cache that does not work is reported and never fatal: without a lock, or without a place to store, each process
//! requests a token of its own, at the same time.

mod tests;

use std::mem::{Discriminant, discriminant};
use std::time::Duration;

use crate::base::clock::Moment;
use crate::base::event::{Event, emit};
use crate::credential::Cost;
use crate::oauth::error::{Cause, RequestError};
use crate::oauth::token_response::TokenResponse;
use crate::token::cache::lock::LockAttempt;
use crate::token::cache::{Miss, Shared};
use crate::token::source::error::TokenError;
use crate::token::source::freshness::Freshness;

/// Clock, secret, store and endpoint of one call.
pub trait Steps {
    /// Released when it is dropped.
    type Lock;

    fn now(&self) -> Moment;
    /// What getting the secret takes; nothing where it is here.
    fn cost(&self) -> Cost<'_>;
    /// Gets the secret, unless it is here already.
    fn get_secret(&mut self) -> Result<(), TokenError>;
    /// The cached token, however old it is, opened by the secret or by a remembered key.
    fn cached(&mut self) -> Result<TokenResponse, Miss>;
    fn lock(&mut self) -> LockAttempt<Self::Lock>;
    /// What a failure of another process means for this one, which has been waiting since `since`.
    fn shared(&self, since: Moment) -> Option<Shared>;
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

/// One call with a cache.
pub fn token(steps: &mut impl Steps, freshness: &Freshness) -> Result<TokenResponse, TokenError> {
    let mut reported = None;
    if steps.cost() == Cost::Nothing {
        steps.get_secret()?;
    }
    if let Some(token) = look(steps, freshness, freshness.started, &mut reported)? {
        return Ok(token);
    }
    // No lock is held while a person types.
    if steps.cost() == Cost::Person {
        steps.get_secret()?;
    }
    loop {
        let since = steps.now();
        let mut turn = steps.lock();
        if turn.waited && steps.cost() != Cost::Nothing {
            // The process that held the lock has run the command that prints the secret. If the keyring remembers no
            // key of it, the waiters run theirs at the same time, without the lock.
            if let Some(token) = look(steps, freshness, since, &mut reported)? {
                return Ok(token);
            }
            drop(turn);
            steps.get_secret()?;
            turn = steps.lock();
        }
        let lock = turn.lock;
        steps.get_secret()?;
        if let Some(token) = look(steps, freshness, since, &mut reported)? {
            return Ok(token);
        }
        match steps.shared(since) {
            None => {}
            Some(Shared::Failure(failure)) => {
                emit(Event::Shared { wait: None });
                return Err(failure.into());
            }
            Some(Shared::Wait { left, cause }) => {
                drop(lock);
                steps.wait_as_another(left, cause)?;
                continue;
            }
        }
        let fetched = steps.fetch();
        let is_there_for_others = match &fetched {
            Ok(token) => is_usable(token, steps.now()) && steps.store(token),
            Err(TokenError::Request(failed)) => lock.is_none() || steps.share(failed),
            Err(_) => true,
        };
        match lock {
            Some(lock) if !is_there_for_others => steps.release_unstored(lock),
            lock => drop(lock),
        }
        match fetched {
            Ok(token) => return freshness.check_new(&token, steps.now()).map(|()| token),
            Err(failed) if failed.retry_after().is_some_and(|time| steps.wait(time)) => {}
            Err(failed) => return Err(failed),
        }
    }
}

/// The cached token, if it lives long enough. Why it is not used is told where that is not what was `reported` last.
///
/// One that was requested since `since` is as good as a token of our own would be: it is used even if it lives for
/// less, and `--min-ttl` fails without a second request.
fn look(
    steps: &mut impl Steps,
    freshness: &Freshness,
    since: Moment,
    reported: &mut Option<Discriminant<Miss>>,
) -> Result<Option<TokenResponse>, TokenError> {
    let cached = steps.cached();
    let now = steps.now();
    let miss = match cached {
        Err(why) => why,
        Ok(token) => match freshness.check_cached(&token, now) {
            Ok(left) => {
                emit(Event::CacheHit { left });
                return Ok(Some(token));
            }
            Err(_) if token.asked_at.is_between(since, now) && is_usable(&token, now) => {
                return freshness.check_new(&token, now).map(|()| Some(token));
            }
            Err(why) => why,
        },
    };
    if reported.replace(discriminant(&miss)) != Some(discriminant(&miss)) {
        emit(Event::CacheMiss { why: &miss });
    }
    Ok(None)
}

/// Whether a token is of use to another process: one without a lifetime, or with none left, is not.
fn is_usable(token: &TokenResponse, now: Moment) -> bool {
    token.left_at(now).is_some_and(|left| !left.is_zero())
}
