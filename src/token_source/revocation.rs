//! Ends tokens: at the service, and in the cache.
//!
//! A kept one is ended under the lock of those who ask for one: it is set aside, the service asked, and it is removed;
//! or put back, when the service did not end it. So a call that finds a kept token finds none that is being ended, and
//! one that finds none asks for a new one afterwards. One lock is held at a time.

use std::time::SystemTime;

use crate::cache::Cache;
use crate::cache::binding::Binding;
use crate::cache::entries::{Entry, Openers};
use crate::cache::lock::{Lock, Turn};
use crate::cache::seal::SecretKeys;
use crate::clock;
use crate::error::{Exit, Failure, reason};
use crate::event::{Event, tell};
use crate::jwt::{Jwt, table};
use crate::oauth::access_token::AccessToken;
use crate::oauth::revocation::Revoked;
use crate::token_source::TokenSource;
use crate::token_source::call::Call;

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

/// What was ended, and what kept the rest from being.
#[derive(Default)]
pub struct Ending {
    pub ended: Vec<Ended>,
    pub failure: Option<Failure>,
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
        if let Err(failure) = self.end(which) {
            self.ending.failure.get_or_insert(failure);
        }
        self.ending
    }

    fn end(&mut self, which: Which<'_>) -> Result<(), Failure> {
        let given = match which {
            Which::Given(token) => Some(token),
            Which::Kept | Which::All => None,
        };
        if let Some(cache) = &self.source.cache {
            // Nobody is asked for a secret that is of no use.
            let is_empty = match which {
                Which::Kept => !cache.has_any().map_err(|error| unreadable(cache, &error))?,
                Which::All => cache.directory.files().map_err(|error| unreadable(cache, &error))?.is_empty(),
                Which::Given(_) => false,
            };
            if is_empty {
                return Ok(());
            }
            self.call.secret()?;
            let openers = Openers::new(Some(self.keys()?), &cache.directory);
            self.end_kept(cache, &openers, which)?;
            if let Some(token) = given {
                openers.forget_handed_on(&cache.directory, token);
            } else if cache.has_any().unwrap_or(false) && self.ending.failure.is_none() {
                tell(Event::Warning("a token of this client is kept that this secret does not open: it was not ended"));
            }
        }
        match given {
            Some(token) if self.ending.ended.is_empty() && self.ending.failure.is_none() => {
                let revoked = self.call.revoke(token)?;
                self.ending.ended.push(Ended { revoked, expires: expiry(token) });
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn keys(&mut self) -> Result<SecretKeys, Failure> {
        self.call.secret().map(|held| held.keys.clone())
    }

    /// Ends the kept ones, one binding after the other. A refusal is of one token, and the others are ended all the same.
    fn end_kept(&mut self, cache: &Cache, openers: &Openers, which: Which<'_>) -> Result<(), Failure> {
        let entries = match openers.all(&cache.directory) {
            Err(_) if matches!(which, Which::Given(_)) => Vec::new(),
            entries => entries.map_err(|error| unreadable(cache, &error))?,
        };
        let own = &cache.binding;
        let is_meant = |entry: &Entry| match which {
            Which::Kept => entry.binding == *own,
            Which::All => entry.binding.issuer == own.issuer && entry.binding.client_id == own.client_id,
            Which::Given(token) => entry.response.access_token == *token,
        };
        let mut bindings: Vec<Binding> = Vec::new();
        for entry in entries.into_iter().filter(is_meant) {
            if !bindings.contains(&entry.binding) {
                bindings.push(entry.binding);
            }
        }
        for binding in bindings {
            let cache = Cache::new(cache.directory.clone(), binding);
            match self.end_under_lock(&cache, openers, is_meant) {
                Err(failure) if failure.exit() == Exit::Refused => {
                    self.ending.failure.get_or_insert(failure);
                }
                result => result?,
            }
        }
        Ok(())
    }

    /// What is kept is looked at again under the lock: whoever held it may have kept another one.
    fn end_under_lock(
        &mut self,
        cache: &Cache,
        openers: &Openers,
        is_meant: impl Fn(&Entry) -> bool,
    ) -> Result<(), Failure> {
        let _lock = self.take_lock(cache);
        let entries = openers.all(&cache.directory).map_err(|error| unreadable(cache, &error))?;
        for mut entry in entries.into_iter().filter(|entry| entry.binding == cache.binding && is_meant(entry)) {
            if let Err(error) = entry.set_aside(&cache.directory) {
                warn("the kept token cannot be set aside while it is ended", &error);
            }
            match self.call.revoke(&entry.response.access_token) {
                Ok(revoked) => {
                    let token = &entry.response.access_token;
                    let left = entry.response.left_at(clock::now());
                    let kept_until = left.and_then(|left| clock::wall().checked_add(left));
                    self.ending.ended.push(Ended { revoked, expires: expiry(token).or(kept_until) });
                    if let Err(error) = entry.forget(&cache.directory) {
                        warn("the kept token is ended and cannot be removed", &error);
                    }
                }
                Err(failure) => {
                    if let Err(error) = entry.put_back(&cache.directory) {
                        warn("the kept token cannot be put back", &error);
                    }
                    return Err(failure);
                }
            }
        }
        Ok(())
    }

    /// As a call that asks for a token takes it. Without one it goes on all the same.
    fn take_lock(&self, cache: &Cache) -> Option<Lock> {
        match cache.take_lock(self.call.deadline) {
            Ok(Turn::Mine { mut lock, .. }) => {
                lock.announce(self.call.deadline);
                return Some(lock);
            }
            Ok(Turn::GivenUp { .. }) => {
                tell(Event::Warning("another process has been asking for this token for too long: not waiting for it"));
            }
            Ok(Turn::Impossible(error)) | Err(error) => {
                tell(Event::WithoutCache { why: &format!("files cannot be locked here: {}", reason(&error)) });
            }
        }
        None
    }
}

/// When a token ends by its own word.
fn expiry(token: &AccessToken) -> Option<SystemTime> {
    let jwt = Jwt::decode(token.expose()).ok()?;
    table::system_time(jwt.claims.members.get("exp")?)
}

fn unreadable(cache: &Cache, error: &std::io::Error) -> Failure {
    let what = format!("cannot read the cache `{}`", cache.directory.path.display());
    Failure::new(Exit::Local, what, reason(error))
}

fn warn(what: &str, error: &std::io::Error) {
    tell(Event::Warning(&format!("{what}: {}", reason(error))));
}
