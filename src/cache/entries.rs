//! The kept tokens that a secret or a remembered key opens, for those who look at all of them, and how one is taken out
//! of the way while the service is asked to end it.
//!
//! A token that is set aside is found by no call. It keeps its seal, which knows it by its old name, and is found by the
//! next one who revokes, should this one be killed.

use std::io;

use zeroize::Zeroizing;

use crate::cache::binding::Binding;
use crate::cache::directory::Directory;
use crate::cache::outcome::Outcome;
use crate::cache::remembered::{self, Remembered};
use crate::cache::seal::{self, SecretKeys};
use crate::cache::{ASIDE, OUTCOME, TOKEN, entry, is_token};
use crate::clock;
use crate::oauth::access_token::AccessToken;
use crate::oauth::token_response::TokenResponse;

/// What opens files here.
pub struct Openers {
    secret: Option<SecretKeys>,
    remembered: Vec<Remembered>,
}

/// A kept token that opens.
pub struct Entry {
    /// The name of its file as it is now.
    name: String,
    pub binding: Binding,
    pub response: TokenResponse,
}

impl Openers {
    /// The secret with these keys, as far as it is at hand, and every remembered key.
    pub fn new(secret: Option<SecretKeys>, directory: &Directory) -> Self {
        Self { secret, remembered: remembered::all(&directory.path) }
    }

    /// What is kept in the file `name`; `None` when nothing here opens it.
    pub fn open(&self, directory: &Directory, name: &str) -> Option<Entry> {
        let file = directory.read(name).ok()?;
        let sealed_as = named(name, TOKEN)?;
        let of_secret = self.secret.as_ref().and_then(|keys| keys.file_key(&sealed_as, &file));
        let is_its = |tag| sealed_as.strip_suffix(TOKEN).is_some_and(|name| name.ends_with(&seal::tag_text(tag)));
        let remembered = self.remembered.iter().filter(|found| is_its(found.tag)).map(|found| found.key.clone());
        let mut keys = of_secret.into_iter().chain(remembered);
        let (binding, response) = keys.find_map(|key| entry::read(&seal::open(&key, file.clone())?, clock::now()))?;
        Some(Entry { name: name.to_owned(), binding, response })
    }

    /// All that opens, the ones that were set aside as well.
    pub fn all(&self, directory: &Directory) -> io::Result<Vec<Entry>> {
        let names = directory.files()?.into_iter().map(|(name, _)| name);
        let tokens = names.filter(|name| is_token(name) || name.ends_with(ASIDE));
        Ok(tokens.filter_map(|name| self.open(directory, &name)).collect())
    }

    /// Removes what hands `token` on to those who wait for it.
    pub fn forget_handed_on(&self, directory: &Directory, token: &AccessToken) {
        let Some(keys) = &self.secret else { return };
        for (name, _) in directory.files().unwrap_or_default().iter().filter(|(name, _)| name.ends_with(OUTCOME)) {
            let opened = directory.read(name).ok().and_then(|file| open_outcome(keys, name, file));
            if opened.is_some_and(|content| Outcome::read(&content).is_some_and(|outcome| outcome.holds(token))) {
                let _ = directory.remove(name);
            }
        }
    }
}

fn open_outcome(keys: &SecretKeys, name: &str, file: Zeroizing<Vec<u8>>) -> Option<Zeroizing<Vec<u8>>> {
    seal::open(&keys.file_key(name, &file)?, file)
}

impl Entry {
    /// From here on no call finds it.
    pub fn set_aside(&mut self, directory: &Directory) -> io::Result<()> {
        let aside = named(&self.name, ASIDE).unwrap_or_else(|| self.name.clone());
        directory.rename(&self.name, &aside)?;
        self.name = aside;
        Ok(())
    }

    /// As it was before. Where a newer one is kept meanwhile, it stays aside for the next one who revokes.
    pub fn put_back(self, directory: &Directory) -> io::Result<()> {
        match named(&self.name, TOKEN) {
            Some(token) if !directory.has(&token) => directory.rename(&self.name, &token),
            _ => Ok(()),
        }
    }

    /// Removes it, and the key that is remembered for it.
    pub fn forget(self, directory: &Directory) -> io::Result<()> {
        if let Some(tag) = self.name.split_once('-').and_then(|(_, rest)| rest.split_once('.')) {
            remembered::forget_tag(&directory.path, tag.0);
        }
        match directory.remove(&self.name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// The name of a token's file with another ending.
fn named(name: &str, kind: &str) -> Option<String> {
    let stem = name.strip_suffix(TOKEN).or_else(|| name.strip_suffix(ASIDE))?;
    Some(format!("{stem}{kind}"))
}
