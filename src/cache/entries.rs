//! The kept tokens that a secret or a remembered key opens, for those who look at all of them, and how one is taken out
//! of the way while the service is asked to end it.
//!
//! A token that is set aside is found by no call. It keeps its seal, which knows it by its old name, under a name that
//! only the process knows which set it aside: nobody else puts it back or writes over it. One that such a process left,
//! because it was killed or does not know whether it was obeyed, is found by the next one who revokes.

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
    /// The name of its file as it is now; `None` when that is another one's by now.
    name: Option<String>,
    pub binding: Binding,
    pub response: TokenResponse,
    /// Whether it was set aside by a process of which nobody knows how it ended.
    pub was_aside: bool,
}

impl Openers {
    /// The secret with these keys, as far as it is at hand, and every remembered key.
    pub fn new(secret: Option<SecretKeys>, directory: &Directory) -> Self {
        Self { secret, remembered: remembered::all(&directory.path) }
    }

    /// What is kept in the file `name`; `None` when nothing here opens it.
    pub fn open(&self, directory: &Directory, name: &str) -> Option<Entry> {
        let file = directory.read(name).ok()?;
        let sealed_as = sealed_as(name)?;
        let of_secret = self.secret.as_ref().and_then(|keys| keys.file_key(&sealed_as, &file));
        let is_its = |tag| sealed_as.strip_suffix(TOKEN).is_some_and(|name| name.ends_with(&seal::tag_text(tag)));
        let remembered = self.remembered.iter().filter(|found| is_its(found.tag)).map(|found| found.key.clone());
        let mut keys = of_secret.into_iter().chain(remembered);
        let (binding, response) = keys.find_map(|key| entry::read(&seal::open(&key, file.clone())?, clock::now()))?;
        Some(Entry { name: Some(name.to_owned()), binding, response, was_aside: name.ends_with(ASIDE) })
    }

    /// All that opens, the ones that were set aside as well.
    pub fn all(&self, directory: &Directory) -> io::Result<Vec<Entry>> {
        let names = directory.files()?.into_iter().map(|(name, _)| name);
        let tokens = names.filter(|name| is_token(name));
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
    pub fn is_file(&self, name: &str) -> bool {
        self.name.as_deref() == Some(name)
    }

    pub fn has_the_file_of(&self, other: &Self) -> bool {
        self.name.is_some() && self.name == other.name
    }

    /// A token whose file is another one's by now.
    pub fn without_file(self) -> Self {
        Self { name: None, ..self }
    }

    /// From here on no call finds it, and it is nobody else's. The error is that it cannot be moved; `NotFound`: somebody
    /// else was quicker.
    pub fn set_aside(&mut self, openers: &Openers, directory: &Directory) -> io::Result<()> {
        let Some(name) = &self.name else { return Ok(()) };
        let sealed_as = sealed_as(name).unwrap_or_default();
        let stem = sealed_as.strip_suffix(TOKEN).unwrap_or_default();
        let aside = format!("{stem}.{:08x}{ASIDE}", fastrand::u32(..));
        directory.rename(name, &aside)?;
        let moved = openers.open(directory, &aside);
        if moved.is_some_and(|moved| moved.response.access_token == self.response.access_token) {
            self.name = Some(aside);
            return Ok(());
        }
        // Somebody who does not wait for the lock has put another one there.
        self.name = None;
        directory.move_if_free(&aside, &sealed_as)
    }

    /// As it was before, unless nobody knows what became of it, or a newer one is kept meanwhile.
    pub fn put_back(self, directory: &Directory) -> io::Result<()> {
        match self.name.as_deref().and_then(|name| Some((name, sealed_as(name)?))) {
            Some((name, token)) if !self.was_aside => directory.move_if_free(name, &token),
            _ => Ok(()),
        }
    }

    /// Removes it, and the key that is remembered for it.
    pub fn forget(self, directory: &Directory) -> io::Result<()> {
        let Some(name) = self.name else { return Ok(()) };
        if let Some(tag) = name.split_once('-').and_then(|(_, rest)| rest.split_once('.')) {
            remembered::forget_tag(&directory.path, tag.0);
        }
        match directory.remove(&name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// The name that a token's file had when it was sealed.
fn sealed_as(name: &str) -> Option<String> {
    let stem = match name.strip_suffix(ASIDE) {
        Some(aside) => aside.rsplit_once('.')?.0,
        None => name.strip_suffix(TOKEN)?,
    };
    Some(format!("{stem}{TOKEN}"))
}
