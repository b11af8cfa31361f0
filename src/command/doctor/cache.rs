//! The cache: whether it works, and what a call would find. Its problems are only warnings.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::time::Duration;

use rustix::process::geteuid;
use serde_json::json;

use super::{Finding, Skipped, Step};
use crate::base::clock::{self, Deadline};
use crate::base::duration::display;
use crate::base::secret::Secret;
use crate::cli::message::local::{holder as name_of, keyring_error, miss, reason};
use crate::cli::settings::{NoCache, Settings};
use crate::token::cache::lock::NoLock;
use crate::token::cache::seal::SecretKeys;
use crate::token::cache::{self, Cache, Found, Miss, keyring};
use crate::token::source::TokenSource;

/// `secret` decrypts cached tokens, if it was fetched.
pub fn step(settings: &Settings, source: Option<&TokenSource>, secret: Option<&Secret>, deadline: Deadline) -> Step {
    let Some(source) = source else { return Step::not_reached("cache") };
    let mut step = Step::new("cache");
    let cache = match (&source.cache, settings.cache()) {
        (Some(cache), _) => cache,
        (None, Ok(Err(NoCache::NoHome))) => {
            step.warn(Finding::NoCacheDirectory);
            return step;
        }
        (None, Ok(Err(why))) => return Step::skipped("cache", Skipped::NoCache(why)),
        (None, _) => return Step::not_reached("cache"),
    };
    let path = &cache.directory.path;
    step.fact("directory", path.to_string_lossy());
    if let Ok(found) = fs::metadata(path) {
        let whose = if found.uid() == geteuid().as_raw() { "this user" } else { "another user" };
        step.fact_as("owner", found.uid(), format!("{} ({whose})", found.uid()));
        step.fact("mode", format!("{:04o}", found.mode() & 0o7777));
    }
    // This writes and removes a file as large as an entry.
    let room = cache.directory.check_room();
    step.fact("writable", room.is_ok());
    if let Err(error) = &room {
        step.warn(Finding::NoRoom(path, error));
    }
    // A lock needs the directory.
    if !room.is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        try_lock(&mut step, cache, deadline);
    }
    look_for_token(&mut step, source, cache, secret);
    step
}

fn try_lock(step: &mut Step, cache: &Cache, deadline: Deadline) {
    /// `try_lock` waits for two thirds of it.
    const PATIENCE: Duration = Duration::from_millis(300);
    match cache.try_lock(Deadline::after(PATIENCE).earlier(deadline)) {
        Ok(_) => step.fact("lock", "works"),
        Err(NoLock::Held(holder)) => {
            step.fact("lock", format!("held by {}, which is requesting this token", name_of(holder)));
        }
        Err(NoLock::Unsupported(error)) => step.warn(Finding::NoLocks(&error)),
        // Its cause is reported with `writable`.
        Err(NoLock::File(error)) => step.fact("lock", format!("cannot be tested: {}", reason(&error))),
    }
}

fn look_for_token(step: &mut Step, source: &TokenSource, cache: &Cache, secret: Option<&Secret>) {
    let files = cache.directory.names().unwrap_or_default();
    let files = files.iter().filter(|name| cache.has(name) && cache::is_token(name)).count();
    let lives = |found: Result<Found, Miss>| source.freshness.check_cached(&found?.response, clock::now());
    let by_secret = secret.map(|secret| lives(cache.find(&SecretKeys::of(secret))));
    let slot = cache.slot(source.credential.cost());
    let by_key = slot.map(|slot| lives(cache.find_remembered(&slot)));
    if let Some(found) = &by_secret {
        let line = match found {
            Ok(left) => format!("expires in {}", display(*left)),
            Err(Miss::NoneCached) if files > 0 => format!("none for this secret, {files} for other secrets"),
            Err(why) => miss(why),
        };
        let seconds = found.as_ref().ok().map(|left| left.as_secs());
        step.fact_as("cached token", json!({"expires_in": seconds, "why": found.as_ref().err().map(miss)}), line);
    }
    if let Some(found) = &by_key {
        step.fact("remembered key", found.as_ref().map_or_else(miss, |_| "decrypts it".to_owned()));
    }
    step.fact("tokens of this client and scope", files);
    step.fact("keyring", keyring::is_there().map_or_else(|why| keyring_error(&why), |()| "available".to_owned()));
    let is_hit = [&by_secret, &by_key].into_iter().flatten().any(Result::is_ok);
    let words = match (is_hit, &by_key) {
        (true, Some(Err(_))) => "prints the cached token, after reading the secret",
        (true, _) => "prints the cached token, without a request",
        (false, _) => "requests a new token",
    };
    step.fact_as("next call", json!({"hit": is_hit}), words.into());
}
