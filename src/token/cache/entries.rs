//! Cached tokens: the response, when it was requested, and its lifetime.

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::base::clock::{self, Moment};
use crate::oauth::endpoints::Endpoints;
use crate::oauth::token_response::TokenResponse;
use crate::token::cache::directory::Directory;
use crate::token::cache::keyring::{self, Remembered};
use crate::token::cache::seal::{self, FileKey, SecretKeys};
use crate::token::cache::{Binding, CacheError, TOKEN, hex, is_token};

/// The longest time that a token is cached: a request a year costs nothing.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// The content of a sealed file.
#[derive(Serialize, Deserialize)]
struct Sealed<'a> {
    binding: Binding,
    asked_at: Moment,
    /// In milliseconds.
    lifetime: u64,
    #[serde(borrow)]
    answer: &'a RawValue,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    discovered: Option<Cow<'a, Endpoints>>,
}

/// The content of an entry, and when it expires, in seconds since 1970: at once if the response has no lifetime.
pub fn write(binding: &Binding, response: &TokenResponse) -> io::Result<(Vec<u8>, u64)> {
    let answer: &RawValue = serde_json::from_str(&response.json)?;
    let (asked_at, lifetime) = (response.asked_at, response.lifetime.unwrap_or_default().min(LONGEST));
    let expires_at = asked_at.after(lifetime).unix_seconds();
    let (lifetime, discovered) = (lifetime.as_millis() as u64, response.discovered.as_ref().map(Cow::Borrowed));
    let sealed = Sealed { binding: binding.clone(), asked_at, lifetime, answer, discovered };
    Ok((serde_json::to_vec(&sealed)?, expires_at))
}

/// The token in `content`, with its current remaining lifetime, and what it is for.
pub fn read(content: &[u8]) -> Option<(Binding, TokenResponse)> {
    read_at(content, &|asked_at, _, _| asked_at)
}

/// The time of the request may have to be put on another clock.
fn read_at(content: &[u8], at: &dyn Fn(Moment, Duration, Moment) -> Moment) -> Option<(Binding, TokenResponse)> {
    let Sealed { binding, asked_at, lifetime, answer, discovered } = serde_json::from_slice(content).ok()?;
    let (lifetime, now) = (Duration::from_millis(lifetime), clock::now());
    let asked_at = at(asked_at, lifetime, now);
    let response = TokenResponse::cached(answer.get().to_owned(), asked_at, Some(lifetime), now)?;
    Some((binding, TokenResponse { discovered: discovered.map(Cow::into_owned), ..response }))
}

/// Another machine's clock may be this far behind or ahead.
pub const CLOCKS_APART: Duration = Duration::from_secs(5 * 60);

/// The token in `content` that another machine wrote and the store keeps for `left`, on this machine's clocks. Whatever
/// the store says, it has expired when it has by the wall clock.
pub fn read_shared(content: &[u8], left: Duration) -> Option<(Binding, TokenResponse)> {
    read_at(content, &|asked_at: Moment, lifetime: Duration, now: Moment| {
        let by_wall = asked_at.after(lifetime.saturating_add(CLOCKS_APART)).wall.saturating_sub(now.wall);
        now.before(lifetime - left.min(lifetime).min(Duration::from_micros(by_wall)))
    })
}

/// Keys for the entries of a directory: the secret's, if it is known, and every remembered one.
pub struct DecryptionKeys<'a> {
    pub directory: &'a Directory,
    secret: Option<&'a SecretKeys>,
    remembered: Vec<Remembered>,
}

/// A cached token that opens.
pub struct Entry {
    pub name: String,
    pub binding: Binding,
    pub response: TokenResponse,
    key: FileKey,
}

impl<'a> DecryptionKeys<'a> {
    pub fn new(secret: Option<&'a SecretKeys>, directory: &'a Directory) -> Self {
        Self { directory, secret, remembered: keyring::all(&directory.path) }
    }

    /// The entry in the file `name`; `None` if it cannot be read, or no key opens it.
    pub fn open(&self, name: &str) -> Option<Entry> {
        // Other secrets' files, which have other tags in their names, are not even read.
        let (binding, tag) = name.strip_suffix(TOKEN)?.split_once('-')?;
        let secret = self.secret.filter(|keys| hex(&keys.tag(binding)) == tag);
        let mut remembered = self.remembered.iter().filter(|found| hex(&found.tag) == tag).peekable();
        if secret.is_none() {
            remembered.peek()?;
        }
        let file = self.directory.read(name).ok()?;
        let of_secret = secret.and_then(|keys| keys.file_key(name, &file));
        of_secret.into_iter().chain(remembered.map(|found| found.key.clone())).find_map(|key| {
            let (binding, response) = read(&seal::open(&key, file.clone())?)?;
            Some(Entry { name: name.to_owned(), binding, response, key })
        })
    }

    /// Deletes an entry and its remembered key.
    pub fn forget(&self, entry: Entry) -> Result<(), CacheError> {
        let path = &self.directory.path;
        keyring::forget_key(path, &entry.key);
        let removed = self.directory.remove(&entry.name);
        let failed = removed.err().filter(|error| error.kind() != io::ErrorKind::NotFound);
        failed.map_or(Ok(()), |error| Err(CacheError::CopyNotRemoved(path.clone(), error)))
    }
}

/// The names of tokens' files, in a directory that others cannot change.
pub fn names(directory: &Directory) -> Result<Vec<String>, CacheError> {
    let mut names = directory.check().and_then(|()| directory.names()).map_err(|error| directory.unusable(error))?;
    names.retain(|name| is_token(name));
    Ok(names)
}

/// Whether a token has not expired, according to the head of its file.
pub fn lasts(directory: &Directory, name: &str) -> bool {
    directory.expires_at(name).is_some_and(|from| from > clock::now().unix_seconds())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::endpoints::KnownBy;

    #[test]
    fn the_discovered_endpoints_are_part_of_an_entry_that_may_have_none() {
        let binding = r#"{"issuer":"i","client_id":"c","scope":"","client_auth":"post"}"#;
        let entry = format!(
            r#"{{"binding":{binding},"asked_at":{{"wall":1,"boot":1,"boot_id":{}}},"lifetime":9,"answer":{{"access_token":"a"}}}}"#,
            crate::base::clock::boot_id()
        );
        let (binding, response) = read(entry.as_bytes()).unwrap();
        assert_eq!(response.discovered, None);
        assert_eq!(write(&binding, &response).unwrap().0, entry.as_bytes());
        let endpoints = Endpoints {
            token: Some("https://h/t".into()),
            revocation: None,
            keys: None,
            known_by: KnownBy::Document { auth_methods: crate::display::untrusted::UntrustedText::default() },
        };
        let response = TokenResponse { discovered: Some(endpoints.clone()), ..response };
        let (_, response) = read(&write(&binding, &response).unwrap().0).unwrap();
        assert_eq!(response.discovered, Some(endpoints));
    }
}
