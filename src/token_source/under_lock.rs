//! The kept tokens of one binding while they are being ended: under the lock of those who ask for one.

use std::io;
use std::thread;
use std::time::Duration;

use crate::cache::Cache;
use crate::cache::directory::Directory;
use crate::cache::entries::{Entry, Openers};
use crate::cache::lock::{Lock, Turn};
use crate::deadline::Deadline;
use crate::error::reason;
use crate::event::{Event, tell};
use crate::oauth::access_token::AccessToken;

/// Without a lock, where there is none to have, it goes on all the same.
pub struct UnderLock<'a> {
    pub cache: &'a Cache,
    openers: &'a Openers,
    /// `None` where there is none to have, and while it is let go.
    lock: Option<Lock>,
}

impl<'a> UnderLock<'a> {
    pub fn new(cache: &'a Cache, openers: &'a Openers, deadline: Deadline) -> Self {
        Self { cache, openers, lock: take_lock(cache, deadline) }
    }

    /// Lets the lock go for so long, and takes it again.
    pub fn wait(&mut self, time: Duration, deadline: Deadline) {
        self.lock = None;
        thread::sleep(time);
        self.lock = take_lock(self.cache, deadline);
    }

    /// Whatever of this binding is meant, set aside.
    pub fn set_aside(&self, is_meant: impl Fn(&Entry) -> bool) -> io::Result<Vec<Entry>> {
        let is_its = |entry: &Entry| entry.binding == self.cache.binding && is_meant(entry);
        set_aside(self.openers, &self.cache.directory, is_its)
    }

    /// Only under the lock: whoever asks for a token now would write over it.
    pub fn put_back(&self, entry: Entry) {
        if !entry.was_aside && (self.lock.is_none() || entry.put_back(&self.cache.directory).is_err()) {
            tell(Event::Warning("the kept token stays set aside, where no call finds it: revoke it again"));
        }
    }
}

/// Whatever is meant, found by no call from here on. What cannot be moved is meant all the same.
fn set_aside(openers: &Openers, directory: &Directory, is_meant: impl Fn(&Entry) -> bool) -> io::Result<Vec<Entry>> {
    /// Another process may put one back at the same moment, and not again and again.
    const LOOKS: u32 = 3;
    let mut meant: Vec<Entry> = Vec::new();
    for _ in 0..LOOKS {
        let mut is_complete = true;
        for mut entry in openers.all(directory)?.entries.into_iter().filter(&is_meant) {
            if meant.iter().any(|own| own.has_the_file_of(&entry)) {
                continue;
            }
            match entry.set_aside(openers, directory) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => is_complete = false,
                _ => meant.push(entry),
            }
        }
        if is_complete {
            break;
        }
    }
    Ok(meant)
}

/// Removes whatever holds `token`: another process may have put it back, or kept it twice.
pub fn forget(openers: &Openers, directory: &Directory, token: &AccessToken) -> io::Result<()> {
    let copies = set_aside(openers, directory, |entry| entry.response.access_token == *token)?;
    copies.into_iter().try_for_each(|copy| copy.forget(directory))
}

/// As a call that asks for a token takes it. Without one it goes on all the same.
fn take_lock(cache: &Cache, deadline: Deadline) -> Option<Lock> {
    match cache.take_lock(deadline) {
        Ok(Turn::Mine { mut lock, .. }) => {
            lock.announce(deadline);
            return Some(lock);
        }
        Ok(Turn::GivenUp { .. }) => {
            tell(Event::Warning("another process has been asking for this token for too long: not waiting for it"));
        }
        Ok(Turn::Impossible(error)) => {
            tell(Event::WithoutCache { why: &format!("files cannot be locked here: {}", reason(&error)) });
        }
        Err(error) => {
            tell(Event::WithoutCache { why: &format!("the lock's file cannot be made: {}", reason(&error)) });
        }
    }
    None
}
