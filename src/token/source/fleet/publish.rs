//! Shares the result of a request with the other machines, and ends the lease.

use std::time::Duration;

use super::{Fleet, LEASE, Wants};
use crate::base::clock::{self, Deadline};
use crate::base::event::{Event, emit};
use crate::oauth::token_response::TokenResponse;
use crate::token::cache::outcome::Outcome;
use crate::token::cache::{entries, seal};
use crate::token::source::TokenError;
use crate::token::store::{Store, StoreError};

/// The time for the token of a store that was no help before.
const LAST_ATTEMPT: Duration = Duration::from_millis(100);

/// How long those who waited are told that the token cannot be shared.
const NOT_SHARED: Duration = Duration::from_secs(5);

impl Fleet<'_> {
    /// Shares what came of the request with the other machines, and ends the lease.
    pub fn publish(&mut self, fetched: &Result<TokenResponse, TokenError>, deadline: Deadline) {
        let deadline = match self.trouble {
            None => Store::patience(deadline).earlier(Deadline::after(self.patience.max(LAST_ATTEMPT))),
            Some(true) => Deadline::after(LAST_ATTEMPT),
            Some(false) => return,
        };
        let published = match fetched {
            Ok(token) => self.publish_token(token, deadline),
            Err(TokenError::Request(failed)) => {
                let Wants { route, is_typed, .. } = &self.wants;
                match Outcome::new(&self.shared.binding, failed, route, *is_typed, clock::now()) {
                    Some(outcome) => {
                        let content = serde_json::to_vec(&outcome).unwrap_or_default();
                        self.publish_outcome(&content, outcome.time_in_store(), deadline)
                    }
                    None => self.release(deadline),
                }
            }
            Err(_) => self.release(deadline),
        };
        published.unwrap_or_else(|why| self.give_up(why));
    }

    fn publish_token(&mut self, token: &TokenResponse, deadline: Deadline) -> Result<(), StoreError> {
        let left = token.left_at(clock::now()).filter(|left| !left.is_zero());
        let content = entries::write(&self.shared.binding, token).ok();
        let Some((left, (content, _))) = left.zip(content) else {
            return self.publish_outcome(b"", NOT_SHARED, deadline);
        };
        let (name, outcome) = (self.store.names.token.clone(), self.store.names.outcome.clone());
        self.has_token = self.put(&name, &content, left, &[&outcome], deadline)?;
        if self.has_token {
            emit(Event::SharedStored { store: &self.shared.access.endpoint });
        }
        Ok(())
    }

    fn publish_outcome(&mut self, content: &[u8], left: Duration, deadline: Deadline) -> Result<(), StoreError> {
        let name = self.store.names.outcome.clone();
        self.put(&name, content, left, &[], deadline).map(drop)
    }

    fn put(
        &mut self,
        name: &str,
        content: &[u8],
        left: Duration,
        dropped: &[&str],
        deadline: Deadline,
    ) -> Result<bool, StoreError> {
        let expires_at = clock::now().after(left).unix_seconds();
        let sealed = seal::seal(&self.unlocked.keys, name, expires_at, &[&self.number, content].concat());
        let lease = self.store.names.lease.clone();
        let mut dropped = dropped.to_vec();
        if self.ends_lease() {
            dropped.push(&lease);
        }
        let Some((value, _)) = sealed else { return Ok(false) };
        self.store.put(name, &value, left, &dropped, false, deadline)
    }

    /// Ends the lease, so that another machine asks at once.
    pub(super) fn release(&mut self, deadline: Deadline) -> Result<(), StoreError> {
        let lease = self.store.names.lease.clone();
        if self.ends_lease() { self.store.delete(&[&lease], deadline).map(drop) } else { Ok(()) }
    }

    /// Whether the lease is surely still this machine's: nearly all of its time may have passed in a suspend.
    fn ends_lease(&mut self) -> bool {
        let age = self.taken.take().and_then(|taken| taken.elapsed_at(clock::now()));
        age.is_some_and(|age| age < LEASE / 10 * 9)
    }
}
