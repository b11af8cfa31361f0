//! `revoke`: an honest end to a token.

use std::time::SystemTime;

use crate::args::{Options, RevokeArgs};
use crate::clock;
use crate::command::given::{self, GivenTokenError};
use crate::command::source::{require, token_source};
use crate::credential::SecretSource;
use crate::deadline::Deadline;
use crate::duration::in_words;
use crate::error::{Exit, Failure};
use crate::event::{Event, tell};
use crate::jwt::verify::check_issuer;
use crate::jwt::{Jwt, is_part_of_a_jwt};
use crate::oauth::access_token::AccessToken;
use crate::oauth::issuer::Issuer;
use crate::oauth::revocation::Revoked;
use crate::report;
use crate::settings::{Name, Setting, Settings};
use crate::token_source::{Ended, Ending, Which};

/// Everything that can be wrong is found before anything is asked.
pub fn run(options: Options, args: RevokeArgs) -> Result<(), Failure> {
    report::listen(options.messages.level());
    if args.token.is_none() && options.cache.no_cache {
        let why = "--no-cache leaves the kept ones alone, and none is given";
        return Err(Failure::new(Exit::Usage, "there is no token to revoke", why));
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
    let timeout = settings.timeout.clone()?.value;
    let tokens = token_source(settings)?;

    let token = match &args.token {
        None => None,
        Some(argument) => {
            let stdin = if let SecretSource::Stdin { by } = tokens.secret { Some(by) } else { None };
            given::check_stdin(argument, stdin)?;
            let token = given::read(argument)?;
            check_whose(&token, &tokens.issuer, args.token_issuer.as_deref())?;
            Some(token)
        }
    };
    let which = match &token {
        Some(token) => Which::Given(token),
        None if args.all => Which::All,
        None => Which::Kept,
    };
    let mut ending = tokens.revoke(which, Deadline::after(timeout));
    say(&ending, which, tokens.cache.is_some());
    // What may work later is worth another try, whatever was refused; the others are told all the same.
    let later = ending.failures.iter().position(|failure| failure.exit() == Exit::Temporary);
    let told = (!ending.failures.is_empty()).then(|| ending.failures.remove(later.unwrap_or(0)));
    ending.failures.iter().filter_map(Failure::text).for_each(|text| tell(Event::Warning(&text)));
    told.map_or(Ok(()), Err)
}

/// A live token is not handed to a server that has not given it. What names no issuer is no other one's; but a part of
/// a JWT may be nearly all of it.
fn check_whose(token: &AccessToken, issuer: &Issuer, token_issuer: Option<&str>) -> Result<(), GivenTokenError> {
    match (Jwt::decode(token.expose()), token_issuer) {
        (Ok(jwt), None) if !jwt.claims.members.contains_key("iss") => Ok(()),
        (Ok(jwt), _) => check_issuer(&jwt, token_issuer.unwrap_or(issuer.as_str()))
            .map_err(|why| GivenTokenError::OtherIssuer { why, has_token_issuer: token_issuer.is_some() }),
        (Err(why), _) if is_part_of_a_jwt(token.expose()) => Err(GivenTokenError::CutOff(why)),
        (Err(_), Some(expected)) => Err(GivenTokenError::NoIssuer(expected.to_owned())),
        (Err(_), None) => Ok(()),
    }
}

/// What was ended, and how far it is: a line for each kind of end.
fn say(ending: &Ending, which: Which<'_>, has_cache: bool) {
    let now = clock::wall();
    let revoked: Vec<&Ended> = ending.ended.iter().filter(|ended| ended.revoked == Revoked::Ended).collect();
    // `is_ahead` is its end, if that is known.
    let invalid = |is_ahead: Option<bool>| -> Vec<&Ended> {
        let all = ending.ended.iter().filter(|ended| ended.revoked == Revoked::NotValid);
        all.filter(|ended| ended.expires.map(|expires| expires > now) == is_ahead).collect()
    };
    let (over, unknown, lasting) = (invalid(Some(false)), invalid(None), invalid(Some(true)));
    let kind = if let Which::Given(_) = which { "" } else { "kept " };
    if ending.ended.is_empty() && ending.failures.is_empty() {
        say_nothing_was_there(ending, which, has_cache);
    }
    if !revoked.is_empty() {
        report::done(&format!("{} revoked{}", tokens(kind, &revoked), offline(&revoked, now)));
    }
    if !over.is_empty() {
        report::done(&format!("{} not valid any more", tokens(kind, &over)));
    }
    if !unknown.is_empty() {
        report::done(&format!("{} not valid any more, or never was, for this server", tokens(kind, &unknown)));
    }
    if ending.left > 0 {
        tell(Event::Warning(&format!("kept tokens that were not asked about: {}", ending.left)));
    }
    if !lasting.is_empty() {
        let which =
            if lasting.len() == 1 { "the token".to_owned() } else { format!("{} of the tokens", lasting.len()) };
        tell(Event::Warning(&format!("this server does not know {which}{}", offline(&lasting, now))));
    }
}

fn say_nothing_was_there(ending: &Ending, which: Which<'_>, has_cache: bool) {
    if !has_cache {
        tell(Event::Warning("nothing is revoked: no kept tokens are looked for here, and none is given"));
        return;
    }
    if ending.sealed > 0 {
        let text = match which {
            Which::All => {
                format!("nothing is revoked: this secret does not open what is kept ({} tokens)", ending.sealed)
            }
            _ => {
                "nothing is revoked: a token is kept that was got with another secret, which alone opens it".to_owned()
            }
        };
        tell(Event::Warning(&text));
        return;
    }
    let others = if ending.has_others { " (--all looks for those of other scopes)" } else { "" };
    let why = match which {
        Which::All => "no token of this client is kept",
        _ => "no token is kept for this client, scope and client authentication",
    };
    report::done(&format!("{why}: there is nothing to revoke{others}"));
}

fn tokens(kind: &str, ended: &[&Ended]) -> String {
    match ended.len() {
        1 => format!("the {kind}token was"),
        count => format!("{count} {kind}tokens were"),
    }
}

/// Until when the last of them is accepted by those who do not ask the service.
fn offline(ended: &[&Ended], now: SystemTime) -> String {
    let them = if ended.len() == 1 { "it" } else { "them" };
    let until = match ended.iter().filter_map(|ended| ended.expires).max() {
        Some(last) => match last.duration_since(now) {
            Ok(left) => format!("until {}, for {}", clock::date(last), in_words(left)),
            Err(_) => return String::new(),
        },
        None => format!("for as long as it believes {them}"),
    };
    format!(": an API that checks tokens offline accepts {them} {until}")
}
