//! `cache path`, `cache list`, `cache clear`: shows the cache directory, lists the cached tokens, or removes them.
//!
//! Of the cache that machines share, they see the token of the client in the settings, if its credential is at hand.

use std::fs::Metadata;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::time::Duration;

use crate::base::clock::{self, Deadline};
use crate::base::duration::display;
use crate::base::event::{Event, Warning, emit};
use crate::base::secret::Secret;
use crate::cli::args::{CacheCommand, CredentialArgs, Options};
use crate::cli::error::{CommandError, Error};
use crate::cli::message::local as words;
use crate::cli::message::shown::emit as emit_settings;
use crate::cli::report;
use crate::cli::settings::{Name, Settings};
use crate::command::source;
use crate::display::untrusted::escape;
use crate::oauth::token_response::TokenResponse;
use crate::os::stdout;
use crate::token::cache::directory::{Directory, age};
use crate::token::cache::entries::{self, DecryptionKeys, Entry};
use crate::token::cache::keyring;
use crate::token::cache::seal::SecretKeys;
use crate::token::cache::{self, Binding, CacheError};
use crate::token::source::{TokenError, Use};
use crate::token::store::{Names, SharedCache, Store, check_credential};

/// The timeout for a secret on standard input.
const PATIENCE: Duration = Duration::from_secs(30);

pub fn run(command: &CacheCommand, options: Options) -> Result<(), Error> {
    let is_typed = options.identity.credential != CredentialArgs::default();
    let settings = Settings::resolve(options);
    settings.check(|_| false)?;
    let Some(directory) = settings.cache_directory.clone().transpose()?.map(|setting| setting.value) else {
        return Err(CommandError::NoCache.into());
    };
    match command {
        CacheCommand::Path(_) => Ok(stdout::print([directory.path.as_os_str().as_bytes(), b"\n"].concat())?),
        CacheCommand::List(_) => {
            settings.check(|name| name == Name::Store)?;
            let secret = secret(&settings, is_typed)?;
            list(&directory, shared_row(&settings, secret.as_ref()), secret.as_ref().map(SecretKeys::of).as_ref())
        }
        CacheCommand::Clear(_) => {
            settings.check(|name| name == Name::Store)?;
            let secret = if settings.store()?.is_some() { secret(&settings, is_typed)? } else { None };
            let shared = clear_shared(&settings, secret.as_ref());
            clear(&directory)?;
            shared
        }
    }
}

/// The store of the client in the settings, with its names for this credential. `None` if one of them is missing.
fn shared(settings: &Settings, secret: Option<&Secret>) -> Option<(SharedCache, SecretKeys)> {
    let (source, secret) = (settings.credential.as_ref().ok()?, secret?);
    check_credential(source.kind, secret).ok()?;
    let shared = source::of(settings.clone(), Use::Once).ok()?.shared?;
    Some((shared, SecretKeys::of(secret)))
}

/// The line of the token that machines share. A store that is no help is a warning.
fn shared_row(settings: &Settings, secret: Option<&Secret>) -> Option<Vec<String>> {
    let (shared, keys) = shared(settings, secret)?;
    let mut store = Store::new(&shared.access, Names::new(&keys, &shared.binding));
    match store.token(&keys, &shared.binding, Store::patience(Deadline::after(PATIENCE))) {
        Ok(token) => token.map(|(token, _)| {
            let mut cells = cells(&shared.binding, &token);
            cells[3] += " (shared)";
            cells
        }),
        Err(why) => {
            emit(Event::Warning(Warning::Error(&shared.trouble(why))));
            None
        }
    }
}

fn clear_shared(settings: &Settings, secret: Option<&Secret>) -> Result<(), Error> {
    let Some((shared, keys)) = shared(settings, secret) else {
        if settings.store()?.is_some() {
            emit(Event::Warning(Warning::SharedNotCleared));
        }
        return Ok(());
    };
    let mut store = Store::new(&shared.access, Names::new(&keys, &shared.binding));
    let (token, outcome) = (store.names.token.clone(), store.names.outcome.clone());
    let deleted = store.delete(&[&token, &outcome], Store::patience(Deadline::after(PATIENCE)));
    Ok(deleted.map(drop).map_err(|why| CommandError::SharedNotCleared(shared.trouble(why)))?)
}

/// Prints a line for each cached token. Those that the secret does not decrypt show less.
fn list(directory: &Directory, shared: Option<Vec<String>>, keys: Option<&SecretKeys>) -> Result<(), Error> {
    let decryption = DecryptionKeys::new(keys, directory);
    let mut rows = vec![["ISSUER", "CLIENT", "SCOPE", "EXPIRES IN"].map(str::to_owned).to_vec()];
    for name in entries::names(directory)? {
        rows.extend(directory.metadata(&name).map(|found| row(decryption.open(&name).as_ref(), &found)));
    }
    rows.extend(shared);
    if rows.len() == 1 {
        report::done(&words::none_cached(&directory.path));
        return Ok(());
    }
    Ok(stdout::print(in_columns(&rows))?)
}

/// The credential, if no command or prompt is needed. A failure is an error only if an option names it.
fn secret(settings: &Settings, is_typed: bool) -> Result<Option<Secret>, Error> {
    emit_settings(settings, |name| matches!(name, Name::Credential | Name::Store));
    let secret = match &settings.credential {
        Ok(source) => source.at_hand(Deadline::after(PATIENCE)).map_err(|error| TokenError::Credential(error).into()),
        Err(error) => Err(Error::from(error.clone())),
    };
    match secret {
        Err(error) if !is_typed => {
            emit(Event::Warning(Warning::Error(&error)));
            Ok(None)
        }
        secret => secret,
    }
}

fn row(entry: Option<&Entry>, metadata: &Metadata) -> Vec<String> {
    let Some(Entry { binding, response, .. }) = entry else {
        return vec![format!("encrypted: {} bytes, {} old", metadata.len(), display(age(metadata)))];
    };
    cells(binding, response)
}

fn cells(binding: &Binding, response: &TokenResponse) -> Vec<String> {
    let left = response.left_at(clock::now()).unwrap_or_default();
    let expires_in = if left.is_zero() { "expired".to_owned() } else { display(left) };
    vec![escape(&binding.issuer), escape(&binding.client_id), binding.scope.clone(), expires_in]
}

/// Removes our files, but no lock file: another process could then hold a second lock. They are removed where others
/// can write, too, because none but ours has such a name. Others may have moved some away: a warning says so.
fn clear(directory: &Directory) -> Result<(), CacheError> {
    let keys = keyring::forget(&directory.path);
    let (mut tokens, mut result) = (0, Ok(()));
    let mut names = directory.names().map_err(|error| directory.unusable(error))?;
    names.retain(|name| !cache::is_lock(name) && directory.metadata(name).is_some());
    for name in &names {
        match directory.remove(name) {
            Ok(()) => tokens += usize::from(cache::is_token(name)),
            // Another process removed it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => result = Err(CacheError::NotRemoved(directory.path.clone(), error)),
        }
    }
    if let Err(error) = directory.check() {
        emit(Event::Warning(Warning::Error(&directory.unusable(error))));
    }
    if result.is_ok() {
        report::done(&words::cleared(tokens, keys));
    }
    result
}

/// Aligned columns, two spaces apart. A row of one cell is a line of its own.
fn in_columns(rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter(|row| row.len() > 1).map(|row| row[column].chars().count());
        cells.max().unwrap_or(0)
    };
    let widths = [width(0), width(1), width(2), 0];
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}
