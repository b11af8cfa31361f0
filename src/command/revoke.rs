//! `revoke`: revokes tokens and reports the outcome of each.

use crate::base::clock;
use crate::base::event::{Event, Warning, emit};
use crate::cli::args::{Options, RevokeArgs};
use crate::cli::error::{CommandError, Error, Exit};
use crate::cli::message::revoke as words;
use crate::cli::report;
use crate::cli::settings::{Name, Setting, Settings};
use crate::command::source::{self, STDIN, read_token, require};
use crate::credential::Place;
use crate::oauth::discovery::Expected;
use crate::oauth::jwt::verify::check_issuer;
use crate::oauth::jwt::{Jwt, is_part_of_a_jwt};
use crate::oauth::realm::Revoked;
use crate::oauth::token_response::AccessToken;
use crate::token::source::{RevocationReport, RevokedToken, Use, Which};

/// Checks everything before the first request.
pub fn run(options: Options, args: RevokeArgs) -> Result<(), Error> {
    if args.token.is_none() && options.cache.no_cache {
        return Err(CommandError::NoToken.into());
    }
    let mut settings = Settings::resolve(options);
    // Only the cached token depends on the scope.
    let has_scope = args.token.is_none() && !args.all;
    require(&settings, |name| match name {
        Name::Scope => has_scope,
        name => name.is_of_token() && name != Name::MinTtl,
    })?;
    source::require_issuer(&settings, "'revoke'")?;
    if !has_scope {
        settings.scope = Ok(Setting::by_default(None));
    }
    settings.min_ttl = Ok(Setting::by_default(None));
    let tokens = source::of(settings, Use::Once)?;

    let token = match &args.token {
        None => None,
        Some(argument) => {
            if let (Place::Stdin { by }, true) = (&tokens.credential.place, argument == STDIN) {
                return Err(CommandError::StdinTwice(*by, "the token").into());
            }
            let token = read_token(argument)?;
            check_token_issuer(&token, tokens.expected())?;
            Some(token)
        }
    };
    let which = match &token {
        Some(token) => Which::Given(token),
        None if args.all => Which::All,
        None => Which::Cached,
    };
    let revocation = tokens.revoke(which);
    print(&revocation, which, tokens.cache.is_some() || tokens.shared.is_some());
    let mut errors: Vec<Error> = revocation.errors.into_iter().map(Error::from).collect();
    if errors.is_empty() {
        return Ok(());
    }
    // A temporary failure decides the exit code, because a retry may work; the other errors become warnings.
    let temporary = errors.iter().position(|error| error.exit() == Exit::Temporary);
    let error = errors.remove(temporary.unwrap_or(0));
    errors.iter().for_each(|error| emit(Event::Warning(Warning::Error(error))));
    Err(error)
}

/// A token must not be sent to another issuer. One without an issuer is accepted, but not a truncated JWT.
fn check_token_issuer(token: &AccessToken, expected: Expected<'_>) -> Result<(), CommandError> {
    let token_issuer = expected.token_issuer;
    match (Jwt::decode(token.expose()), token_issuer) {
        (Ok(jwt), None) if !jwt.claims.members.contains_key("iss") => Ok(()),
        (Ok(jwt), _) => check_issuer(&jwt, expected.name())
            .map_err(|why| CommandError::OtherIssuer { why, has_token_issuer: token_issuer.is_some() }),
        (Err(why), _) if is_part_of_a_jwt(token.expose()) => Err(CommandError::CutOff(why)),
        (Err(_), Some(expected)) => Err(CommandError::NoIssuer(expected.to_owned())),
        (Err(_), None) => Ok(()),
    }
}

/// Prints a line for each kind of outcome.
fn print(revocation: &RevocationReport, which: Which<'_>, has_cache: bool) {
    let now = clock::wall();
    let are_cached = !matches!(which, Which::Given(_));
    let all = revocation.revoked.iter();
    let (revoked, not_valid): (Vec<&RevokedToken>, Vec<_>) = all.partition(|ended| ended.revoked == Revoked::Now);
    // One that has not expired was revoked before, or is another server's.
    let (lasting, over): (Vec<&RevokedToken>, Vec<_>) =
        not_valid.into_iter().partition(|ended| ended.expires.is_some_and(|expires| expires > now));
    let last = |ended: &[&RevokedToken]| ended.iter().filter_map(|ended| ended.expires).max();
    if revocation.revoked.is_empty() && revocation.errors.is_empty() {
        if !has_cache {
            emit(Event::Warning(Warning::NothingLookedFor));
        } else if revocation.sealed > 0 {
            emit(Event::Warning(Warning::Sealed(revocation.sealed)));
        } else {
            report::done(&words::nothing_there(matches!(which, Which::All), revocation.has_others));
        }
    }
    if !revoked.is_empty() {
        report::done(&words::revoked(are_cached, revoked.len(), last(&revoked)));
    }
    if revocation.is_shared && !revocation.revoked.is_empty() {
        report::done(words::COPIES);
    }
    if !over.is_empty() {
        report::done(&words::not_valid(are_cached, over.len()));
    }
    if revocation.left > 0 {
        emit(Event::Warning(Warning::NotAskedAbout(revocation.left)));
    }
    if !lasting.is_empty() {
        emit(Event::Warning(Warning::NotKnown { count: lasting.len(), last: last(&lasting) }));
    }
}
