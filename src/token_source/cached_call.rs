//! The steps of [`single_flight`](crate::token_source::single_flight) as a call takes them: the system's clock, the
//! sealed cache, the token endpoint.

use std::io;
use std::time::Duration;

use crate::cache::lock::{self, Lock};
use crate::cache::remembered::{Remembered, Slot};
use crate::cache::{Cache, CacheError, Meaning, Miss};
use crate::clock::{self, Moment};
use crate::credential::Cost;
use crate::event::{Event, Warning, tell};
use crate::oauth::error::{Cause, RequestError};
use crate::oauth::token_response::TokenResponse;
use crate::token_source::call::Call;
use crate::token_source::error::TokenError;
use crate::token_source::single_flight::{Steps, Turn};
use crate::token_source::wanted::Wanted;

pub struct CachedCall<'a> {
    pub call: Call<'a>,
    cache: &'a Cache,
    /// `--refresh`, which gets the secret anew even if a remembered key would open the entry.
    is_refresh: bool,
    /// Where the key of the entry is remembered, if getting the secret runs a command or asks a person.
    slot: Option<Slot>,
    has_warned: bool,
}

impl<'a> CachedCall<'a> {
    pub fn new(mut call: Call<'a>, cache: &'a Cache, wanted: &Wanted) -> Self {
        call.tries.caller_waits = true;
        let slot = Slot::new(&cache.directory.path, &cache.binding, call.source.secret.cost());
        Self { call, cache, is_refresh: wanted.is_fresh, slot, has_warned: false }
    }

    /// Lets later calls open the entry without the secret.
    fn remember(&self, key: &Remembered, token: &TokenResponse) {
        let left = token.left_at(clock::now()).filter(|left| !left.is_zero());
        let (Some(slot), Some(left)) = (&self.slot, left) else { return };
        match slot.remember(key, left) {
            Ok(()) => tell(Event::Remembered { lifetime: left }),
            Err(why) => tell(Event::WithoutCache { why: &why }),
        }
    }

    /// A missing home is no trouble. Anything else is worth a warning, because each call requests a token.
    fn cannot_store(&mut self, error: io::Error) {
        let is_missing = error.kind() == io::ErrorKind::NotFound;
        let why = &CacheError::NotStored(self.cache.directory.path.clone(), error);
        match is_missing {
            true => tell(Event::WithoutCache { why }),
            false => self.warn(Warning::NotStored(why)),
        }
    }

    /// One warning is enough for a call.
    fn warn(&mut self, warning: Warning<'_>) {
        if !std::mem::replace(&mut self.has_warned, true) {
            tell(Event::Warning(warning));
        }
    }
}

impl Steps for CachedCall<'_> {
    type Lock = Lock;

    fn now(&self) -> Moment {
        clock::now()
    }

    fn has_secret(&self) -> bool {
        self.call.has_secret()
    }

    fn get_secret(&mut self) -> Result<(), TokenError> {
        self.call.unlock().map(drop)
    }

    fn cost(&self) -> Cost<'_> {
        self.call.source.secret.cost()
    }

    fn cached(&mut self) -> Result<TokenResponse, Miss> {
        if let Some(slot) = self.slot.as_ref().filter(|_| !self.call.has_secret()) {
            return match self.is_refresh {
                true => Err(Miss::Refresh),
                false => self.cache.find_remembered(slot).map(|found| found.response),
            };
        }
        let unlocked = self.call.unlock().map_err(|_| Miss::DoesNotOpen)?;
        let found = self.cache.find(&unlocked.keys)?;
        self.remember(&found.key, &found.response);
        Ok(found.response)
    }

    fn lock(&mut self) -> Turn<Lock> {
        match self.cache.take_lock(self.call.deadline()) {
            Ok(lock::Turn::Held { lock, waited }) => return Turn { lock: Some(lock), waited },
            Ok(lock::Turn::NothingStored) => return Turn { lock: None, waited: true },
            Ok(lock::Turn::TimedOut { holder }) => self.warn(Warning::LockHeld { holder }),
            Ok(lock::Turn::Unsupported(error)) => tell(Event::WithoutCache { why: &CacheError::NoLocks(error) }),
            Err(error) => self.cannot_store(error),
        }
        Turn { lock: None, waited: false }
    }

    fn shared(&mut self, since: Moment) -> Meaning {
        let route = self.call.source.route.name();
        let unlocked = self.call.unlock();
        unlocked.map_or(Meaning::Nothing, |unlocked| self.cache.shared(&unlocked.keys, since, &route))
    }

    fn fetch(&mut self) -> Result<TokenResponse, TokenError> {
        self.call.fetch()
    }

    fn store(&mut self, token: &TokenResponse) -> bool {
        let Ok(unlocked) = self.call.unlock() else { return false };
        match self.cache.store(&unlocked.keys, token) {
            Ok(Some(key)) => {
                self.remember(&key, token);
                self.cache.sweep();
                true
            }
            Ok(None) => false,
            Err(error) => {
                self.cannot_store(error);
                false
            }
        }
    }

    fn share(&mut self, failed: &RequestError) -> bool {
        let source = self.call.source;
        let (route, is_typed) = (source.route.name(), source.secret.is_typed());
        let unlocked = self.call.unlock();
        unlocked.is_ok_and(|unlocked| self.cache.share(&unlocked.keys, failed, &route, is_typed).is_ok())
    }

    fn release_unstored(&mut self, lock: Lock) {
        lock.release_unstored();
    }

    fn wait(&mut self, time: Duration) -> bool {
        self.call.wait(time)
    }

    fn wait_as_another(&mut self, time: Duration, cause: Box<Cause>) -> Result<(), TokenError> {
        self.call.wait_as_another(time, cause)
    }
}
