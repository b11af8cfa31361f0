//! The cache: tokens on disk, each sealed with the secret that obtained it.
//!
//! It stores and finds; the token source decides what is fresh enough. A file is named by its binding and a tag of the
//! secret, so that two secrets never share a file:
//!
//! | file | content |
//! |---|---|
//! | `BINDING-TAG.token` | a token ([`entries`]) |
//! | `BINDING-TAG.outcome` | what a failed request means for other processes ([`outcome`]) |
//! | `BINDING.lock` | the [`lock`] of the process that requests a token; never deleted |

mod binding;
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

use crate::base::clock::{self, Deadline, Moment};
use crate::base::event::{Event, Warning, emit};
use crate::credential::Cost;
use crate::oauth::error::RequestError;
use crate::oauth::token_response::TokenResponse;
use crate::token::cache::directory::{Directory, Problem};
use crate::token::cache::keyring::{KeyringError, Remembered, Slot};
use crate::token::cache::lock::{LockAttempt, NoLock};
use crate::token::cache::seal::{FileKey, SecretKeys, TAG};
pub use binding::Binding;
use outcome::Outcome;
pub use outcome::Shared;

const TOKEN: &str = ".token";
const OUTCOME: &str = ".outcome";
const LOCK: &str = ".lock";

/// A call that stores a token looks at this many files to delete those that have expired: a full directory delays none.
const MOST_SWEPT: usize = 256;

/// What fails in the cache, with the path of its directory: a file's name has a tag of the secret.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum CacheError {
    Unusable(PathBuf, io::Error),
    NotStored(PathBuf, io::Error),
    NotRemoved(PathBuf, io::Error),
    /// The copy of a token that is revoked, or may be.
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
    /// `--refresh` requests a new one.
    Refresh,
    FromTheFuture,
    Expired,
    /// Its remaining lifetime.
    TooShort(Duration),
}

/// The part of the cache that belongs to one binding.
pub struct Cache {
    pub directory: Directory,
    pub binding: Binding,
    /// The binding's part of its files' names.
    prefix: String,
}

/// A cached token, and the key of its file.
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
    pub fn find(&self, keys: &SecretKeys) -> Result<Found, Miss> {
        self.open(keys.tag(&self.prefix), |name, file| keys.file_key(name, file))
    }

    /// Finds it without the secret, by its remembered key.
    pub fn find_remembered(&self, slot: &Slot) -> Result<Found, Miss> {
        let Remembered { tag, key } = slot.recall()?.ok_or(Miss::NoKeyRemembered)?;
        self.open(tag, |_, _| Some(key))
    }

    /// Where the key is remembered; `None` if getting the secret costs nothing.
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

    /// Takes the lock; waits for it as long as [`lock`] allows.
    pub fn try_lock(&self, deadline: Deadline) -> Result<LockAttempt, NoLock> {
        lock::take(&self.directory, &format!("{}{LOCK}", self.prefix), deadline)
    }

    /// Takes the lock, or reports why it cannot.
    pub fn lock(&self, deadline: Deadline) -> LockAttempt {
        match self.try_lock(deadline) {
            Ok(turn) => return turn,
            Err(NoLock::Held(holder)) => emit(Event::Warning(Warning::LockHeld { holder })),
            Err(NoLock::Unsupported(error)) => emit(Event::WithoutCache { why: &CacheError::NoLocks(error) }),
            Err(NoLock::File(error)) => {
                // A missing home is normal, and a bad directory also fails to store the token, which reports it.
                let is_known = error.kind() == io::ErrorKind::NotFound || self.directory.check_room().is_err();
                let why = &CacheError::LockFile(error);
                emit(if is_known { Event::WithoutCache { why } } else { Event::Warning(Warning::Error(why)) });
            }
        }
        LockAttempt { lock: None, waited: false }
    }

    /// Stores a token, and deletes the shared failure and expired files.
    pub fn store(&self, keys: &SecretKeys, response: &TokenResponse) -> io::Result<Remembered> {
        let (content, expires_at) = entries::write(&self.binding, response)?;
        let key = self.put(keys, TOKEN, expires_at, &content)?;
        emit(Event::Stored { directory: &self.directory.path });
        let _ = self.directory.remove(&self.name(key.tag, OUTCOME));
        // This may delete a file that another process has just replaced, which costs one request.
        let names = self.directory.names().unwrap_or_default().into_iter();
        for name in fastrand::choose_multiple(names.filter(|name| !is_lock(name)), MOST_SWEPT) {
            if self.directory.is_useless(&name) {
                let _ = self.directory.remove(&name);
            }
        }
        Ok(key)
    }

    pub fn shared(&self, keys: &SecretKeys, since: Moment, route: &str) -> Option<Shared> {
        let name = self.name(keys.tag(&self.prefix), OUTCOME);
        let file = self.directory.read(&name).ok()?;
        let outcome = Outcome::read(&seal::open(&keys.file_key(&name, &file)?, file)?)?;
        if outcome.binding == self.binding { outcome.meaning(since, route, clock::now()) } else { None }
    }

    /// Shares a failure with the processes that it concerns. Returns false if they cannot find it.
    pub fn share(&self, keys: &SecretKeys, failed: &RequestError, route: &str, is_typed: bool) -> bool {
        let Some(outcome) = Outcome::new(&self.binding, failed, route, is_typed, clock::now()) else { return true };
        let content = serde_json::to_vec(&outcome);
        content.is_ok_and(|content| self.put(keys, OUTCOME, outcome.expires_at(), &content).is_ok())
    }

    /// Seals and stores `content`; returns the key that opens the file.
    fn put(&self, keys: &SecretKeys, kind: &str, expires_at: u64, content: &[u8]) -> io::Result<Remembered> {
        let tag = keys.tag(&self.prefix);
        let name = self.name(tag, kind);
        let sealed = seal::seal(keys, &name, expires_at, content);
        let (file, key) = sealed.ok_or_else(|| io::Error::other(Problem::NoRandomBytes))?;
        self.directory.put(&name, &file)?;
        Ok(Remembered { tag, key })
    }

    /// Whether a file belongs to this binding, with any secret.
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

/// Whether a file has a name that the cache creates.
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
