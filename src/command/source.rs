//! What every command that needs a token resolves: who asks whom for it, how, and which one is good enough.

use std::path::Path;
use std::sync::Arc;

use crate::base::clock;
use crate::cli::args::Options;
use crate::cli::error::{CommandError, Error};
use crate::cli::message;
use crate::cli::settings::{Name, SettingError, Settings};
use crate::credential::SecretSource;
use crate::token::cache::{Binding, Cache};
use crate::token::file::TokenFile;
use crate::token::source::{Freshness, TokenSource, Use};

/// For a command that does not print the token. Nothing is opened, and nobody is asked for a secret.
pub fn resolve(options: Options, intended_use: Use) -> Result<TokenSource, Error> {
    let settings = Settings::resolve(options);
    require(&settings, Name::is_of_token)?;
    Ok(of(settings, intended_use)?)
}

/// Where a command with these settings gets its tokens.
pub fn of(settings: Settings, intended_use: Use) -> Result<TokenSource, SettingError> {
    let min_ttl = settings.min_ttl.clone()?.value;
    let freshness = Freshness { min_ttl, intended_use, is_fresh: settings.is_fresh, started: clock::now() };
    let (route, cache) = (settings.route()?, settings.cache()?);
    let (client_id, scope, timeout) = (settings.client_id?.value, settings.scope?.value, settings.timeout?.value);
    let (issuer, client_auth) = (settings.issuer?.value, settings.client_auth?.value);
    let binding = Binding::new(&issuer, &client_id, scope.as_ref(), client_auth);
    let cache = cache.ok().map(|directory| Cache::new(directory.value, binding));
    let secret = settings.secret?;
    Ok(TokenSource { client_id, secret, issuer, scope, client_auth, route, cache, freshness, timeout })
}

/// A token file, which must not take the place of the secret's.
pub fn token_file(source: &TokenSource, path: &Path, mode: u32) -> Result<Arc<TokenFile>, Error> {
    let file = TokenFile::at(path, mode)?;
    match &source.secret {
        SecretSource::File { path, by } if file.is(path) => Err(CommandError::SecretFile(by, path.clone()).into()),
        _ => Ok(Arc::new(file)),
    }
}

/// Reports the settings that a command needs; the first of them that is wrong ends it.
pub fn require(settings: &Settings, is_needed: impl Fn(Name) -> bool) -> Result<(), Error> {
    message::settings::emit(settings, &is_needed);
    Ok(settings.check(is_needed)?)
}
