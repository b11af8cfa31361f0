//! The cache: tokens on disk, sealed by the secret that they were got with.
//!
//! It stores and finds; what is good enough, and who may ask for more, is the token source's to decide. Three kinds of
//! files stand side by side, named by what they are for and by whose secret opens them, so that no two secrets ever
//! displace each other's:
//!
//! | file | what |
//! |---|---|
//! | `BINDING-TAG.token` | a token ([`entry`]), replaced as a whole |
//! | `BINDING-TAG.outcome` | what a request without one means for others ([`outcome`]) |
//! | `BINDING.lock` | held by whoever asks for one ([`lock`]); it is never removed |

pub mod binding;
pub mod directory;
pub mod entries;
mod entry;
pub mod lock;
mod outcome;
pub mod remembered;
pub mod seal;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use crate::cache::binding::Binding;
use crate::cache::directory::{Directory, Problem};
use crate::cache::lock::Turn;
use crate::cache::remembered::{KeyringError, Remembered, Slot};
use crate::cache::seal::{FileKey, SecretKeys, TAG};
use crate::clock::{self, Moment};
use crate::deadline::Deadline;
use crate::event::{Event, tell};
use crate::oauth::error::RequestError;
use crate::oauth::token_response::TokenResponse;
pub use outcome::Meaning;
use outcome::Outcome;

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
        let prefix = binding.name();
        Self { directory, binding, prefix }
    }

    /// The cached token, however old it is.
    pub fn find(&self, keys: &SecretKeys) -> Result<Found, Miss> {
        self.open(keys.tag(&self.prefix), |name, file| keys.file_key(name, file))
    }

    /// The same without the secret, by the key that is remembered.
    pub fn find_remembered(&self, slot: &Slot) -> Result<Found, Miss> {
        let Remembered { tag, key } = slot.recall()?.ok_or(Miss::NoKeyRemembered)?;
        self.open(tag, |_, _| Some(key))
    }

    fn open(&self, tag: [u8; TAG], key: impl FnOnce(&str, &[u8]) -> Option<FileKey>) -> Result<Found, Miss> {
        let name = self.name(tag, TOKEN);
        let file = self.directory.read(&name).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Miss::NoneCached,
            _ => Miss::Unreadable(error),
        })?;
        let opened = key(&name, &file).and_then(|key| {
            let (binding, response) = entry::read(&seal::open(&key, file)?, clock::now())?;
            (binding == self.binding).then_some(Found { response, key: Remembered { tag, key } })
        });
        opened.ok_or(Miss::DoesNotOpen)
    }

    /// Waits for the lock, within its bounds.
    pub fn take_lock(&self, deadline: Deadline) -> io::Result<Turn> {
        lock::take(&self.directory, &format!("{}{LOCK}", self.prefix), deadline)
    }

    /// Stores a token; what earlier requests failed of is over. `None` without a lifetime: then it is not cached.
    pub fn store(&self, keys: &SecretKeys, response: &TokenResponse) -> io::Result<Option<Remembered>> {
        let Some(content) = entry::write(&self.binding, response) else { return Ok(None) };
        let key = self.put(keys, TOKEN, entry::useless_from(response), &content)?;
        tell(Event::Kept { file: &self.directory.path.join(self.name(key.tag, TOKEN)).to_string_lossy() });
        let _ = self.directory.remove(&self.name(key.tag, OUTCOME));
        Ok(Some(key))
    }

    /// What a failure of another process means for this one, which has been waiting since `since`.
    pub fn shared(&self, keys: &SecretKeys, since: Moment, route: &str) -> Meaning {
        let name = self.name(keys.tag(&self.prefix), OUTCOME);
        let Ok(file) = self.directory.read(&name) else { return Meaning::Nothing };
        let opened = keys.file_key(&name, &file).and_then(|key| seal::open(&key, file));
        let outcome = opened.and_then(|content| Outcome::read(&content));
        let own = outcome.filter(|outcome| outcome.binding == self.binding);
        own.map_or(Meaning::Nothing, |outcome| outcome.meaning(since, route, clock::now()))
    }

    /// Shares a failure with the processes that it concerns, if there can be any.
    pub fn share(&self, keys: &SecretKeys, failed: &RequestError, route: &str, is_typed: bool) -> io::Result<()> {
        let outcome = Outcome::new(&self.binding, failed, route, is_typed, clock::now());
        let written = outcome.and_then(|outcome| Some((outcome.useless_from(), outcome.write()?)));
        let Some((useless_from, content)) = written else { return Ok(()) };
        self.put(keys, OUTCOME, useless_from, &content).map(drop)
    }

    /// What opens the file.
    fn put(&self, keys: &SecretKeys, kind: &str, useless_from: u64, content: &[u8]) -> io::Result<Remembered> {
        let tag = keys.tag(&self.prefix);
        let name = self.name(tag, kind);
        let sealed = seal::seal(keys, &name, useless_from, content);
        let (file, key) = sealed.ok_or_else(|| io::Error::other(Problem::NoRandomBytes))?;
        self.directory.put(&name, &file)?;
        Ok(Remembered { tag, key })
    }

    /// Removes expired files and what killed writers left. A file that is replaced at this moment may go with it, which
    /// costs one request.
    pub fn sweep(&self) {
        for (name, metadata) in self.directory.files().unwrap_or_default() {
            if !is_lock(&name) && self.directory.is_useless(&name, &metadata) {
                let _ = self.directory.remove(&name);
            }
        }
    }

    /// Whether a file is one of this binding's, whosever secret opens it.
    pub fn has(&self, name: &str) -> bool {
        name.starts_with(&self.prefix)
    }

    fn name(&self, tag: [u8; TAG], kind: &str) -> String {
        format!("{}-{}{kind}", self.prefix, seal::tag_text(tag))
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
    let is_tag = |tag: &str| tag.len() == 2 * TAG && is_hex(tag);
    if let Some(binding) = name.strip_suffix(LOCK) {
        return is_binding(binding);
    }
    let stem = name.strip_suffix(TOKEN).or_else(|| name.strip_suffix(OUTCOME));
    stem.and_then(|stem| stem.split_once('-')).is_some_and(|(binding, tag)| is_binding(binding) && is_tag(tag))
}

fn is_binding(text: &str) -> bool {
    text.len() == 32 && is_hex(text)
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
