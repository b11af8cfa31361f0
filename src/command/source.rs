//! What several commands need: the source of tokens, a token file, and a token from the command line.

use std::ffi::OsStr;
use std::io::{self, IsTerminal as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::Arc;

use crate::base::clock::{self, Deadline};
use crate::base::event::{Event, Warning, emit};
use crate::base::origin::Origin;
use crate::cli::args::Options;
use crate::cli::error::{CommandError, Error};
use crate::cli::message;
use crate::cli::report;
use crate::cli::settings::{Name, Settings};
use crate::credential::{CredentialSource, Kind, Place};
use crate::http::Route;
use crate::oauth::client_auth::ClientAuth;
use crate::oauth::jwt::LONGEST;
use crate::oauth::token_response::AccessToken;
use crate::os::input;
use crate::token::cache::{Binding, Cache};
use crate::token::file::TokenFile;
use crate::token::source::{Freshness, TokenError, TokenSource, Use};
use crate::token::store::SharedCache;

/// The source for a command that does not print the token. Nothing is opened or prompted for yet.
pub fn resolve(options: Options, intended_use: Use) -> Result<TokenSource, Error> {
    let settings = Settings::resolve(options);
    require(&settings, Name::is_of_token)?;
    of(settings, intended_use)
}

/// How to connect to the realm, with the client's certificate.
pub fn route(settings: &Settings) -> Result<Route, Error> {
    let (files, mut route) = (settings.identity.clone()?, settings.route()?);
    let deadline = Deadline::after(settings.timeout.clone()?.value);
    let identity = files.map(|files| files.read(deadline)).transpose().map_err(TokenError::Identity)?;
    route.identity = identity.map(Arc::new);
    Ok(route)
}

/// The source of tokens with these settings.
pub fn of(settings: Settings, intended_use: Use) -> Result<TokenSource, Error> {
    let min_ttl = settings.min_ttl.clone()?.value;
    let freshness = Freshness { min_ttl, intended_use, is_fresh: settings.is_fresh, started: clock::now() };
    let (route, cache, store) = (route(&settings)?, settings.cache()?, settings.store()?);
    let assertion = settings.assertion()?;
    let (client_id, scope, timeout) = (settings.client_id?.value, settings.scope?.value, settings.timeout?.value);
    let (issuer, token_issuer) = (settings.issuer?.value, settings.token_issuer?.value);
    let (token_url, params, mut credential) = (settings.token_url?.value, settings.params?.value, settings.credential?);
    if let (Kind::Certificate, Some(by), Some(identity)) = (credential.kind, credential.by(), &route.identity) {
        // It was read with the certificate, perhaps from a pipe.
        credential.place = Place::Given { secret: identity.key.clone(), by };
    }
    let client_auth = match credential.kind {
        Kind::Secret => settings.client_auth?.value,
        Kind::Assertion => ClientAuth::Assertion,
        Kind::SigningKey => ClientAuth::SigningKey,
        Kind::Certificate => ClientAuth::Certificate,
    };
    let certificate = route.identity.as_ref().map(|identity| &identity.digest[..]);
    let binding = Binding {
        token_url: token_url.as_ref().map_or_else(String::new, |url| url.as_str().to_owned()),
        params: params.iter().map(|own| (own.name.clone(), own.value.clone())).collect(),
        ..Binding::new(&issuer, client_id.as_ref(), scope.as_ref(), client_auth, certificate)
    };
    let shared = store.map(|access| SharedCache { access, binding: binding.clone() });
    let cache = cache.ok().map(|directory| Cache::new(directory.value, binding));
    Ok(TokenSource {
        client_id,
        credential,
        assertion,
        issuer,
        token_issuer,
        token_url,
        params,
        scope,
        client_auth,
        route,
        cache,
        shared,
        freshness,
        timeout,
    })
}

/// Gets a credential that can be read only once, for all renewals. An assertion expires, so that one is not enough.
pub fn hold(source: &mut TokenSource) -> Result<(), Error> {
    match source.credential {
        CredentialSource { kind: Kind::Assertion, place: Place::Stdin { by } } => {
            Err(CommandError::AssertionOnce(by).into())
        }
        _ => Ok(source.hold_credential()?),
    }
}

/// A token file, which must not overwrite the credential's.
pub fn token_file(source: &TokenSource, path: &Path, mode: u32) -> Result<Arc<TokenFile>, Error> {
    let file = TokenFile::at(path, mode)?;
    match &source.credential.place {
        Place::File { path, by } if file.is(path) => Err(CommandError::SecretFile(*by, path.clone()).into()),
        _ => Ok(Arc::new(file)),
    }
}

/// Emits the settings that a command needs; the first invalid one is the error.
pub fn require(settings: &Settings, is_needed: impl Fn(Name) -> bool) -> Result<(), Error> {
    message::shown::emit(settings, &is_needed);
    Ok(settings.check(is_needed)?)
}

/// `what` goes by the issuer, which `--token-url` does not name.
pub fn require_issuer(settings: &Settings, what: &'static str) -> Result<(), CommandError> {
    let is_given = settings.issuer.as_ref().is_ok_and(|issuer| issuer.origin != Origin::Default);
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
