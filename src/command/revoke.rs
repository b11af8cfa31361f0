//! `revoke`: an honest end to a token.

use crate::base::clock;
use crate::base::event::{Event, Warning, emit};
use crate::cli::args::{Options, RevokeArgs};
use crate::cli::error::{CommandError, Error, Exit};
use crate::cli::message::revoke as words;
use crate::cli::report;
use crate::cli::settings::{Name, Setting, Settings};
use crate::command::source::{self, require};
use crate::command::token_argument;
use crate::credential::SecretSource;
use crate::oauth::issuer::Issuer;
use crate::oauth::jwt::verify::check_issuer;
use crate::oauth::jwt::{Jwt, is_part_of_a_jwt};
use crate::oauth::realm::Revoked;
use crate::oauth::token_response::AccessToken;
use crate::token::source::{RevocationReport, RevokedToken, Use, Which};

/// Everything that can be wrong is found before anything is asked.
pub fn run(options: Options, args: RevokeArgs) -> Result<(), Error> {
    if args.token.is_none() && options.cache.no_cache {
        return Err(CommandError::NoToken.into());
    }
    let mut settings = Settings::resolve(options);
    // The scope decides which token is cached, and nothing else.
    let has_scope = args.token.is_none() && !args.all;
    require(&settings, |name| match name {
        Name::Scope => has_scope,
        name => name.is_of_token() && name != Name::MinTtl,
    })?;
    if !has_scope {
        settings.scope = Ok(Setting::by_default(None));
    }
    settings.min_ttl = Ok(Setting::by_default(None));
    let tokens = source::of(settings, Use::Once)?;

    let token = match &args.token {
        None => None,
        Some(argument) => {
            if let (SecretSource::Stdin { by }, true) = (&tokens.secret, argument == token_argument::STDIN) {
                return Err(CommandError::StdinTwice(by, "the token").into());
            }
            let token = token_argument::read(argument)?;
            check_whose(&token, &tokens.issuer, args.token_issuer.as_deref())?;
            Some(token)
        }
    };
    let which = match &token {
        Some(token) => Which::Given(token),
        None if args.all => Which::All,
        None => Which::Cached,
    };
    let ending = tokens.revoke(which);
    say(&ending, which, tokens.cache.is_some());
    let mut errors: Vec<Error> = ending.errors.into_iter().map(Error::from).collect();
    // What may work later is worth another try, whatever was refused; the others are told all the same.
    let later = errors.iter().position(|error| error.exit() == Exit::Temporary);
    let last = (!errors.is_empty()).then(|| errors.remove(later.unwrap_or(0)));
    errors.iter().for_each(|error| emit(Event::Warning(Warning::Error(error))));
    last.map_or(Ok(()), Err)
}

/// A live token is not handed to a server that has not given it. What names no issuer is no other one's; but a part of
/// a JWT may be nearly all of it.
fn check_whose(token: &AccessToken, issuer: &Issuer, token_issuer: Option<&str>) -> Result<(), CommandError> {
    match (Jwt::decode(token.expose()), token_issuer) {
        (Ok(jwt), None) if !jwt.claims.members.contains_key("iss") => Ok(()),
        (Ok(jwt), _) => check_issuer(&jwt, token_issuer.unwrap_or(issuer.as_str()))
            .map_err(|why| CommandError::OtherIssuer { why, has_token_issuer: token_issuer.is_some() }),
        (Err(why), _) if is_part_of_a_jwt(token.expose()) => Err(CommandError::CutOff(why)),
        (Err(_), Some(expected)) => Err(CommandError::NoIssuer(expected.to_owned())),
        (Err(_), None) => Ok(()),
    }
}

/// What was ended, and how far it is: a line for each kind of end.
fn say(ending: &RevocationReport, which: Which<'_>, has_cache: bool) {
    let now = clock::wall();
    let are_cached = !matches!(which, Which::Given(_));
    let all = ending.ended.iter();
    let (revoked, not_valid): (Vec<&RevokedToken>, Vec<_>) =
        all.partition(|ended| ended.revoked == Revoked::RevokedToken);
    // What has not expired is another server's, or was revoked before.
    let (lasting, over): (Vec<&RevokedToken>, Vec<_>) =
        not_valid.into_iter().partition(|ended| ended.expires.is_some_and(|expires| expires > now));
    let last = |ended: &[&RevokedToken]| ended.iter().filter_map(|ended| ended.expires).max();
    if ending.ended.is_empty() && ending.errors.is_empty() {
        say_nothing_was_there(ending, which, has_cache);
    }
    if !revoked.is_empty() {
        report::done(&words::revoked(are_cached, revoked.len(), last(&revoked)));
    }
    if !over.is_empty() {
        report::done(&words::not_valid(are_cached, over.len()));
    }
    if ending.left > 0 {
        emit(Event::Warning(Warning::NotAskedAbout(ending.left)));
    }
    if !lasting.is_empty() {
        emit(Event::Warning(Warning::NotKnown { count: lasting.len(), last: last(&lasting) }));
    }
}

fn say_nothing_was_there(ending: &RevocationReport, which: Which<'_>, has_cache: bool) {
    let of_client = matches!(which, Which::All);
    if !has_cache {
        emit(Event::Warning(Warning::NothingLookedFor));
    } else if ending.sealed > 0 {
        emit(Event::Warning(Warning::Sealed(ending.sealed)));
    } else {
        report::done(&words::nothing_there(of_client, ending.has_others));
    }
}
