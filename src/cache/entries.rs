//! The cached tokens that a secret or a remembered key opens, for the commands that look at all of them.

use std::io;

use crate::cache::binding::Binding;
use crate::cache::directory::Directory;
use crate::cache::remembered::{self, Remembered};
use crate::cache::seal::{self, FileKey, SecretKeys};
use crate::cache::{TOKEN, entry, is_token};
use crate::clock;
use crate::oauth::token_response::TokenResponse;

/// What opens entries here.
pub struct Openers {
    secret: Option<SecretKeys>,
    remembered: Vec<Remembered>,
}

/// A cached token that opens.
pub struct Entry {
    /// The name of its file.
    name: String,
    pub binding: Binding,
    pub response: TokenResponse,
    key: FileKey,
}

/// What is cached, as far as it opens.
#[derive(Default)]
pub struct Cached {
    pub entries: Vec<Entry>,
    /// The names of the files that do not open.
    pub sealed: Vec<String>,
}

impl Openers {
    /// The secret with these keys, as far as it is at hand, and every remembered key.
    pub fn new(secret: Option<SecretKeys>, directory: &Directory) -> Self {
        Self { secret, remembered: remembered::all(&directory.path) }
    }

    /// The entry in the file `name`; `None` when it cannot be read, or nothing here opens it.
    pub fn open(&self, directory: &Directory, name: &str) -> Option<Entry> {
        let file = directory.read(name).ok()?;
        let of_secret = self.secret.as_ref().and_then(|keys| keys.file_key(name, &file));
        let is_its = |tag| name.strip_suffix(TOKEN).is_some_and(|stem| stem.ends_with(&seal::tag_text(tag)));
        let remembered = self.remembered.iter().filter(|found| is_its(found.tag)).map(|found| found.key.clone());
        of_secret.into_iter().chain(remembered).find_map(|key| {
            let (binding, response) = entry::read(&seal::open(&key, file.clone())?, clock::now())?;
            Some(Entry { name: name.to_owned(), binding, response, key })
        })
    }

    pub fn all(&self, directory: &Directory) -> io::Result<Cached> {
        let mut cached = Cached::default();
        for name in token_files(directory)? {
            match self.open(directory, &name) {
                Some(entry) => cached.entries.push(entry),
                None => cached.sealed.push(name),
            }
        }
        Ok(cached)
    }
}

/// The files of tokens that have not expired, as the files say themselves.
pub fn lasting(directory: &Directory) -> io::Result<Vec<String>> {
    Ok(token_files(directory)?.into_iter().filter(|name| directory.lasts(name)).collect())
}

fn token_files(directory: &Directory) -> io::Result<Vec<String>> {
    Ok(directory.files()?.into_iter().map(|(name, _)| name).filter(|name| is_token(name)).collect())
}

impl Entry {
    /// The entry in its file now, which another process may have replaced.
    pub fn reopened(&self, openers: &Openers, directory: &Directory) -> Option<Self> {
        openers.open(directory, &self.name)
    }

    /// Removes it, and the key that is remembered for it.
    pub fn forget(self, directory: &Directory) -> io::Result<()> {
        remembered::forget_key(&directory.path, &self.key);
        match directory.remove(&self.name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}
