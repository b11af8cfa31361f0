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
use crate::cache::lock::{Lock, Turn};
use crate::cache::{self, Cache};
use crate::clock;
use crate::error::{Exit, Failure, reason};
use crate::event::{Event, tell};
use crate::http::retry::Tries;
use crate::jwt::{Jwt, table};
use crate::oauth::access_token::AccessToken;
use crate::oauth::exchange::NoAnswer;
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
    pub failures: Vec<Failure>,
    /// Whether one is kept that does not open.
    pub is_sealed: bool,
}

pub struct Revocation<'a> {
    source: &'a TokenSource,
    call: Call<'a>,
    /// The tokens that need not be asked about again.
    over: Vec<AccessToken>,
    ending: Ending,
}

impl<'a> Revocation<'a> {
    pub fn new(source: &'a TokenSource, call: Call<'a>) -> Self {
        Self { source, call, over: Vec::new(), ending: Ending::default() }
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
        let is_of_use = |name: &str| cache::is_token(name) && directory.is_of_use(name);
        let own: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).filter(|name| cache.has(name)).collect();
        // Nobody is asked for a secret that is of no use.
        let is_worth_it = match which {
            Which::All => files.iter().any(|(name, _)| is_of_use(name)),
            _ => own.iter().any(|name| is_of_use(name)),
        };
        if !is_worth_it {
            return Ok(());
        }
        let openers = self.openers(directory)?;
        let opened = openers.all(directory).map_err(|error| unreadable(directory, &error))?;
        let is_opened = |name: &str| opened.iter().any(|entry| entry.is_file(name));
        self.ending.is_sealed = own.iter().any(|name| is_of_use(name) && !is_opened(name));
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
        if let Some(cache) = &self.source.cache {
            let directory = &cache.directory;
            let openers = self.openers(directory)?;
            let is_meant = |entry: &Entry| entry.response.access_token == *token;
            let copies = openers.all(directory).unwrap_or_default().into_iter().filter(is_meant).collect();
            self.end_entries(directory, &openers, copies, is_meant)?;
            if self.ending.failures.is_empty() {
                openers.forget_handed_on(directory, token);
            }
        }
        if self.over.is_empty() && self.ending.failures.is_empty() {
            let revoked = self.ask(token, &mut None).map_err(|no_answer| no_answer.failure)?;
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
        while let Some(binding) = seen.first().map(|entry| entry.binding.clone()) {
            let (of_it, others) = seen.into_iter().partition(|entry| entry.binding == binding);
            seen = others;
            self.end_under_lock(&Cache::new(directory.clone(), binding), openers, of_it, &is_meant)?;
        }
        Ok(())
    }

    /// What is kept is looked at again under the lock. One that was `seen` before and has been replaced meanwhile is still
    /// meant, but its file is another one's.
    fn end_under_lock(
        &mut self,
        cache: &Cache,
        openers: &Openers,
        seen: Vec<Entry>,
        is_meant: impl Fn(&Entry) -> bool,
    ) -> Result<(), Failure> {
        let mut lock = self.take_lock(cache);
        let directory = &cache.directory;
        let kept = openers.all(directory).map_err(|error| unreadable(directory, &error))?;
        let mut entries: Vec<Entry> =
            kept.into_iter().filter(|entry| entry.binding == cache.binding && is_meant(entry)).collect();
        for mut entry in seen {
            if !entries.iter().any(|other| other.response.access_token == entry.response.access_token) {
                entry.forget_file();
                entries.push(entry);
            }
        }
        entries.into_iter().try_for_each(|entry| self.end_one(entry, directory, &mut lock))
    }

    /// A refusal is of one token, and the others are ended all the same.
    fn end_one(&mut self, mut entry: Entry, directory: &Directory, lock: &mut Option<Lock>) -> Result<(), Failure> {
        // A copy that cannot be set aside is found until it is removed; whether it can be is seen then.
        let _ = entry.set_aside(directory);
        if !self.over.contains(&entry.response.access_token) {
            match self.ask(&entry.response.access_token, lock) {
                Ok(revoked) => self.note(&entry, revoked),
                Err(no_answer) => {
                    if !no_answer.is_in_doubt
                        && let Err(error) = entry.put_back(directory)
                    {
                        tell(Event::Warning(&format!("the kept token cannot be put back: {}", reason(&error))));
                    }
                    if no_answer.failure.exit() != Exit::Refused {
                        return Err(no_answer.failure);
                    }
                    self.ending.failures.push(no_answer.failure);
                    return Ok(());
                }
            }
        }
        if let Err(error) = entry.forget(directory) {
            let what = "the token was revoked, and its kept copy cannot be removed";
            let hint = format!("remove it from `{}`: calls go on printing it", directory.path.display());
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
    fn ask(&mut self, token: &AccessToken, lock: &mut Option<Lock>) -> Result<Revoked, NoAnswer> {
        let mut tries = Tries::new(self.source.route.retries);
        let mut was_in_doubt = false;
        loop {
            let no_answer = match self.call.revoke(token, &mut tries) {
                Ok(revoked) => return Ok(revoked),
                Err(no_answer) => no_answer,
            };
            was_in_doubt |= no_answer.is_in_doubt;
            let may_wait = |wait| tries.has_more() && self.call.deadline.has_room_for(wait);
            match no_answer.wait.filter(|wait| may_wait(*wait)) {
                Some(wait) => {
                    *lock = None;
                    thread::sleep(wait);
                }
                None => return Err(NoAnswer { is_in_doubt: was_in_doubt, ..no_answer }),
            }
        }
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

fn unreadable(directory: &Directory, error: &io::Error) -> Failure {
    Failure::new(Exit::Local, format!("cannot read the cache `{}`", directory.path.display()), reason(error))
}
