//! What several commands need: the source of tokens, a token file, and a token from the command line.

use std::ffi::OsStr;
use std::io::{self, IsTerminal as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::Arc;

use crate::base::clock::{self, Deadline};
use crate::base::event::{Event, Warning, emit};
use crate::cli::args::Options;
use crate::cli::error::{CommandError, Error};
use crate::cli::message;
use crate::cli::report;
use crate::cli::settings::{DEFAULT, Name, SettingError, Settings};
use crate::credential::SecretSource;
use crate::oauth::jwt::LONGEST;
use crate::oauth::token_response::AccessToken;
use crate::os::input;
use crate::token::cache::{Binding, Cache};
use crate::token::file::TokenFile;
use crate::token::source::{Freshness, TokenSource, Use};

/// The source for a command that does not print the token. Nothing is opened or prompted for yet.
pub fn resolve(options: Options, intended_use: Use) -> Result<TokenSource, Error> {
    resolve_checked(options, intended_use, |_| Ok(()))
}

/// The same with a check of the settings.
pub fn resolve_checked(
    options: Options,
    intended_use: Use,
    check: impl Fn(&Settings) -> Result<(), CommandError>,
) -> Result<TokenSource, Error> {
    let settings = Settings::resolve(options);
    require(&settings, Name::is_of_token)?;
    check(&settings)?;
    Ok(of(settings, intended_use)?)
}

/// The source of tokens with these settings.
pub fn of(settings: Settings, intended_use: Use) -> Result<TokenSource, SettingError> {
    let min_ttl = settings.min_ttl.clone()?.value;
    let freshness = Freshness { min_ttl, intended_use, is_fresh: settings.is_fresh, started: clock::now() };
    let (route, cache) = (settings.route()?, settings.cache()?);
    let (client_id, scope, timeout) = (settings.client_id?.value, settings.scope?.value, settings.timeout?.value);
    let (issuer, client_auth) = (settings.issuer?.value, settings.client_auth?.value);
    let (token_url, params) = (settings.token_url?.value, settings.params?.value);
    let binding = Binding {
        token_url: token_url.as_ref().map_or_else(String::new, |url| url.as_str().to_owned()),
        params: params.iter().map(|own| (own.name.clone(), own.value.clone())).collect(),
        ..Binding::new(&issuer, &client_id, scope.as_ref(), client_auth)
    };
    let cache = cache.ok().map(|directory| Cache::new(directory.value, binding));
    let secret = settings.secret?;
    Ok(TokenSource {
        client_id,
        secret,
        issuer,
        token_issuer: None,
        token_url,
        params,
        scope,
        client_auth,
        route,
        cache,
        freshness,
        timeout,
    })
}

/// A token file, which must not overwrite the secret's.
pub fn token_file(source: &TokenSource, path: &Path, mode: u32) -> Result<Arc<TokenFile>, Error> {
    let file = TokenFile::at(path, mode)?;
    match &source.secret {
        SecretSource::File { path, by } if file.is(path) => Err(CommandError::SecretFile(by, path.clone()).into()),
        _ => Ok(Arc::new(file)),
    }
}

/// Emits the settings that a command needs; the first invalid one is the error.
pub fn require(settings: &Settings, is_needed: impl Fn(Name) -> bool) -> Result<(), Error> {
    message::settings::emit(settings, &is_needed);
    Ok(settings.check(is_needed)?)
}

/// `what` goes by the issuer, which `--token-url` does not name.
pub fn require_issuer(settings: &Settings, what: &'static str) -> Result<(), CommandError> {
    let is_given = settings.issuer.as_ref().is_ok_and(|issuer| issuer.origin != DEFAULT);
    let has_token_url = settings.token_url.as_ref().is_ok_and(|url| url.value.is_some());
    if has_token_url && !is_given { Err(CommandError::NoIssuerGiven(what)) } else { Ok(()) }
}

/// Reads the token from standard input.
pub const STDIN: &str = "-";

/// The token of the command line, without the white space around it. Standard input is read to its end.
pub fn read_token(argument: &OsStr) -> Result<AccessToken, CommandError> {
    let (bytes, empty) = if argument == STDIN {
        if io::stdin().is_terminal() {
            report::done("reading a token from the terminal, end with Ctrl-D");
        }
        let read = input::read(&mut io::stdin().lock(), LONGEST, Deadline::never());
        (read.map_err(CommandError::Stdin)?, CommandError::EmptyStdin)
    } else {
        (argument.as_bytes().to_vec().into(), CommandError::EmptyArgument)
    };
    let bytes = bytes.trim_ascii();
    if bytes.is_empty() {
        return Err(empty);
    }
    if argument != STDIN {
        emit(Event::Warning(Warning::TokenInArguments));
    }
    let text = std::str::from_utf8(bytes).ok().map(str::to_owned);
    text.and_then(AccessToken::new).ok_or(CommandError::NotAToken)
}
