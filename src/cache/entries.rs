//! The kept tokens that a secret or a remembered key opens, for those who look at all of them, and how one is taken out
//! of the way while the service is asked to end it.
//!
//! A token that is set aside is found by no call. It keeps its seal, which knows it by its old name, under a name that
//! no other process gives, so that nobody writes over it. The next one who revokes takes it over by moving it again,
//! whether the one who set it aside waits, was killed, or does not know what became of its request.

use std::io;

use crate::cache::binding::Binding;
use crate::cache::directory::Directory;
use crate::cache::outcome::Outcome;
use crate::cache::remembered::{self, Remembered};
use crate::cache::seal::{self, FileKey, SecretKeys};
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
    /// Whether another process had set it aside, of which nobody knows how far it came.
    pub was_aside: bool,
    key: FileKey,
}

/// What is kept, as far as it opens.
#[derive(Default)]
pub struct Kept {
    pub entries: Vec<Entry>,
    /// The names of the files that do not open.
    pub sealed: Vec<String>,
}

impl Openers {
    /// The secret with these keys, as far as it is at hand, and every remembered key.
    pub fn new(secret: Option<SecretKeys>, directory: &Directory) -> Self {
        Self { secret, remembered: remembered::all(&directory.path) }
    }

    /// What is kept in the file `name`; `None` when nothing here opens it.
    pub fn open(&self, directory: &Directory, name: &str) -> Option<Entry> {
        self.unseal(name, &directory.read(name).ok()?)
    }

    fn unseal(&self, name: &str, file: &[u8]) -> Option<Entry> {
        let sealed_as = sealed_as(name)?;
        let of_secret = self.secret.as_ref().and_then(|keys| keys.file_key(&sealed_as, file));
        let is_its = |tag| sealed_as.strip_suffix(TOKEN).is_some_and(|name| name.ends_with(&seal::tag_text(tag)));
        let remembered = self.remembered.iter().filter(|found| is_its(found.tag)).map(|found| found.key.clone());
        of_secret.into_iter().chain(remembered).find_map(|key| {
            let (binding, response) = entry::read(&seal::open(&key, file.to_vec())?, clock::now())?;
            Some(Entry { name: Some(name.to_owned()), binding, response, was_aside: name.ends_with(ASIDE), key })
        })
    }

    /// All of it, what was set aside as well. Where a file is gone when it is opened, another process has moved it: it
    /// is looked for again.
    pub fn all(&self, directory: &Directory) -> io::Result<Kept> {
        look(|| {
            let mut kept = Kept::default();
            for name in token_files(directory)? {
                match self.unseal(&name, &directory.read(&name).or_else(unless_gone)?) {
                    Some(entry) => kept.entries.push(entry),
                    None => kept.sealed.push(name),
                }
            }
            Ok(kept)
        })
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

/// The tokens' files that are of use by their own word.
pub fn lasting(directory: &Directory) -> io::Result<Vec<String>> {
    look(|| {
        let mut lasting = Vec::new();
        for name in token_files(directory)? {
            if directory.lasts(&name)? {
                lasting.push(name);
            }
        }
        Ok(lasting)
    })
}

/// Listed as often as it takes to see the same twice: a file that is renamed while a directory is read may be seen
/// under neither name.
fn token_files(directory: &Directory) -> io::Result<Vec<String>> {
    let list = || -> io::Result<Vec<String>> {
        Ok(directory.files()?.into_iter().map(|(name, _)| name).filter(|name| is_token(name)).collect())
    };
    let mut names = list()?;
    for _ in 0..LOOKS {
        let again = list()?;
        if again == names {
            break;
        }
        names = again;
    }
    Ok(names)
}

/// Others move files now and then, and not all the time.
const LOOKS: u32 = 100;

/// Looks again as long as a file that was listed is gone when it is opened.
fn look<T>(mut once: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let mut result = once();
    for _ in 1..LOOKS {
        match &result {
            Err(error) if error.kind() == io::ErrorKind::NotFound => result = once(),
            _ => break,
        }
    }
    result
}

/// A file that cannot be read does not open.
fn unless_gone(error: io::Error) -> io::Result<Vec<u8>> {
    if error.kind() == io::ErrorKind::NotFound { Err(error) } else { Ok(Vec::new()) }
}

fn open_outcome(keys: &SecretKeys, name: &str, file: Vec<u8>) -> Option<Vec<u8>> {
    seal::open(&keys.file_key(name, &file)?, file)
}

impl Entry {
    /// Whether calls find it: it could not be set aside.
    pub fn is_in_place(&self) -> bool {
        self.name.as_ref().is_some_and(|name| name.ends_with(TOKEN))
    }

    pub fn has_the_file_of(&self, other: &Self) -> bool {
        self.name.is_some() && self.name == other.name
    }

    /// A token whose file is another one's by now.
    pub fn without_file(self) -> Self {
        Self { name: None, ..self }
    }

    /// From here on no call finds it, and nobody else puts it back. The error is that it cannot be moved; `NotFound`:
    /// somebody else was quicker.
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
        remembered::forget_key(&directory.path, &self.key);
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
