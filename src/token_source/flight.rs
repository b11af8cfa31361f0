//! A call with a cache: the one way from "no token" to a token, for any number of processes at the same moment.
//!
//! The protocol:
//!
//! 1. **look**: a kept token that lives long enough is used; no lock, no network;
//! 2. **lock**: one process goes on, the others wait for it, but no longer than they can afford;
//! 3. **look again**: whoever held the lock before may have kept a token, or met what this process would meet;
//! 4. **fetch**: one request, by the process that holds the lock;
//! 5. **store**: the token, or what there is to tell instead; then the lock is let go.
//!
//! Whatever is wrong with the cache is told and gone round: the token is fetched all the same. Who cannot store lets
//! the lock go first, so that those who cannot either do not ask one after the other.

use std::io;
use std::thread;
use std::time::Duration;

use crate::cache::directory::Reserved;
use crate::cache::lock::{Lock, Turn};
use crate::cache::remembered::{Remembered, Slot};
use crate::cache::{Cache, Meaning, Opener};
use crate::clock::{self, Moment};
use crate::credential::Cost;
use crate::duration::display;
use crate::error::{Failure, reason};
use crate::event::{Event, tell};
use crate::oauth::token_response::TokenResponse;
use crate::process;
use crate::token_source::call::Call;
use crate::token_source::wanted::Wanted;

/// How a turn ended, if not by a failure.
enum Turned {
    Token(TokenResponse),
    /// The service asked to wait before the next one.
    Wait(Duration),
}

/// A call with a cache.
pub struct Flight<'a> {
    pub call: Call<'a>,
    cache: &'a Cache,
    wanted: &'a Wanted,
    /// Where the key of the entry is remembered, if getting the secret costs something.
    slot: Option<Slot>,
    /// From when on what others do is done for this process, too.
    since: Moment,
    has_warned: bool,
    /// Why there was no kept token when it was looked for last.
    told_miss: Option<String>,
    /// Whether a token that another process asked for meanwhile had ended when it came.
    came_too_late: bool,
}

impl<'a> Flight<'a> {
    pub fn new(mut call: Call<'a>, cache: &'a Cache, wanted: &'a Wanted) -> Self {
        call.tries.caller_waits = true;
        let slot = Slot::new(&cache.directory.path, &cache.binding, call.source.secret.cost());
        Self {
            call,
            cache,
            wanted,
            slot,
            since: wanted.started,
            has_warned: false,
            told_miss: None,
            came_too_late: false,
        }
    }

    pub fn token(&mut self) -> Result<TokenResponse, Failure> {
        if let Some(token) = self.look()? {
            return Ok(token);
        }
        process::obey_signals();
        // Nobody waits for a person.
        if self.call.source.secret.cost() == Cost::Person {
            self.call.secret()?;
        }
        loop {
            match self.turn()? {
                Turned::Token(token) => return Ok(token),
                // Nobody waits for one who waits for the service.
                Turned::Wait(time) => thread::sleep(time),
            }
        }
    }

    /// Lock, look again, fetch, store. The lock is let go at its end.
    fn turn(&mut self) -> Result<Turned, Failure> {
        self.since = clock::now();
        let (mut lock, waited) = self.take_lock();
        // A command that asks for a fingerprint is run by the first one alone; the others find its key. Where they do
        // not, they do not run theirs one after the other.
        if waited && !self.call.has_secret() {
            if let Some(token) = self.look()? {
                return Ok(Turned::Token(token));
            }
            drop(lock);
            self.call.secret()?;
            (lock, _) = self.take_lock();
        }
        if let Some(lock) = &mut lock {
            lock.announce(self.call.deadline);
        }
        self.call.secret()?;
        if let Some(token) = self.look()? {
            return Ok(Turned::Token(token));
        }
        // Neither would what this process gets be of use to those who wait.
        lock = lock.filter(|_| !self.came_too_late);
        match self.adopt(lock.is_some())? {
            Some(turned) => Ok(turned),
            None => self.fetch_and_store(lock),
        }
    }

    /// The kept token, if it is good enough.
    fn look(&mut self) -> Result<Option<TokenResponse>, Failure> {
        let found = match self.slot.as_ref().filter(|_| !self.call.has_secret()) {
            Some(_) if self.wanted.is_fresh => Err("--refresh asks for a new one".to_owned()),
            Some(slot) => self.cache.find_remembered(slot),
            None => self.cache.find(&Opener::Secret(&self.call.secret()?.keys)),
        };
        let now = clock::now();
        let why = match found {
            Err(why) => why,
            Ok(found) => match self.wanted.accept(&found.response, now) {
                Ok(left) => {
                    tell(Event::CacheHit { left });
                    if self.call.has_secret() {
                        self.remember(&found.key, left);
                    }
                    return Ok(Some(found.response));
                }
                // Another new one lives no longer: this one is used as by the process that asked for it, and --min-ttl
                // told that it cannot be kept, without another request.
                Err(why) if found.response.asked_at.is_between(self.since, now) => {
                    let has_ended = found.response.left_at(now).is_none_or(|left| left.is_zero());
                    if !has_ended || self.wanted.min_ttl.is_some_and(|min_ttl| !min_ttl.is_zero()) {
                        self.wanted.check_new(&found.response, now)?;
                        return Ok(Some(found.response));
                    }
                    self.came_too_late = true;
                    why
                }
                Err(why) => why,
            },
        };
        if self.told_miss.as_ref() != Some(&why) {
            tell(Event::CacheMiss { why: &why });
        }
        self.told_miss = Some(why);
        Ok(None)
    }

    /// The lock, and whether another process had it before. Without one it goes on all the same.
    fn take_lock(&mut self) -> (Option<Lock>, bool) {
        match self.cache.take_lock(self.call.deadline) {
            Ok(Turn::Mine { lock, waited }) => {
                return (Some(lock).filter(|lock| !lock.was_held_in_vain(self.since)), waited);
            }
            Ok(Turn::GivenUp { holder }) => {
                let who = holder.map_or_else(|| "another process".to_owned(), |pid| format!("the process {pid}"));
                self.warn(&format!("{who} has been asking for this token for too long: asking without waiting for it"));
            }
            Ok(Turn::Impossible(error)) => {
                tell(Event::WithoutCache { why: &format!("files cannot be locked here: {}", reason(&error)) });
            }
            Err(error) => self.cannot_keep(&error),
        }
        (None, false)
    }

    /// What an earlier request means for this one: its token, its failure, or some patience.
    fn adopt(&mut self, has_lock: bool) -> Result<Option<Turned>, Failure> {
        let (since, way) = (self.since, self.call.source.route.name());
        let keys = &self.call.secret()?.keys;
        match self.cache.outcome(keys, since, &way) {
            Meaning::Nothing { is_over } => {
                if is_over && has_lock {
                    self.cache.forget_outcome(keys);
                }
                Ok(None)
            }
            Meaning::Token(token)
                if self.wanted.is_fresh && !token.asked_at.is_between(self.wanted.started, clock::now()) =>
            {
                Ok(None)
            }
            Meaning::Token(token) => {
                tell(Event::Shared { what: "got a token that cannot be kept" });
                self.wanted.check_new(&token, clock::now()).map(|()| Some(Turned::Token(token)))
            }
            Meaning::Failure(failure) => {
                tell(Event::Shared { what: "met a failure that this one would meet, too" });
                Err(failure)
            }
            Meaning::Wait { left, why } => {
                self.call.agree_to_wait(left, &why)?;
                tell(Event::Shared { what: &format!("been asked to wait: waiting for {}", display(left)) });
                Ok(Some(Turned::Wait(left)))
            }
        }
    }

    fn fetch_and_store(&mut self, mut lock: Option<Lock>) -> Result<Turned, Failure> {
        let room = self.cache.directory.reserve();
        let room = room.map_err(|error| self.cannot_keep(&error)).ok();
        if room.is_none() {
            lock = None;
        }
        match self.call.fetch() {
            Ok(token) => {
                if let Some(room) = room {
                    lock = self.store(&token, room, lock)?;
                }
                drop(lock);
                self.wanted.check_new(&token, clock::now()).map(|()| Turned::Token(token))
            }
            Err(no_answer) => {
                let source = self.call.source;
                if let (Some(room), Some(lock), Ok(held)) = (room, lock, self.call.secret()) {
                    let is_typed = source.secret.is_typed();
                    let way = source.route.name();
                    if self.cache.tell_failure(&held.keys, &no_answer, &way, is_typed, room).is_err() {
                        lock.let_go_in_vain();
                    }
                }
                let wait = no_answer.wait.filter(|wait| self.call.may_wait(*wait));
                wait.map(Turned::Wait).ok_or(no_answer.failure)
            }
        }
    }

    /// Keeps the token or, without a lifetime, hands it on; without the lock there is nobody to hand it to. The lock is
    /// held on, unless nothing could be stored.
    fn store(&mut self, token: &TokenResponse, room: Reserved, lock: Option<Lock>) -> Result<Option<Lock>, Failure> {
        let cache = self.cache;
        let keys = &self.call.secret()?.keys;
        let stored = match (token.lifetime, &lock) {
            (None, None) => return Ok(None),
            (None, Some(_)) => cache.hand_on(keys, token, room).map(|()| None),
            (Some(_), _) => cache.keep(keys, token, room),
        };
        match stored {
            Ok(key) => {
                if let Some(key) = key {
                    self.remember(&key, token.left_at(clock::now()).unwrap_or_default());
                }
                cache.sweep(lock.is_some());
                Ok(lock)
            }
            Err(error) => {
                self.cannot_keep(&error);
                if let Some(lock) = lock {
                    lock.let_go_in_vain();
                }
                Ok(None)
            }
        }
    }

    /// Lets later calls open the entry without the secret.
    fn remember(&self, key: &Remembered, left: Duration) {
        let Some(slot) = &self.slot else { return };
        match slot.remember(key, left) {
            Ok(()) => tell(Event::Remembered { lifetime: left }),
            Err(why) => tell(Event::WithoutCache { why: &why }),
        }
    }

    /// A home that is not there is no trouble; anything else is worth a word, because each call asks anew.
    fn cannot_keep(&mut self, error: &io::Error) {
        let directory = self.cache.directory.path.display();
        let text = format!("no token is kept in `{directory}`: {}", reason(error));
        match error.kind() {
            io::ErrorKind::NotFound => tell(Event::WithoutCache { why: &text }),
            _ => self.warn(&format!("{text} (--cache-dir names another place, --no-cache does without)")),
        }
    }

    /// One warning is enough for a call.
    fn warn(&mut self, text: &str) {
        if !std::mem::replace(&mut self.has_warned, true) {
            tell(Event::Warning(text));
        }
    }
}
