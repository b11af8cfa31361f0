//! The cache: tokens on disk, sealed by the secret that they were got with.
//!
//! It stores and finds; what is good enough, and who may ask for more, is the token source's to decide. Three kinds of
//! files stand side by side, named by what they are for and by whose secret opens them, so that no two secrets ever
//! displace each other's:
//!
//! | file | what |
//! |---|---|
//! | `BINDING-TAG.token` | a token ([`entries`]), replaced as a whole |
//! | `BINDING-TAG.outcome` | what a request without one means for others ([`outcome`]) |
//! | `BINDING.lock` | held by whoever asks for one ([`lock`]); it is never removed |

pub mod binding;
pub mod directory;
pub mod entries;
pub mod keyring;
pub mod lock;
pub mod outcome;
pub mod seal;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use crate::base::clock::{self, Moment};
use crate::base::deadline::Deadline;
use crate::base::event::{Event, Warning, emit};
use crate::base::secret::Secret;
use crate::credential::Cost;
use crate::oauth::error::RequestError;
use crate::oauth::token_response::TokenResponse;
use crate::token::cache::binding::Binding;
use crate::token::cache::directory::{Directory, Problem};
use crate::token::cache::keyring::{KeyringError, Remembered, Slot};
use crate::token::cache::lock::{LockAttempt, NoLock};
use crate::token::cache::seal::{FileKey, SecretKeys, TAG};
use outcome::Outcome;
pub use outcome::Shared;

const TOKEN: &str = ".token";
const OUTCOME: &str = ".outcome";
const LOCK: &str = ".lock";

/// What goes wrong in the cache, and where: the directory, or a file in it.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum CacheError {
    Unreadable(PathBuf, io::Error),
    NotStored(PathBuf, io::Error),
    NotRemoved(PathBuf, io::Error),
    /// The copy of a token that was revoked, or may have been.
    CopyNotRemoved(PathBuf, io::Error),
    LockFile(io::Error),
    NoLocks(io::Error),
}

/// Why no cached token is used.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum Miss {
    NoneCached,
    Unreadable(io::Error),
    DoesNotOpen,
    NoKeyRemembered,
    Keyring(#[from] KeyringError),
    /// `--refresh` wants a new one.
    Refresh,
    FromTheFuture,
    Expired,
    /// It lives for so long.
    TooShort(Duration),
}

/// The part of the cache that belongs to one binding.
pub struct Cache {
    pub directory: Directory,
    pub binding: Binding,
    /// The binding's name in the names of its files.
    prefix: String,
}

/// A token that was kept, and the key of its file.
pub struct Found {
    pub response: TokenResponse,
    pub key: Remembered,
}

impl Cache {
    pub fn new(directory: Directory, binding: Binding) -> Self {
        let prefix = binding.name(&[]);
        Self { directory, binding, prefix }
    }

    /// The cached token, however old it is.
    pub fn find(&self, secret: &Secret) -> Result<Found, Miss> {
        let keys = SecretKeys::of(secret);
        self.open(keys.tag(&self.prefix), |name, file| keys.file_key(name, file))
    }

    /// The same without the secret, by the key that is remembered.
    pub fn find_remembered(&self, slot: &Slot) -> Result<Found, Miss> {
        let Remembered { tag, key } = slot.recall()?.ok_or(Miss::NoKeyRemembered)?;
        self.open(tag, |_, _| Some(key))
    }

    /// Where its key is remembered; `None` where getting the secret costs nothing.
    pub fn slot(&self, cost: Cost<'_>) -> Option<Slot> {
        Slot::new(&self.directory.path, &self.binding, cost)
    }

    fn open(&self, tag: [u8; TAG], key: impl FnOnce(&str, &[u8]) -> Option<FileKey>) -> Result<Found, Miss> {
        let name = self.name(tag, TOKEN);
        let file = self.directory.read(&name).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Miss::NoneCached,
            _ => Miss::Unreadable(error),
        })?;
        let opened = key(&name, &file).and_then(|key| {
            let (binding, response) = entries::read(&seal::open(&key, file)?)?;
            (binding == self.binding).then_some(Found { response, key: Remembered { tag, key } })
        });
        opened.ok_or(Miss::DoesNotOpen)
    }

    /// Waits for the lock, within its bounds.
    pub fn try_lock(&self, deadline: Deadline) -> Result<LockAttempt, NoLock> {
        lock::take(&self.directory, &format!("{}{LOCK}", self.prefix), deadline)
    }

    /// The same, where it goes on without the lock, too.
    pub fn lock(&self, deadline: Deadline) -> LockAttempt {
        match self.try_lock(deadline) {
            Ok(turn) => return turn,
            Err(NoLock::Held(holder)) => emit(Event::Warning(Warning::LockHeld { holder })),
            Err(NoLock::Unsupported(error)) => emit(Event::WithoutCache { why: &CacheError::NoLocks(error) }),
            Err(NoLock::File(error)) => {
                // Without a home, no call has one. With a wrong directory, storing the token fails, too, and says why.
                let is_known = error.kind() == io::ErrorKind::NotFound || self.directory.check_room().is_err();
                let why = &CacheError::LockFile(error);
                emit(if is_known { Event::WithoutCache { why } } else { Event::Warning(Warning::Error(why)) });
            }
        }
        LockAttempt { lock: None, waited: false }
    }

    /// Stores a token, and removes what is over: what earlier requests failed of, and what is of no use.
    pub fn store(&self, secret: &Secret, response: &TokenResponse) -> io::Result<Remembered> {
        let content = entries::write(&self.binding, response)?;
        let key = self.put(secret, TOKEN, entries::expires_at(response), &content)?;
        emit(Event::Stored { file: &self.directory.path.join(self.name(key.tag, TOKEN)).to_string_lossy() });
        let _ = self.directory.remove(&self.name(key.tag, OUTCOME));
        // A file that is replaced at this moment may go with it, which costs one request.
        for (name, metadata) in self.directory.files().unwrap_or_default() {
            if !is_lock(&name) && self.directory.is_useless(&name, &metadata) {
                let _ = self.directory.remove(&name);
            }
        }
        Ok(key)
    }

    /// What a failure of another process means for this one, which has been waiting since `since`.
    pub fn shared(&self, secret: &Secret, since: Moment, route: &str) -> Option<Shared> {
        let keys = SecretKeys::of(secret);
        let name = self.name(keys.tag(&self.prefix), OUTCOME);
        let file = self.directory.read(&name).ok()?;
        let outcome = Outcome::read(&seal::open(&keys.file_key(&name, &file)?, file)?)?;
        if outcome.binding == self.binding { outcome.meaning(since, route, clock::now()) } else { None }
    }

    /// Shares a failure with the processes that it concerns, if there can be any; whether they can find it.
    pub fn share(&self, secret: &Secret, failed: &RequestError, route: &str, is_typed: bool) -> bool {
        let Some(outcome) = Outcome::new(&self.binding, failed, route, is_typed, clock::now()) else { return true };
        let put = |content: Vec<u8>| self.put(secret, OUTCOME, outcome.expires_at(), &content);
        serde_json::to_vec(&outcome).is_ok_and(|content| put(content).is_ok())
    }

    /// What opens the file.
    fn put(&self, secret: &Secret, kind: &str, expires_at: u64, content: &[u8]) -> io::Result<Remembered> {
        let keys = SecretKeys::of(secret);
        let tag = keys.tag(&self.prefix);
        let name = self.name(tag, kind);
        let sealed = seal::seal(&keys, &name, expires_at, content);
        let (file, key) = sealed.ok_or_else(|| io::Error::other(Problem::NoRandomBytes))?;
        self.directory.put(&name, &file)?;
        Ok(Remembered { tag, key })
    }

    /// Whether a file is one of this binding's, whosever secret opens it.
    pub fn has(&self, name: &str) -> bool {
        name.starts_with(&self.prefix)
    }

    fn name(&self, tag: [u8; TAG], kind: &str) -> String {
        format!("{}-{}{kind}", self.prefix, hex(&tag))
    }
}

pub fn is_token(name: &str) -> bool {
    is_ours(name) && name.ends_with(TOKEN)
}

pub fn is_lock(name: &str) -> bool {
    name.ends_with(LOCK)
}

/// Whether a file's name is one that only this cache gives.
fn is_ours(name: &str) -> bool {
    let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_hex = |text: &str, length| text.len() == length && text.bytes().all(is_digit);
    if let Some(binding) = name.strip_suffix(LOCK) {
        return is_hex(binding, 32);
    }
    let stem = name.strip_suffix(TOKEN).or_else(|| name.strip_suffix(OUTCOME));
    let parts = stem.and_then(|stem| stem.split_once('-'));
    parts.is_some_and(|(binding, tag)| is_hex(binding, 32) && is_hex(tag, 2 * TAG))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
