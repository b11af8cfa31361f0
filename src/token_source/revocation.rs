//! Revokes tokens at the service, and deletes their cached copies.
//!
//! A cached token is read, revoked and deleted under the lock of its binding, so that two `revoke`s at once both tell
//! the truth and no newer token is deleted for it. It is deleted as well when the outcome is unknown, because no call
//! may print a token that may be revoked. If the service says that it did not revoke it, it stays.

use std::time::SystemTime;

use thiserror::Error;

use crate::cache::directory::Directory;
use crate::cache::entries::{self, Entry, Openers};
use crate::cache::lock::{Lock, Turn};
use crate::cache::{Cache, CacheError};
use crate::clock;
use crate::event::{Event, Warning, tell};
use crate::jwt::{Jwt, claims};
use crate::oauth::access_token::AccessToken;
use crate::oauth::realm::Revoked;
use crate::redaction;
use crate::token_source::TokenSource;
use crate::token_source::call::Call;
use crate::token_source::error::TokenError;

/// Which tokens are meant.
#[derive(Clone, Copy)]
pub enum Which<'a> {
    /// The kept ones for what this source is asked for.
    Kept,
    /// Every kept one of this client, of whatever scope.
    All,
    Given(&'a AccessToken),
}

/// How it ended for one token.
pub struct Ended {
    pub revoked: Revoked,
    /// Until when an API that asks nobody accepts it; `None` where it does not say.
    pub expires: Option<SystemTime>,
}

/// Why a token was not ended, or its copy is still there.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum RevocationError {
    NotRevoked(#[from] TokenError),
    /// A token that is given may have been revoked: to try again does no harm.
    InDoubt(TokenError),
    Cache(#[from] CacheError),
}

/// What was ended, and what kept the rest from being.
#[derive(Default)]
pub struct Ending {
    pub ended: Vec<Ended>,
    pub errors: Vec<RevocationError>,
    /// How many are kept that do not open, and may be meant.
    pub sealed: usize,
    /// How many were not asked about, because of the last failure.
    pub left: usize,
    /// Whether others are kept than those that were looked for.
    pub has_others: bool,
}

pub struct Revocation<'a> {
    source: &'a TokenSource,
    call: Call<'a>,
    ending: Ending,
}

impl<'a> Revocation<'a> {
    pub fn new(source: &'a TokenSource, call: Call<'a>) -> Self {
        Self { source, call, ending: Ending::default() }
    }

    pub fn run(mut self, which: Which<'_>) -> Ending {
        let result = match which {
            Which::Given(token) => self.revoke_given(token),
            Which::Kept | Which::All => self.revoke_cached(which),
        };
        self.ending.errors.extend(result.err());
        self.ending
    }

    fn revoke_cached(&mut self, which: Which<'_>) -> Result<(), RevocationError> {
        let Some(cache) = &self.source.cache else { return Ok(()) };
        let directory = &cache.directory;
        let unreadable = |error| CacheError::Unreadable(directory.path.clone(), error);
        let may_be_meant = |name: &String| matches!(which, Which::All) || cache.has(name);
        let lasting = entries::lasting(directory).map_err(unreadable)?;
        self.ending.has_others = lasting.iter().any(|name| !may_be_meant(name));
        // Do not ask for a secret that is not needed.
        if !lasting.iter().any(may_be_meant) {
            return Ok(());
        }
        let openers = self.openers(directory)?;
        let cached = openers.all(directory).map_err(unreadable)?;
        self.ending.sealed = cached.sealed.iter().filter(|name| may_be_meant(name) && lasting.contains(name)).count();
        let own = &cache.binding;
        let is_meant = |entry: &Entry| match which {
            Which::All => entry.binding.issuer == own.issuer && entry.binding.client_id == own.client_id,
            _ => entry.binding == *own,
        };
        let mut meant: Vec<Entry> = cached.entries.into_iter().filter(is_meant).collect();
        // The server may know of one by another.
        meant.iter().for_each(|entry| redaction::hide_token(entry.response.access_token.expose()));
        while let Some(binding) = meant.first().map(|entry| entry.binding.clone()) {
            let (found, others): (Vec<Entry>, _) = meant.into_iter().partition(|entry| entry.binding == binding);
            meant = others;
            if let Err(error) = self.revoke_binding(&Cache::new(directory.clone(), binding), &openers, &found) {
                self.ending.left += meant.len();
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// What the files of the entries `found`, all of one binding, hold now that its lock is held. A refusal is of one
    /// token, and the others are revoked all the same; after any other failure they are left alone.
    fn revoke_binding(&mut self, cache: &Cache, openers: &Openers, found: &[Entry]) -> Result<(), TokenError> {
        let directory = &cache.directory;
        let _lock = take_lock(cache, &self.call);
        let mut entries: Vec<Entry> = found.iter().filter_map(|entry| entry.reopened(openers, directory)).collect();
        entries.iter().for_each(|entry| redaction::hide_token(entry.response.access_token.expose()));
        while !entries.is_empty() {
            match self.revoke_entry(directory, entries.remove(0)) {
                Err(error) if error.is_refused() => self.ending.errors.push(error.into()),
                Err(error) => {
                    self.ending.left += entries.len();
                    return Err(error);
                }
                Ok(()) => {}
            }
        }
        Ok(())
    }

    fn revoke_entry(&mut self, directory: &Directory, entry: Entry) -> Result<(), TokenError> {
        let response = &entry.response;
        let left = response.left_at(clock::now());
        let expires = expiry(&response.access_token).or(left.and_then(|left| clock::wall().checked_add(left)));
        match self.call.revoke(&response.access_token) {
            Ok(revoked) => {
                self.ending.ended.push(Ended { revoked, expires });
                self.ending.errors.extend(forget(entry, directory).err().map(RevocationError::Cache));
                Ok(())
            }
            Err(error) => {
                if error.is_outcome_unknown() {
                    match forget(entry, directory) {
                        Ok(()) => tell(Event::Warning(Warning::TokenMayBeRevoked { expires })),
                        Err(error) => self.ending.errors.push(error.into()),
                    }
                }
                Err(error)
            }
        }
    }

    /// A token that is given. Every copy of it that opens here is deleted.
    fn revoke_given(&mut self, token: &AccessToken) -> Result<(), RevocationError> {
        redaction::hide_token(token.expose());
        let revoked = self.call.revoke(token);
        let is_valid = revoked.as_ref().is_err_and(|error| !error.is_outcome_unknown());
        if let Some(cache) = self.source.cache.as_ref().filter(|_| !is_valid) {
            let deleted = self.delete_copies(&cache.directory, token);
            self.ending.errors.extend(deleted.err());
        }
        match revoked {
            Ok(revoked) => self.ending.ended.push(Ended { revoked, expires: expiry(token) }),
            Err(error) if error.is_outcome_unknown() && error.is_temporary() => {
                return Err(RevocationError::InDoubt(error));
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn delete_copies(&mut self, directory: &Directory, token: &AccessToken) -> Result<(), RevocationError> {
        let openers = self.openers(directory)?;
        let cached = openers.all(directory).map_err(|error| CacheError::Unreadable(directory.path.clone(), error))?;
        for copy in cached.entries.into_iter().filter(|entry| entry.response.access_token == *token) {
            let _lock = take_lock(&Cache::new(directory.clone(), copy.binding.clone()), &self.call);
            let copy = copy.reopened(&openers, directory).filter(|entry| entry.response.access_token == *token);
            copy.map_or(Ok(()), |copy| forget(copy, directory))?;
        }
        Ok(())
    }

    fn openers(&mut self, directory: &Directory) -> Result<Openers, TokenError> {
        let keys = self.call.unlock()?.keys.clone();
        Ok(Openers::new(Some(keys), directory))
    }
}

/// The lock of the calls that need a token. Where it cannot be had, the token is revoked all the same.
fn take_lock(cache: &Cache, call: &Call<'_>) -> Option<Lock> {
    match cache.take_lock(call.deadline()) {
        Ok(Turn::Held { lock, .. }) => return Some(lock),
        Ok(Turn::NothingStored) => {}
        Ok(Turn::TimedOut { holder }) => tell(Event::Warning(Warning::LockHeld { holder })),
        Ok(Turn::Unsupported(error)) => tell(Event::WithoutCache { why: &CacheError::NoLocks(error) }),
        Err(error) => tell(Event::WithoutCache { why: &CacheError::LockFile(error) }),
    }
    None
}

/// When a token expires, as it says itself.
fn expiry(token: &AccessToken) -> Option<SystemTime> {
    let jwt = Jwt::decode(token.expose()).ok()?;
    claims::system_time(jwt.claims.members.get("exp")?)
}

fn forget(entry: Entry, directory: &Directory) -> Result<(), CacheError> {
    entry.forget(directory).map_err(|error| CacheError::CopyNotRemoved(directory.path.clone(), error))
}
