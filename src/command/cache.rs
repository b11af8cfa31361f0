//! `cache path`, `cache list`, `cache clear`: where tokens are kept, what is there, and nothing of it any more.

use std::fs::Metadata;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::time::Duration;

use crate::base::clock;
use crate::base::deadline::Deadline;
use crate::base::duration::display;
use crate::base::event::{Event, Warning, emit};
use crate::base::secret::Secret;
use crate::cli::args::{CacheCommand, Options, SecretArgs};
use crate::cli::error::{CommandError, Error};
use crate::cli::message::settings::emit as emit_settings;
use crate::cli::report;
use crate::cli::settings::{Name, Settings};
use crate::credential::SecretSource;
use crate::display::untrusted::escape;
use crate::os::stdout;
use crate::token::cache::directory::{Directory, age};
use crate::token::cache::entries::{DecryptionKeys, Entry};
use crate::token::cache::keyring;
use crate::token::cache::{self, CacheError};
use crate::token::source::TokenError;

/// For a secret that is piped in.
const PATIENCE: Duration = Duration::from_secs(30);

pub fn run(command: &CacheCommand, options: Options) -> Result<(), Error> {
    let is_typed = options.identity.secret != SecretArgs::default();
    let settings = Settings::resolve(options);
    let Some(directory) = settings.cache_directory.as_ref().map(|setting| &setting.value) else {
        return Err(CommandError::NoCache.into());
    };
    match command {
        CacheCommand::Path(_) => Ok(stdout::print([directory.path.as_os_str().as_bytes(), b"\n"].concat())?),
        CacheCommand::List(_) => list(directory, secret(&settings, is_typed)?.as_ref()),
        CacheCommand::Clear(_) => Ok(clear(directory)?),
    }
}

/// A line for each kept token, in columns. Without a secret there is less to see, and nothing wrong.
fn list(directory: &Directory, secret: Option<&Secret>) -> Result<(), Error> {
    let decryption = DecryptionKeys::new(secret, directory);
    let mut rows = vec![["ISSUER", "CLIENT", "SCOPE", "LIVES"].map(str::to_owned).to_vec()];
    for (name, metadata) in files(directory)? {
        if cache::is_token(&name) {
            rows.push(row(decryption.open(&name).as_ref(), &metadata));
        }
    }
    if rows.len() == 1 {
        return Ok(());
    }
    Ok(stdout::print(in_columns(&rows))?)
}

/// The secret, as far as it is at hand. Only one that a flag gives must be there.
fn secret(settings: &Settings, is_typed: bool) -> Result<Option<Secret>, Error> {
    emit_settings(settings, |name| name == Name::Secret);
    let source = settings.secret.clone().map_err(Error::from);
    let at_hand = |source: SecretSource| source.at_hand(Deadline::after(PATIENCE)).map_err(TokenError::Secret);
    match source.and_then(|source| Ok(at_hand(source)?)) {
        Err(error) if !is_typed => {
            emit(Event::Warning(Warning::Error(&error)));
            Ok(None)
        }
        secret => secret,
    }
}

fn row(entry: Option<&Entry>, metadata: &Metadata) -> Vec<String> {
    let Some(Entry { binding, response, .. }) = entry else {
        return vec![format!("sealed, {} bytes, {} old", metadata.len(), display(age(metadata)))];
    };
    let left = response.left_at(clock::now()).unwrap_or_default();
    let lives = if left.is_zero() { "ended".to_owned() } else { display(left) };
    vec![escape(&binding.issuer), escape(&binding.client_id), binding.scope.clone(), lives]
}

/// Removes what is ours and safe to remove: a lock file stays, or two processes would hold two locks.
fn clear(directory: &Directory) -> Result<(), CacheError> {
    let keys = keyring::forget(&directory.path);
    let (mut tokens, mut result) = (0, Ok(()));
    for (name, _) in files(directory)?.iter().filter(|(name, _)| !cache::is_lock(name)) {
        match directory.remove(name) {
            Ok(()) => tokens += usize::from(cache::is_token(name)),
            // Another process was quicker.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => result = Err(CacheError::NotRemoved(directory.path.join(name), error)),
        }
    }
    if result.is_ok() {
        report::done(&format!("tokens removed: {tokens}, keys forgotten: {keys}"));
    }
    result
}

fn files(directory: &Directory) -> Result<Vec<(String, Metadata)>, CacheError> {
    directory.files().map_err(|error| CacheError::Unreadable(directory.path.clone(), error))
}

/// Columns as wide as their widest word, two spaces apart. A row of one cell is a line of its own.
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
