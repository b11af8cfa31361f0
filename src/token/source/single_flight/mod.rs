//! The decision between the cached token and a new one: one request for all processes that start at the same time.
//!
//! 1. **Look**: use a cached token that is fresh enough, without lock or network.
//! 2. **Lock**: one process continues and the others wait, within the bounds of [`crate::token::cache::lock`].
//! 3. **Look again**: the previous holder of the lock may have stored a token, or shared its failure.
//! 4. **Shared cache**: another machine may have done so, or is requesting a token now ([`super::fleet`]).
//! 5. **Fetch**: the holder makes one request.
//! 6. **Store** the token, or share the failure, and release the lock.
//!
//! A broken cache is reported but never fatal: without a lock or storage, each process requests its own token at once.

mod fake;
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
use crate::token::source::TokenError;
use crate::token::source::fleet::Turn;
use crate::token::source::freshness::Freshness;

/// What one call does, so that a test can replace clock, secret, store and endpoint.
pub trait Steps {
    /// Released on drop.
    type Lock;

    fn now(&self) -> Moment;
    /// The cost of getting the secret; nothing once it is known.
    fn cost(&self) -> Cost<'_>;
    /// `has_waited`: an assertion may have been replaced since it was read.
    fn get_secret(&mut self, has_waited: bool) -> Result<(), TokenError>;
    /// The cached token of any age, opened with the secret or a remembered key.
    fn cached(&mut self) -> Result<TokenResponse, Miss>;
    fn lock(&mut self) -> LockAttempt<Self::Lock>;
    /// What another process's failure means for this one, which has waited since `since`.
    fn shared(&self, since: Moment) -> Option<Shared>;
    /// What other machines have, or whose turn it is to ask.
    fn turn(&mut self) -> Turn;
    fn fetch(&mut self) -> Result<TokenResponse, TokenError>;
    /// Shares the result with other machines.
    fn publish(&mut self, fetched: &Result<TokenResponse, TokenError>);
    /// Stores the token; returns whether other processes can find it.
    fn store(&mut self, token: &TokenResponse) -> bool;
    /// Shares the failure; returns whether the processes that it concerns can find it.
    fn share(&mut self, failed: &RequestError) -> bool;
    /// Releases the lock, and lets all waiters continue at once.
    fn release_unstored(&mut self, lock: Self::Lock);
    /// Waits as the service asked. Returns false, without waiting, if retries or time do not allow it.
    fn wait(&mut self, time: Duration) -> bool;
    /// Waits as the service asked another process, whose request counts as one of this process.
    fn wait_as_another(&mut self, time: Duration, cause: Box<Cause>) -> Result<(), TokenError>;
}

pub fn token(steps: &mut impl Steps, freshness: &Freshness) -> Result<TokenResponse, TokenError> {
    let mut reported = None;
    if steps.cost() == Cost::Nothing {
        steps.get_secret(false)?;
    }
    if let Some(token) = look(steps, freshness, freshness.started, &mut reported)? {
        return Ok(token);
    }
    // Do not hold the lock while a person types.
    if steps.cost() == Cost::Person {
        steps.get_secret(false)?;
    }
    loop {
        let since = steps.now();
        let mut turn = steps.lock();
        if turn.waited && steps.cost() != Cost::Nothing {
            // Without a remembered key, all waiters run their secret's command at the same time, so without the lock.
            if let Some(token) = look(steps, freshness, since, &mut reported)? {
                return Ok(token);
            }
            drop(turn);
            steps.get_secret(false)?;
            turn = steps.lock();
        }
        let lock = turn.lock;
        steps.get_secret(turn.waited)?;
        if let Some(token) = look(steps, freshness, since, &mut reported)? {
            return Ok(token);
        }
        match steps.shared(since).map_or_else(|| steps.turn(), Turn::Shared) {
            Turn::Ask => {}
            Turn::Found(token) => {
                let is_stored = steps.store(&token);
                if let Some(lock) = lock.filter(|_| !is_stored) {
                    steps.release_unstored(lock);
                }
                return freshness.check_new(&token, steps.now()).map(|()| token);
            }
            Turn::Shared(Shared::Failure(failure)) => {
                emit(Event::Shared { wait: None });
                return Err(failure.into());
            }
            Turn::Shared(Shared::Wait { left, cause }) => {
                drop(lock);
                steps.wait_as_another(left, cause)?;
                continue;
            }
        }
        let fetched = steps.fetch();
        steps.publish(&fetched);
        let is_shared = match &fetched {
            Ok(token) => is_usable(token, steps.now()) && steps.store(token),
            Err(TokenError::Request(failed)) => lock.is_none() || steps.share(failed),
            Err(_) => true,
        };
        match lock {
            Some(lock) if !is_shared => steps.release_unstored(lock),
            lock => drop(lock),
        }
        match fetched {
            Ok(token) => return freshness.check_new(&token, steps.now()).map(|()| token),
            Err(failed) if failed.retry_after().is_some_and(|time| steps.wait(time)) => {}
            Err(failed) => return Err(failed),
        }
    }
}

/// The cached token, if it is fresh enough. One that was requested after `since` is as good as a new one: it is used
/// anyway, or `--min-ttl` fails without a second request. A miss is not reported if it is the same as `reported`.
fn look(
    steps: &mut impl Steps,
    freshness: &Freshness,
    since: Moment,
    reported: &mut Option<Discriminant<Miss>>,
) -> Result<Option<TokenResponse>, TokenError> {
    let cached = steps.cached();
    let now = steps.now();
    let miss = match cached.map(|token| (freshness.check_cached(&token, now), token)) {
        Ok((Ok(left), token)) => {
            emit(Event::CacheHit { left });
            return Ok(Some(token));
        }
        Ok((Err(_), token)) if token.asked_at.is_between(since, now) && is_usable(&token, now) => {
            return freshness.check_new(&token, now).map(|()| Some(token));
        }
        Ok((Err(miss), _)) | Err(miss) => miss,
    };
    if reported.replace(discriminant(&miss)) != Some(discriminant(&miss)) {
        emit(Event::CacheMiss { why: &miss });
    }
    Ok(None)
}

/// Whether other processes can use a token: it has a known remaining lifetime.
fn is_usable(token: &TokenResponse, now: Moment) -> bool {
    token.left_at(now).is_some_and(|left| !left.is_zero())
}
