//! Ends tokens: at the service, and in the cache.
//!
//! A kept one is ended under the lock of those who ask for one: it is set aside, the service asked, and it is removed.
//! When the service says that it did not end it, it is put back; when nobody knows, it stays aside, where no call finds
//! it and the next one who revokes does. One lock is held at a time, and none while the service has us wait.

use std::io;
use std::thread;
use std::time::SystemTime;

use crate::cache::directory::Directory;
use crate::cache::entries::{Entry, Openers};
use crate::cache::{self, Cache};
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
use crate::token_source::taken::Taken;

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
    /// When the last one ends that is kept for the same and does not open, in seconds since 1970.
    pub sealed_until: Option<u64>,
    /// Whether others are kept than those that were looked for.
    pub has_others: bool,
}

pub struct Revocation<'a> {
    source: &'a TokenSource,
    call: Call<'a>,
    /// The tokens that need not be asked about again.
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
        let files = directory.files().map_err(|error| unreadable(directory, &error))?;
        let lasting: Vec<(&str, u64)> = files
            .iter()
            .filter(|(name, _)| cache::is_token(name))
            .filter_map(|(name, _)| Some((name.as_str(), directory.lasts_until(name)?)))
            .collect();
        let is_own = |name: &str| cache.has(name);
        self.ending.has_others = lasting.iter().any(|(name, _)| !is_own(name));
        // Nobody is asked for a secret that is of no use.
        if !lasting.iter().any(|(name, _)| matches!(which, Which::All) || is_own(name)) {
            return Ok(());
        }
        let openers = self.openers(directory)?;
        let opened = openers.all(directory).map_err(|error| unreadable(directory, &error))?;
        let is_opened = |name: &str| opened.iter().any(|entry| entry.is_file(name));
        let sealed = lasting.iter().filter(|(name, _)| is_own(name) && !is_opened(name));
        self.ending.sealed_until = sealed.map(|(_, until)| *until).max();
        let binding = &cache.binding;
        let is_meant = |entry: &Entry| match which {
            Which::All => entry.binding.issuer == binding.issuer && entry.binding.client_id == binding.client_id,
            _ => entry.binding == *binding,
        };
        let meant = opened.into_iter().filter(&is_meant).collect();
        self.end_entries(directory, &openers, meant, is_meant)
    }

    /// A token that is given, and every copy of it.
    fn end_given(&mut self, token: &AccessToken) -> Result<(), Failure> {
        self.redactor.hide_all(token.expose());
        if let Some(cache) = &self.source.cache {
            let directory = &cache.directory;
            let openers = self.openers(directory)?;
            let is_meant = |entry: &Entry| entry.response.access_token == *token;
            match openers.all(directory) {
                Ok(entries) => {
                    let copies = entries.into_iter().filter(is_meant).collect();
                    self.end_entries(directory, &openers, copies, is_meant)?;
                }
                Err(error) => self.ending.failures.push(unreadable(directory, &error)),
            }
            openers.forget_handed_on(directory, token);
        }
        if self.over.is_empty() && self.ending.failures.iter().all(|failure| failure.exit() == Exit::Local) {
            let revoked = self.ask(token, false, None).map_err(|no_answer| no_answer.failure)?;
            self.ending.ended.push(Ended { revoked, expires: expiry(token) });
        }
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
        seen.iter().for_each(|entry| self.redactor.hide_all(entry.response.access_token.expose()));
        while let Some(binding) = seen.first().map(|entry| entry.binding.clone()) {
            let (of_it, others) = seen.into_iter().partition(|entry| entry.binding == binding);
            seen = others;
            self.end_under_lock(&Cache::new(directory.clone(), binding), openers, of_it, &is_meant)?;
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
        let mut taken = Taken::new(cache, openers, self.call.deadline);
        let is_its = |entry: &Entry| entry.binding == cache.binding && is_meant(entry);
        let mut entries = taken.set_aside(is_its).map_err(|error| unreadable(&cache.directory, &error))?;
        // What was seen before and has been replaced meanwhile is still meant.
        for entry in seen {
            if !entries.iter().any(|other| other.response.access_token == entry.response.access_token) {
                entries.push(entry.without_file());
            }
        }
        entries.iter().for_each(|entry| self.redactor.hide_all(entry.response.access_token.expose()));
        let (mut result, mut left) = (Ok(()), 0);
        for entry in entries {
            match result {
                Ok(()) => result = self.end_one(entry, &mut taken),
                Err(_) => {
                    taken.put_back(entry);
                    left += 1;
                }
            }
        }
        if left > 0 {
            tell(Event::Warning(&format!("kept tokens that were not asked about: {left}")));
        }
        result
    }

    /// A refusal is of one token, and the others are ended all the same.
    fn end_one(&mut self, entry: Entry, taken: &mut Taken<'_>) -> Result<(), Failure> {
        if !self.over.contains(&entry.response.access_token) {
            match self.ask(&entry.response.access_token, entry.was_aside, Some(taken)) {
                Ok(revoked) => self.note(&entry, revoked),
                Err(no_answer) => {
                    if !no_answer.is_in_doubt {
                        taken.put_back(entry);
                    }
                    if no_answer.failure.exit() != Exit::Refused {
                        return Err(no_answer.failure);
                    }
                    self.ending.failures.push(no_answer.failure);
                    return Ok(());
                }
            }
        }
        if let Err(error) = taken.forget(entry) {
            let what = "the token was revoked, and its kept copy cannot be removed";
            let hint = format!("remove it from `{}`: calls go on printing it", taken.cache.directory.path.display());
            self.ending.failures.push(Failure::new(Exit::Local, what, reason(&error)).hint(hint));
        }
        Ok(())
    }

    fn note(&mut self, entry: &Entry, revoked: Revoked) {
        let response = &entry.response;
        let left = response.left_at(clock::now());
        let kept_until = left.and_then(|left| clock::wall().checked_add(left));
        self.ending.ended.push(Ended { revoked, expires: expiry(&response.access_token).or(kept_until) });
        self.over.extend(AccessToken::new(response.access_token.expose()));
    }

    /// Nobody waits for one who waits for the service.
    fn ask(
        &mut self,
        token: &AccessToken,
        mut was_in_doubt: bool,
        mut taken: Option<&mut Taken<'_>>,
    ) -> Result<Revoked, NoAnswer> {
        let mut tries = Tries::new(self.source.route.retries);
        loop {
            let no_answer = match self.call.revoke(token, &mut tries, (&self.redactor, was_in_doubt)) {
                Ok(revoked) => return Ok(revoked),
                Err(no_answer) => no_answer,
            };
            was_in_doubt = no_answer.is_in_doubt;
            let may_wait = |wait| tries.has_more() && self.call.deadline.has_room_for(wait);
            let Some(wait) = no_answer.wait.filter(|wait| may_wait(*wait)) else { return Err(no_answer) };
            match &mut taken {
                Some(taken) => taken.wait(wait, self.call.deadline),
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
