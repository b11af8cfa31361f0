//! The kept tokens of one binding, taken out of the way while they are being ended.

use std::io;
use std::thread;
use std::time::Duration;

use crate::cache::Cache;
use crate::cache::entries::{Entry, Openers};
use crate::cache::lock::{Lock, Turn};
use crate::deadline::Deadline;
use crate::error::reason;
use crate::event::{Event, tell};
use crate::oauth::access_token::AccessToken;

/// A binding whose lock is held, as far as there is one.
pub struct Taken<'a> {
    pub cache: &'a Cache,
    openers: &'a Openers,
    /// `None` where there is none to have, and while it is let go.
    lock: Option<Lock>,
}

impl<'a> Taken<'a> {
    pub fn new(cache: &'a Cache, openers: &'a Openers, deadline: Deadline) -> Self {
        Self { cache, openers, lock: take_lock(cache, deadline) }
    }

    /// Lets the lock go for so long, and takes it again.
    pub fn wait(&mut self, time: Duration, deadline: Deadline) {
        self.lock = None;
        thread::sleep(time);
        self.lock = take_lock(self.cache, deadline);
    }

    /// Whatever is meant, found by no call from here on. What cannot be moved is meant all the same; whether it can be
    /// removed is seen later.
    pub fn set_aside(&self, is_meant: impl Fn(&Entry) -> bool) -> io::Result<Vec<Entry>> {
        /// Another process may put one back at the same moment, and not again and again.
        const LOOKS: u32 = 3;
        let directory = &self.cache.directory;
        let mut meant: Vec<Entry> = Vec::new();
        for _ in 0..LOOKS {
            let mut is_complete = true;
            for mut entry in self.openers.all(directory)?.into_iter().filter(&is_meant) {
                if meant.iter().any(|own| own.has_the_file_of(&entry)) {
                    continue;
                }
                match entry.set_aside(self.openers, directory) {
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

    /// Only under the lock: whoever asks for a token now would write over it.
    pub fn put_back(&self, entry: Entry) {
        if self.lock.is_some()
            && let Err(error) = entry.put_back(&self.cache.directory)
        {
            tell(Event::Warning(&format!("the kept token cannot be put back: {}", reason(&error))));
        }
    }

    /// Removes it, and whatever else holds the same token: another process may have put it back, or kept it twice.
    pub fn forget(&self, entry: Entry) -> io::Result<()> {
        let directory = &self.cache.directory;
        let token = AccessToken::new(entry.response.access_token.expose());
        entry.forget(directory)?;
        let is_same = |entry: &Entry| token.as_ref() == Some(&entry.response.access_token);
        self.set_aside(is_same)?.into_iter().try_for_each(|copy| copy.forget(directory))
    }
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
        Ok(Turn::Impossible(error)) | Err(error) => {
            tell(Event::WithoutCache { why: &format!("files cannot be locked here: {}", reason(&error)) });
        }
    }
    None
}
