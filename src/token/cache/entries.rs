//! What is kept of a token: the server's answer, when it was asked for, and how long it lives. Commands look at all of
//! them, as far as a secret or a remembered key opens them.

use std::io;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::base::clock::{self, Moment};
use crate::base::secret::Secret;
use crate::oauth::token_response::TokenResponse;
use crate::token::cache::binding::Binding;
use crate::token::cache::directory::Directory;
use crate::token::cache::keyring::{self, Remembered};
use crate::token::cache::seal::{self, FileKey, SecretKeys};
use crate::token::cache::{CacheError, is_token};

/// No token is kept for longer, whatever a server says: to ask once a year costs nothing.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// As it stands inside the seal.
#[derive(Serialize, Deserialize)]
struct Sealed<'a> {
    binding: Binding,
    asked_at: Moment,
    /// Milliseconds.
    lifetime: u64,
    #[serde(borrow)]
    answer: &'a RawValue,
}

/// The response must have a lifetime: without one, it would be of no use at once.
pub fn write(binding: &Binding, response: &TokenResponse) -> io::Result<Vec<u8>> {
    let answer: &RawValue = serde_json::from_str(&response.json)?;
    let lifetime = kept_for(response).as_millis() as u64;
    Ok(serde_json::to_vec(&Sealed { binding: binding.clone(), asked_at: response.asked_at, lifetime, answer })?)
}

/// The token in `content` as it is now, and what it is for.
pub fn read(content: &[u8]) -> Option<(Binding, TokenResponse)> {
    let Sealed { binding, asked_at, lifetime, answer } = serde_json::from_slice(content).ok()?;
    let lifetime = Some(Duration::from_millis(lifetime));
    Some((binding, TokenResponse::cached(answer.get().to_owned(), asked_at, lifetime, clock::now())?))
}

/// The moment from which it is of no use, in seconds since 1970.
pub fn expires_at(response: &TokenResponse) -> u64 {
    response.asked_at.after(kept_for(response)).unix_seconds()
}

fn kept_for(response: &TokenResponse) -> Duration {
    response.lifetime.unwrap_or_default().min(LONGEST)
}

/// What opens the entries of a directory: a secret, as far as it is at hand, and every remembered key.
pub struct DecryptionKeys<'a> {
    pub directory: &'a Directory,
    secret: Option<SecretKeys>,
    remembered: Vec<Remembered>,
}

/// A cached token that opens.
pub struct Entry {
    /// The name of its file.
    pub name: String,
    pub binding: Binding,
    pub response: TokenResponse,
    key: FileKey,
}

impl<'a> DecryptionKeys<'a> {
    pub fn new(secret: Option<&Secret>, directory: &'a Directory) -> Self {
        Self { directory, secret: secret.map(SecretKeys::of), remembered: keyring::all(&directory.path) }
    }

    /// The entry in the file `name`; `None` when it cannot be read, or nothing here opens it.
    pub fn open(&self, name: &str) -> Option<Entry> {
        let file = self.directory.read(name).ok()?;
        let of_secret = self.secret.as_ref().and_then(|keys| keys.file_key(name, &file));
        let remembered = self.remembered.iter().map(|found| found.key.clone());
        of_secret.into_iter().chain(remembered).find_map(|key| {
            let (binding, response) = read(&seal::open(&key, file.clone())?)?;
            Some(Entry { name: name.to_owned(), binding, response, key })
        })
    }

    /// Removes an entry, and the key that is remembered for it.
    pub fn forget(&self, entry: Entry) -> Result<(), CacheError> {
        let path = &self.directory.path;
        keyring::forget_key(path, &entry.key);
        match self.directory.remove(&entry.name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(CacheError::CopyNotRemoved(path.clone(), error))
            }
            _ => Ok(()),
        }
    }
}

/// The files of tokens that have not expired, as the files say themselves.
pub fn lasting(directory: &Directory) -> Result<Vec<String>, CacheError> {
    let files = directory.files().map_err(|error| CacheError::Unreadable(directory.path.clone(), error))?;
    let now = clock::now().unix_seconds();
    let lasts = |name: &String| is_token(name) && directory.expires_at(name).is_some_and(|from| from > now);
    Ok(files.into_iter().map(|(name, _)| name).filter(lasts).collect())
}
