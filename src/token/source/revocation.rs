//! Revokes tokens at the service (RFC 7009), and deletes their cached copies.
//!
//! A cached token is read, revoked and deleted under the lock of its binding, so that concurrent `revoke`s report the
//! truth and no newer token is deleted. It is also deleted if the outcome is unknown, because no call may print a token
//! that may be revoked. If the service refuses, the token stays. In the shared cache, it is deleted before the request, so
//! that no machine finds it meanwhile.

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
use crate::token::cache::{Binding, Cache, CacheError};
use crate::token::source::call::Call;
use crate::token::source::taken::Taken;
use crate::token::source::{TokenError, TokenSource};
use crate::token::store::StoreTrouble;

#[derive(Clone, Copy)]
pub enum Which<'a> {
    /// The cached ones of this source's binding.
    Cached,
    /// All cached ones of this client, with any scope.
    All,
    Given(&'a AccessToken),
}

/// A token that the service has answered for.
pub struct RevokedToken {
    pub revoked: Revoked,
    /// Until when an API that does not introspect tokens accepts it, if known.
    pub expires: Option<SystemTime>,
}

#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum RevocationError {
    NotRevoked(#[from] TokenError),
    /// A token argument may be revoked; retrying is harmless.
    InDoubt(TokenError),
    Cache(#[from] CacheError),
    /// Other machines may find a revoked token.
    Shared(StoreTrouble),
}

/// What was revoked, and why the rest was not.
#[derive(Default)]
pub struct RevocationReport {
    pub revoked: Vec<RevokedToken>,
    pub errors: Vec<RevocationError>,
    /// How many cached tokens do not open, and may be affected.
    pub sealed: usize,
    /// How many were skipped because of the last error.
    pub left: usize,
    /// Whether the cache has tokens of other bindings.
    pub has_others: bool,
    /// Whether other machines may have copies.
    pub is_shared: bool,
    /// Whether the shared cache is not used any more: after a trouble, or for a secret that is too short.
    skips_store: bool,
}

impl TokenSource {
    pub fn revoke(&self, which: Which<'_>) -> RevocationReport {
        let (call, mut report) = (self.call(), RevocationReport::default());
        report.is_shared = self.shared.is_some();
        let result = match which {
            Which::Given(token) => report.revoke_given(&call, token),
            _ => report.revoke_shared(&call).map_err(RevocationError::from).and_then(|ended| match &self.cache {
                Some(cache) => report.revoke_cached(&call, cache, matches!(which, Which::All), ended.as_ref()),
                None => Ok(()),
            }),
        };
        report.errors.extend(result.err());
        report
    }
}

impl RevocationReport {
    /// Takes a token out of the shared cache. A store that is no help is an error at the end.
    fn take<'a>(
        &mut self,
        call: &Call<'a>,
        binding: &Binding,
        only: Option<&AccessToken>,
    ) -> Result<Option<Taken<'a>>, TokenError> {
        let Some(shared) = call.source.shared.as_ref().filter(|_| !self.skips_store) else { return Ok(None) };
        let unlocked = call.unlock()?;
        self.skips_store = !unlocked.may_be_shared();
        if self.skips_store {
            return Ok(None);
        }
        Ok(Taken::take(call, (shared, &unlocked), binding, only).unwrap_or_else(|trouble| {
            self.skips_store = true;
            self.errors.push(RevocationError::Shared(trouble));
            None
        }))
    }

    /// Returns the token in the shared cache, if it is or may be revoked.
    fn revoke_shared(&mut self, call: &Call<'_>) -> Result<Option<AccessToken>, TokenError> {
        let Some(shared) = &call.source.shared else { return Ok(None) };
        let Some(taken) = self.take(call, &shared.binding, None)? else { return Ok(None) };
        let token = taken.token.access_token.clone();
        redact::hide_token(token.expose());
        let (revoked, expires) = (call.revoke(&token, taken.token.discovered.as_ref()), expiry(&token));
        if !may_be_revoked(&revoked) {
            taken.put_back(call);
        }
        match revoked {
            Ok(revoked) => self.revoked.push(RevokedToken { revoked, expires }),
            Err(error) if error.is_outcome_unknown() => {
                emit(Event::Warning(Warning::TokenMayBeRevoked { expires }));
                self.errors.push(error.into());
            }
            Err(error) if error.is_refused() => {
                self.errors.push(error.into());
                return Ok(None);
            }
            Err(error) => return Err(error),
        }
        Ok(Some(token))
    }

    /// A refusal concerns one token, so the others are revoked anyway. Any other error ends it. `ended` needs no request.
    fn revoke_cached(
        &mut self,
        call: &Call<'_>,
        cache: &Cache,
        is_all: bool,
        ended: Option<&AccessToken>,
    ) -> Result<(), RevocationError> {
        let (directory, own) = (&cache.directory, &cache.binding);
        let all = entries::names(directory)?;
        let (names, others): (Vec<_>, Vec<_>) = all.iter().partition(|name| is_all || cache.has(name));
        let names: Vec<_> = names.into_iter().filter(|name| entries::lasts(directory, name)).collect();
        self.has_others = !others.is_empty();
        // Without tokens, no secret is needed.
        if names.is_empty() {
            return Ok(());
        }
        let unlocked = call.unlock()?;
        let keys = DecryptionKeys::new(Some(&unlocked.keys), directory);
        let mut entries: Vec<Entry> = names.iter().filter_map(|name| keys.open(name)).collect();
        self.sealed = names.len() - entries.len();
        entries.retain(|Entry { binding, .. }| match is_all {
            // A token from another token URL may be another issuer's, which must not be sent to this one.
            true => {
                [&binding.issuer, &binding.token_url, &binding.client_id]
                    == [&own.issuer, &own.token_url, &own.client_id]
            }
            false => binding == own,
        });
        // The server may mention one token in its response for another.
        entries.iter().for_each(|entry| redact::hide_token(entry.response.access_token.expose()));
        let (copies, entries): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|entry| ended == Some(&entry.response.access_token));
        copies.into_iter().try_for_each(|copy| keys.forget(copy))?;
        self.left = entries.len();
        for entry in &entries {
            self.left -= 1;
            match self.revoke_entry(call, &keys, entry) {
                Err(error) if error.is_refused() => self.errors.push(error.into()),
                result => result?,
            }
        }
        Ok(())
    }

    fn revoke_entry(&mut self, call: &Call<'_>, keys: &DecryptionKeys<'_>, found: &Entry) -> Result<(), TokenError> {
        let _lock = lock(call, keys, found);
        let Some(entry) = keys.open(&found.name) else { return Ok(()) };
        let response = &entry.response;
        redact::hide_token(response.access_token.expose());
        let left = response.left_at(clock::now());
        let expires = expiry(&response.access_token).or(left.and_then(|left| clock::wall().checked_add(left)));
        let taken = self.take(call, &entry.binding, Some(&response.access_token))?;
        let revoked = call.revoke(&response.access_token, response.discovered.as_ref());
        if let Some(taken) = taken.filter(|_| !may_be_revoked(&revoked)) {
            taken.put_back(call);
        }
        if may_be_revoked(&revoked) {
            match keys.forget(entry) {
                Ok(()) if revoked.is_err() => emit(Event::Warning(Warning::TokenMayBeRevoked { expires })),
                forgotten => self.errors.extend(forgotten.err().map(RevocationError::Cache)),
            }
        }
        self.revoked.push(RevokedToken { revoked: revoked?, expires });
        Ok(())
    }

    /// Revokes a token argument, and deletes every copy of it that opens.
    fn revoke_given(&mut self, call: &Call<'_>, token: &AccessToken) -> Result<(), RevocationError> {
        redact::hide_token(token.expose());
        let mut taken = Vec::new();
        for binding in shared_bindings(call, token)? {
            taken.extend(self.take(call, &binding, Some(token))?);
        }
        let revoked = call.revoke(token, None);
        if !may_be_revoked(&revoked) {
            taken.into_iter().for_each(|taken| taken.put_back(call));
        }
        if let Some(cache) = call.source.cache.as_ref().filter(|_| may_be_revoked(&revoked)) {
            self.errors.extend(delete_copies(call, &cache.directory, token).err());
        }
        match revoked {
            Err(error) if error.is_outcome_unknown() && error.is_temporary() => Err(RevocationError::InDoubt(error)),
            revoked => {
                self.revoked.push(RevokedToken { revoked: revoked?, expires: expiry(token) });
                Ok(())
            }
        }
    }
}

/// What a token in the shared cache may be for: the settings, and what this machine's copies of it say.
fn shared_bindings(call: &Call<'_>, token: &AccessToken) -> Result<Vec<Binding>, TokenError> {
    let Some(shared) = &call.source.shared else { return Ok(Vec::new()) };
    let mut bindings = vec![shared.binding.clone()];
    if let Some(cache) = &call.source.cache {
        let unlocked = call.unlock()?;
        let keys = DecryptionKeys::new(Some(&unlocked.keys), &cache.directory);
        let names = entries::names(&cache.directory).unwrap_or_default();
        let copies = names.iter().filter_map(|name| keys.open(name));
        let copies = copies.filter(|entry| entry.response.access_token == *token && entry.binding != shared.binding);
        bindings.extend(copies.map(|entry| entry.binding));
    }
    Ok(bindings)
}

fn delete_copies(call: &Call<'_>, directory: &Directory, token: &AccessToken) -> Result<(), RevocationError> {
    // No call prints a copy from a directory that it cannot use.
    let failed = |why| emit(Event::Warning(Warning::Error(&why)));
    let names = entries::names(directory).map_err(failed).unwrap_or_default();
    let unlocked = call.unlock()?;
    let keys = DecryptionKeys::new(Some(&unlocked.keys), directory);
    let copy = |name: &str| keys.open(name).filter(|entry| entry.response.access_token == *token);
    for found in names.iter().filter_map(|name| copy(name)) {
        let _lock = lock(call, &keys, &found);
        copy(&found.name).map_or(Ok(()), |entry| keys.forget(entry))?;
    }
    Ok(())
}

/// Tries to lock the entry's binding. Another process may have replaced the entry before.
fn lock(call: &Call<'_>, keys: &DecryptionKeys<'_>, entry: &Entry) -> LockAttempt {
    Cache::new(keys.directory.clone(), entry.binding.clone()).lock(call.deadline())
}

fn may_be_revoked(revoked: &Result<Revoked, TokenError>) -> bool {
    revoked.as_ref().map_or_else(TokenError::is_outcome_unknown, |_| true)
}

fn expiry(token: &AccessToken) -> Option<SystemTime> {
    let jwt = Jwt::decode(token.expose()).ok()?;
    claims::system_time(jwt.claims.members.get("exp")?)
}
