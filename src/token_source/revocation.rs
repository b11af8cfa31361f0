//! Ends tokens: at the service, and in the cache.
//!
//! A kept one is ended under the lock of those who ask for one: it is set aside, the service asked, and it is removed.
//! When the service says that it did not end it, it is put back; when nobody knows, it stays aside, where no call finds
//! it and the next one who revokes does. One lock is held at a time, and none while the service has us wait.

use std::io;
use std::thread;
use std::time::SystemTime;

use crate::cache::Cache;
use crate::cache::directory::Directory;
use crate::cache::entries::{self, Entry, Openers};
use crate::clock;
use crate::error::{Exit, Failure, reason};
use crate::event::{Event, tell};
use crate::http::retry::Tries;
use crate::jwt::{Jwt, table};
use crate::oauth::access_token::AccessToken;
use crate::oauth::exchange::NoAnswer;
use crate::oauth::revocation::Revoked;
use crate::redaction::Redactor;
use crate::token_source::TokenSource;
use crate::token_source::call::Call;
use crate::token_source::under_lock::{self, UnderLock};

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
    pub failures: Vec<Failure>,
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
    /// The tokens that the service has ended: a second copy of one needs no second request.
    over: Vec<AccessToken>,
    /// Hides every token that is meant, in case the server knows of one by another.
    redactor: Redactor,
    ending: Ending,
}

impl<'a> Revocation<'a> {
    pub fn new(source: &'a TokenSource, call: Call<'a>) -> Self {
        Self { source, call, over: Vec::new(), redactor: Redactor::default(), ending: Ending::default() }
    }

    pub fn run(mut self, which: Which<'_>) -> Ending {
        let result = match which {
            Which::Given(token) => self.end_given(token),
            Which::Kept | Which::All => self.end_kept(which),
        };
        self.ending.failures.extend(result.err());
        self.ending
    }

    fn end_kept(&mut self, which: Which<'_>) -> Result<(), Failure> {
        let Some(cache) = &self.source.cache else { return Ok(()) };
        let directory = &cache.directory;
        let unreadable = |error: io::Error| unreadable(directory, &error);
        let may_be_meant = |name: &String| matches!(which, Which::All) || cache.has(name);
        let lasting = entries::lasting(directory).map_err(unreadable)?;
        self.ending.has_others = lasting.iter().any(|name| !may_be_meant(name));
        // Nobody is asked for a secret that is of no use.
        if !lasting.iter().any(may_be_meant) {
            return Ok(());
        }
        let openers = self.openers(directory)?;
        let kept = openers.all(directory).map_err(unreadable)?;
        self.ending.sealed = kept.sealed.iter().filter(|name| may_be_meant(name) && lasting.contains(name)).count();
        let own = &cache.binding;
        let is_meant = |entry: &Entry| match which {
            Which::All => entry.binding.issuer == own.issuer && entry.binding.client_id == own.client_id,
            _ => entry.binding == *own,
        };
        let meant = kept.entries.into_iter().filter(&is_meant).collect();
        self.end_entries(directory, &openers, meant, is_meant)
    }

    /// A token that is given, and every copy of it.
    fn end_given(&mut self, token: &AccessToken) -> Result<(), Failure> {
        self.redactor.hide_token(token.expose());
        let Some(cache) = &self.source.cache else { return self.end_without_a_copy(token) };
        let directory = &cache.directory;
        let openers = self.openers(directory)?;
        let is_meant = |entry: &Entry| entry.response.access_token == *token;
        let copies: Vec<Entry> = match openers.all(directory) {
            Ok(kept) => kept.entries.into_iter().filter(is_meant).collect(),
            Err(error) => {
                self.ending.failures.push(unreadable(directory, &error));
                Vec::new()
            }
        };
        if copies.is_empty() {
            self.end_without_a_copy(token)?;
            // One may be kept by now.
            self.forget(&openers, directory, token);
        } else {
            self.end_entries(directory, &openers, copies, is_meant)?;
        }
        openers.forget_handed_on(directory, token);
        Ok(())
    }

    fn end_without_a_copy(&mut self, token: &AccessToken) -> Result<(), Failure> {
        let revoked = self.ask(token, false, None).map_err(|no_answer| no_answer.failure)?;
        self.ending.ended.push(Ended { revoked, expires: expiry(token) });
        Ok(())
    }

    fn openers(&mut self, directory: &Directory) -> Result<Openers, Failure> {
        let keys = self.call.secret()?.keys.clone();
        Ok(Openers::new(Some(keys), directory))
    }

    fn end_entries(
        &mut self,
        directory: &Directory,
        openers: &Openers,
        mut seen: Vec<Entry>,
        is_meant: impl Fn(&Entry) -> bool,
    ) -> Result<(), Failure> {
        seen.iter().for_each(|entry| self.redactor.hide_token(entry.response.access_token.expose()));
        while let Some(binding) = seen.first().map(|entry| entry.binding.clone()) {
            let (of_it, others) = seen.into_iter().partition(|entry| entry.binding == binding);
            seen = others;
            let result = self.end_under_lock(&Cache::new(directory.clone(), binding), openers, of_it, &is_meant);
            if result.is_err() {
                self.ending.left += seen.len();
                return result;
            }
        }
        Ok(())
    }

    /// What is kept is looked at again under the lock, and all of it set aside before anything is asked.
    fn end_under_lock(
        &mut self,
        cache: &Cache,
        openers: &Openers,
        seen: Vec<Entry>,
        is_meant: impl Fn(&Entry) -> bool,
    ) -> Result<(), Failure> {
        let mut held = UnderLock::new(cache, openers, self.call.deadline);
        let mut entries = held.set_aside(is_meant).map_err(|error| unreadable(&cache.directory, &error))?;
        // What was seen before and has been replaced meanwhile is still meant.
        for entry in seen {
            if !entries.iter().any(|other| other.response.access_token == entry.response.access_token) {
                entries.push(entry.without_file());
            }
        }
        entries.iter().for_each(|entry| self.redactor.hide_token(entry.response.access_token.expose()));
        let mut result = Ok(());
        for entry in entries {
            match result {
                Ok(()) => result = self.end_one(entry, openers, &mut held),
                Err(_) => {
                    held.put_back(entry);
                    self.ending.left += 1;
                }
            }
        }
        result
    }

    /// A refusal is of one token, and the others are ended all the same.
    fn end_one(&mut self, entry: Entry, openers: &Openers, held: &mut UnderLock<'_>) -> Result<(), Failure> {
        let token = &entry.response.access_token;
        if !self.over.contains(token) {
            match self.ask(token, entry.was_aside, Some(held)) {
                Ok(revoked) => self.note(&entry, revoked),
                Err(no_answer) => return self.not_ended(entry, no_answer, held),
            }
        }
        self.forget(openers, &held.cache.directory, &entry.response.access_token);
        Ok(())
    }

    fn not_ended(&mut self, entry: Entry, no_answer: NoAnswer, held: &UnderLock<'_>) -> Result<(), Failure> {
        if !no_answer.is_in_doubt {
            held.put_back(entry);
        } else if entry.is_in_place() {
            let directory = held.cache.directory.path.display();
            tell(Event::Warning(&format!("calls go on printing it: it cannot be moved in `{directory}`")));
        }
        if no_answer.failure.exit() != Exit::Refused {
            return Err(no_answer.failure);
        }
        self.ending.failures.push(no_answer.failure);
        Ok(())
    }

    /// To forget it is what was asked for, too.
    fn forget(&mut self, openers: &Openers, directory: &Directory, token: &AccessToken) {
        if let Err(error) = under_lock::forget(openers, directory, token) {
            let what = "the token was revoked, and its kept copy cannot be removed";
            let hint = format!("remove it from `{}`: calls go on printing it", directory.path.display());
            self.ending.failures.push(Failure::new(Exit::Local, what, reason(&error)).hint(hint));
        }
    }

    fn note(&mut self, entry: &Entry, revoked: Revoked) {
        let response = &entry.response;
        let left = response.left_at(clock::now());
        let kept_until = left.and_then(|left| clock::wall().checked_add(left));
        self.ending.ended.push(Ended { revoked, expires: expiry(&response.access_token).or(kept_until) });
        self.over.push(response.access_token.clone());
    }

    /// Nobody waits for one who waits for the service.
    fn ask(
        &mut self,
        token: &AccessToken,
        mut was_in_doubt: bool,
        mut held: Option<&mut UnderLock<'_>>,
    ) -> Result<Revoked, NoAnswer> {
        let mut tries = Tries { caller_waits: true, ..Tries::new(self.source.route.retries) };
        loop {
            let no_answer = match self.call.revoke(token, &mut tries, &self.redactor, was_in_doubt) {
                Ok(revoked) => return Ok(revoked),
                Err(no_answer) => no_answer,
            };
            was_in_doubt = no_answer.is_in_doubt;
            let may_wait = |wait| tries.has_more() && self.call.deadline.has_room_for(wait);
            let Some(wait) = no_answer.wait.filter(|wait| may_wait(*wait)) else { return Err(no_answer) };
            match &mut held {
                Some(held) => held.wait(wait, self.call.deadline),
                None => thread::sleep(wait),
            }
        }
    }
}

/// When a token ends by its own word.
fn expiry(token: &AccessToken) -> Option<SystemTime> {
    let jwt = Jwt::decode(token.expose()).ok()?;
    table::system_time(jwt.claims.members.get("exp")?)
}

fn unreadable(directory: &Directory, error: &io::Error) -> Failure {
    Failure::new(Exit::Local, format!("cannot read the cache `{}`", directory.path.display()), reason(error))
}
