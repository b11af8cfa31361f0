//! Revokes tokens at the service, and deletes their cached copies.
//!
//! A cached token is read, revoked and deleted under the lock of its binding, so that two `revoke`s at once both tell
//! the truth and no newer token is deleted for it. It is deleted as well when the outcome is unknown, because no call
//! may print a token that may be revoked. If the service says that it did not revoke it, it stays.

use std::time::SystemTime;

use thiserror::Error;

use crate::base::clock;
use crate::base::event::{Event, Warning, emit};
use crate::display::redact;
use crate::oauth::jwt::{Jwt, claims};
use crate::oauth::realm::Revoked;
use crate::oauth::token_response::AccessToken;
use crate::token::cache::directory::Directory;
use crate::token::cache::entries::{self, DecryptionKeys, Entry};
use crate::token::cache::lock::LockAttempt;
use crate::token::cache::{Cache, CacheError};
use crate::token::source::TokenSource;
use crate::token::source::call::Call;
use crate::token::source::error::TokenError;

/// Which tokens are meant.
#[derive(Clone, Copy)]
pub enum Which<'a> {
    /// The kept ones for what this source is asked for.
    Cached,
    /// Every kept one of this client, of whatever scope.
    All,
    Given(&'a AccessToken),
}

/// How it ended for one token.
pub struct RevokedToken {
    pub revoked: Revoked,
    /// Until when an API that asks nobody accepts it; `None` where it does not say.
    pub expires: Option<SystemTime>,
}

/// Why a token was not ended, or its copy is still there.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum RevocationError {
    NotRevoked(#[from] TokenError),
    /// A token that is given may have been revoked: to try again does no harm.
    InDoubt(TokenError),
    Cache(#[from] CacheError),
}

/// What was ended, and what kept the rest from being.
#[derive(Default)]
pub struct RevocationReport {
    pub ended: Vec<RevokedToken>,
    pub errors: Vec<RevocationError>,
    /// How many are kept that do not open, and may be meant.
    pub sealed: usize,
    /// How many were not asked about, because of the last failure.
    pub left: usize,
    /// Whether others are kept than those that were looked for.
    pub has_others: bool,
}

struct Revocation<'a> {
    call: Call<'a>,
    ending: RevocationReport,
}

impl TokenSource {
    /// Ends tokens at the service, and forgets them.
    pub fn revoke(&self, which: Which<'_>) -> RevocationReport {
        let mut revocation = Revocation { call: self.call(), ending: RevocationReport::default() };
        let result = match (which, &self.cache) {
            (Which::Given(token), _) => revocation.revoke_given(token),
            (Which::Cached | Which::All, Some(cache)) => revocation.revoke_cached(which, cache),
            (Which::Cached | Which::All, None) => Ok(()),
        };
        revocation.ending.errors.extend(result.err());
        revocation.ending
    }
}

impl Revocation<'_> {
    /// A refusal is of one token, and the others are revoked all the same; after any other failure they are left alone.
    fn revoke_cached(&mut self, which: Which<'_>, cache: &Cache) -> Result<(), RevocationError> {
        let is_all = matches!(which, Which::All);
        let lasting = entries::lasting(&cache.directory)?;
        let (names, others): (Vec<_>, Vec<_>) = lasting.iter().partition(|name| is_all || cache.has(name));
        self.ending.has_others = !others.is_empty();
        // Do not ask for a secret that is not needed.
        if names.is_empty() {
            return Ok(());
        }
        let decryption = self.decryption(&cache.directory)?;
        let mut meant: Vec<Entry> = names.iter().filter_map(|name| decryption.open(name)).collect();
        self.ending.sealed = names.len() - meant.len();
        let own = &cache.binding;
        meant.retain(|Entry { binding, .. }| match is_all {
            true => binding.issuer == own.issuer && binding.client_id == own.client_id,
            false => binding == own,
        });
        // The server may know of one by another.
        meant.iter().for_each(|entry| redact::hide_token(entry.response.access_token.expose()));
        while !meant.is_empty() {
            match self.revoke_entry(&decryption, &meant.remove(0)) {
                Err(error) if error.is_refused() => self.ending.errors.push(error.into()),
                Err(error) => {
                    self.ending.left = meant.len();
                    return Err(error.into());
                }
                Ok(()) => {}
            }
        }
        Ok(())
    }

    fn revoke_entry(&mut self, decryption: &DecryptionKeys<'_>, found: &Entry) -> Result<(), TokenError> {
        let _turn = self.lock(decryption, found);
        let Some(entry) = decryption.open(&found.name) else { return Ok(()) };
        let response = &entry.response;
        redact::hide_token(response.access_token.expose());
        let left = response.left_at(clock::now());
        let expires = expiry(&response.access_token).or(left.and_then(|left| clock::wall().checked_add(left)));
        let revoked = self.call.revoke(&response.access_token);
        if may_be_over(&revoked) {
            match decryption.forget(entry) {
                Ok(()) if revoked.is_err() => emit(Event::Warning(Warning::TokenMayBeRevoked { expires })),
                forgotten => self.ending.errors.extend(forgotten.err().map(RevocationError::Cache)),
            }
        }
        self.ending.ended.push(RevokedToken { revoked: revoked?, expires });
        Ok(())
    }

    /// A token that is given. Every copy of it that opens here and has not expired is deleted.
    fn revoke_given(&mut self, token: &AccessToken) -> Result<(), RevocationError> {
        redact::hide_token(token.expose());
        let revoked = self.call.revoke(token);
        if let Some(cache) = self.call.source.cache.as_ref().filter(|_| may_be_over(&revoked)) {
            let deleted = self.delete_copies(&cache.directory, token);
            self.ending.errors.extend(deleted.err());
        }
        match revoked {
            Err(error) if error.is_outcome_unknown() && error.is_temporary() => Err(RevocationError::InDoubt(error)),
            revoked => {
                self.ending.ended.push(RevokedToken { revoked: revoked?, expires: expiry(token) });
                Ok(())
            }
        }
    }

    fn delete_copies(&mut self, directory: &Directory, token: &AccessToken) -> Result<(), RevocationError> {
        let decryption = self.decryption(directory)?;
        let copy = |name: &str| decryption.open(name).filter(|entry| entry.response.access_token == *token);
        for found in entries::lasting(directory)?.iter().filter_map(|name| copy(name)) {
            let _turn = self.lock(&decryption, &found);
            copy(&found.name).map_or(Ok(()), |entry| decryption.forget(entry))?;
        }
        Ok(())
    }

    /// The lock of the calls that need a token like this one. Where it cannot be had, it goes on all the same. Another
    /// process may have replaced the entry meanwhile.
    fn lock(&self, decryption: &DecryptionKeys<'_>, entry: &Entry) -> LockAttempt {
        Cache::new(decryption.directory.clone(), entry.binding.clone()).lock(self.call.deadline())
    }

    fn decryption<'d>(&self, directory: &'d Directory) -> Result<DecryptionKeys<'d>, TokenError> {
        Ok(DecryptionKeys::new(Some(&self.call.unlock()?.secret), directory))
    }
}

/// Whether a token is revoked, or may be.
fn may_be_over(revoked: &Result<Revoked, TokenError>) -> bool {
    revoked.as_ref().map_or_else(TokenError::is_outcome_unknown, |_| true)
}

/// When a token expires, as it says itself.
fn expiry(token: &AccessToken) -> Option<SystemTime> {
    let jwt = Jwt::decode(token.expose()).ok()?;
    claims::system_time(jwt.claims.members.get("exp")?)
}
