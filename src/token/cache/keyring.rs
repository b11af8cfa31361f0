//! The key of one entry, remembered by the Linux kernel for as long as the token in it lives.
//!
//! Where getting the secret would run a command or ask a person, the entry is opened by its own key instead: never by
//! the secret, nor by anything that opens another file. It is in the user's keyring, in memory that is never swapped
//! out, for processes of this user alone, also those in another session (a systemd unit, cron).
//!
//! A key that is added to the user's keyring itself cannot be given a time-out there by a process with a session of its
//! own (EACCES), and one that is added over another loses that one's. So it is made in the process's own keyring, gets
//! its permissions and its time-out, and is linked only then. Whatever fails on the way: nothing is linked.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::time::Duration;

use ring::digest::{SHA256, digest};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::credential::Cost;
use crate::token::cache::binding::Binding;
use crate::token::cache::hex;
use crate::token::cache::seal::{FileKey, TAG};

/// What opens one entry: the tag in its name, and its key.
pub struct Remembered {
    pub tag: [u8; TAG],
    pub key: FileKey,
}

/// Why nothing is remembered.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum KeyringError {
    QuotaUsedUp,
    NotAllowed,
    NoKeyring,
    /// The crate's name for it.
    Other(String),
}

/// Where the key for a binding and a way to the secret is remembered. Another command is another place, and so is
/// another directory.
pub struct Slot(String);

/// How the names of a directory's keys begin. The kernel counts a name: a user has 20,000 bytes for all keys.
fn prefix(directory: &Path) -> String {
    let directory = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
    let digest = digest(&SHA256, directory.as_os_str().as_bytes());
    format!("catena-token:{}:", hex(&digest.as_ref()[..4]))
}

impl Slot {
    /// `None` where getting the secret costs nothing.
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

    /// Remembers it for `lifetime`, instead of what was there.
    pub fn remember(&self, remembered: &Remembered, lifetime: Duration) -> Result<(), KeyringError> {
        let payload = Zeroizing::new([&remembered.tag[..], &remembered.key.0[..]].concat());
        // A time-out of 0 would be none.
        let seconds = usize::try_from(lifetime.as_secs()).unwrap_or(usize::MAX).clamp(1, i32::MAX as usize);
        kernel::write(&self.0, &payload, seconds)
    }
}

/// Whether there is a keyring that could remember one.
pub fn is_there() -> Result<(), KeyringError> {
    kernel::read("catena-token:").map(drop)
}

/// Every key that is remembered for a file in `directory`.
pub fn all(directory: &Path) -> Vec<Remembered> {
    let mut all = Vec::new();
    kernel::unlink(&prefix(directory), |found| {
        all.extend(found);
        false
    });
    all
}

/// Forgets them; how many there were.
pub fn forget(directory: &Path) -> usize {
    kernel::unlink(&prefix(directory), |_| true)
}

/// Forgets the key of one file, however its secret is got.
pub fn forget_key(directory: &Path, key: &FileKey) {
    kernel::unlink(&prefix(directory), |found| found.is_some_and(|found| found.key.0 == key.0));
}

#[cfg(target_os = "linux")]
mod kernel {
    use linux_keyutils::{Key, KeyError, KeyPermissions, KeyRing, KeyRingIdentifier};

    use super::{FileKey, KeyringError, Remembered, TAG, Zeroizing};

    /// All to whoever possesses it; view, read and search to the user, as that is what a session of its own has.
    const PERMISSIONS: u32 = 0x3f0b_0000;

    /// More than a user's keyring can hold. The crate hands the kernel as many bytes of it.
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

    /// Unlinks the keys with this prefix that are `meant` by what they hold, and counts them. What cannot be read is
    /// `None`.
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
