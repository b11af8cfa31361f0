//! The key of one entry, remembered by the Linux kernel while the token in it lives.
//!
//! Where getting the secret would run a command or ask a person, this key opens the entry, and no other file. It is in
//! the user's keyring: never swapped out, and for this user's processes only, in any session (a systemd unit, cron).
//!
//! In the user's keyring itself, a process with its own session cannot set a key's timeout (EACCES), and replacing a
//! key drops it. So a key is created in the process's keyring, gets permissions and timeout, and is linked last.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ring::digest::{SHA256, digest};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::credential::Cost;
use crate::token::cache::seal::{FileKey, TAG};
use crate::token::cache::{Binding, hex};

/// The key of one entry, and the tag in the entry's name.
pub struct Remembered {
    pub tag: [u8; TAG],
    pub key: FileKey,
}

#[derive(Debug, Error)]
#[error("{self:?}")]
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "there is no keyring that could refuse"))]
pub enum KeyringError {
    QuotaUsedUp,
    NotAllowed,
    NoKeyring,
    /// The crate's name for the error.
    Other(String),
}

/// The description of a key: it depends on the directory, the binding and the command that prints the secret.
pub struct Slot(String);

/// The prefix of a directory's keys. It is short, because a user has 20,000 bytes for all keys and descriptions.
///
/// It depends on the absolute path without `.` and needless slashes. Links stay, as each costs a cached token a system
/// call: [`forget`] also looks under the path that a link leads to, but not under that of every link to it.
fn prefix(directory: &Path) -> String {
    let directory: PathBuf = std::path::absolute(directory).as_deref().unwrap_or(directory).components().collect();
    let digest = digest(&SHA256, directory.as_os_str().as_bytes());
    format!("catena-token:{}:", hex(&digest.as_ref()[..4]))
}

impl Slot {
    /// `None` if getting the secret costs nothing.
    pub fn new(directory: &Path, binding: &Binding, cost: Cost<'_>) -> Option<Self> {
        let (kind, command) = match cost {
            Cost::Nothing => return None,
            Cost::Command(command) => ("command", command),
            Cost::Person => ("person", OsStr::new("")),
        };
        Some(Self(prefix(directory) + &binding.name(&[kind.as_bytes(), command.as_bytes()])))
    }

    pub fn recall(&self) -> Result<Option<Remembered>, KeyringError> {
        kernel::read(&self.0)
    }

    /// Remembers a key for `lifetime`, and replaces the previous one.
    pub fn remember(&self, remembered: &Remembered, lifetime: Duration) -> Result<(), KeyringError> {
        let payload = Zeroizing::new([&remembered.tag[..], &remembered.key.0[..]].concat());
        // A timeout of 0 would be none.
        let seconds = usize::try_from(lifetime.as_secs()).unwrap_or(usize::MAX).clamp(1, i32::MAX as usize);
        kernel::write(&self.0, &payload, seconds)
    }
}

pub fn is_there() -> Result<(), KeyringError> {
    kernel::read("catena-token:").map(drop)
}

pub fn all(directory: &Path) -> Vec<Remembered> {
    let mut all = Vec::new();
    kernel::unlink(&prefix(directory), |found| {
        all.extend(found);
        false
    });
    all
}

/// Forgets every key for `directory`, and counts them.
pub fn forget(directory: &Path) -> usize {
    let target = fs::canonicalize(directory).unwrap_or_default();
    kernel::unlink(&prefix(directory), |_| true) + kernel::unlink(&prefix(&target), |_| true)
}

/// Forgets the key of one file, in any slot.
pub fn forget_key(directory: &Path, key: &FileKey) {
    kernel::unlink(&prefix(directory), |found| found.is_some_and(|found| found.key.0 == key.0));
}

#[cfg(target_os = "linux")]
mod kernel {
    use linux_keyutils::{Key, KeyError, KeyPermissions, KeyRing, KeyRingIdentifier};

    use super::{FileKey, KeyringError, Remembered, TAG, Zeroizing};

    /// All rights for a possessor; view, read and search for the user, for processes in another session.
    const PERMISSIONS: u32 = 0x3f0b_0000;

    /// More than a user's keyring can hold.
    const MOST_LINKS: usize = 64 * 1024;

    pub fn read(name: &str) -> Result<Option<Remembered>, KeyringError> {
        match user().and_then(|ring| ring.search(name)) {
            Ok(key) => Ok(remembered(key)),
            Err(KeyError::KeyDoesNotExist | KeyError::KeyExpired | KeyError::KeyRevoked) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub fn write(name: &str, payload: &[u8], seconds: usize) -> Result<(), KeyringError> {
        let key = KeyRing::from_special_id(KeyRingIdentifier::Process, true)?.add_key(name, payload)?;
        key.set_perms(KeyPermissions::from_u32(PERMISSIONS))?;
        key.set_timeout(seconds)?;
        Ok(user()?.link_key(key)?)
    }

    /// Unlinks and counts the keys with this prefix for which `meant` is true; it gets `None` for an unreadable key.
    pub fn unlink(prefix: &str, mut meant: impl FnMut(Option<Remembered>) -> bool) -> usize {
        let Ok(ring) = user() else { return 0 };
        let Ok(links) = ring.get_links(MOST_LINKS) else { return 0 };
        let is_ours = |key: &Key| key.metadata().is_ok_and(|found| found.get_description().starts_with(prefix));
        let ours = links.iter().filter_map(|link| link.as_key()).filter(is_ours);
        ours.filter(|key| meant(remembered(*key)) && ring.unlink_key(*key).is_ok()).count()
    }

    fn remembered(key: Key) -> Option<Remembered> {
        let mut payload = Zeroizing::new([0; TAG + 32]);
        key.read(&mut *payload).ok().filter(|length| *length == payload.len())?;
        let key = FileKey(Zeroizing::new(*payload.last_chunk()?));
        Some(Remembered { tag: *payload.first_chunk()?, key })
    }

    fn user() -> Result<KeyRing, KeyError> {
        KeyRing::from_special_id(KeyRingIdentifier::User, true)
    }

    impl From<KeyError> for KeyringError {
        fn from(error: KeyError) -> Self {
            match error {
                KeyError::QuotaExceeded => Self::QuotaUsedUp,
                KeyError::AccessDenied | KeyError::PermissionDenied => Self::NotAllowed,
                KeyError::OperationNotSupported => Self::NoKeyring,
                other => Self::Other(format!("{other:?}")),
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod kernel {
    use super::{KeyringError, Remembered};

    pub fn read(_: &str) -> Result<Option<Remembered>, KeyringError> {
        Err(KeyringError::NoKeyring)
    }

    pub fn write(_: &str, _: &[u8], _: usize) -> Result<(), KeyringError> {
        Err(KeyringError::NoKeyring)
    }

    pub fn unlink(_: &str, _: impl FnMut(Option<Remembered>) -> bool) -> usize {
        0
    }
}
