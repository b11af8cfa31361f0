//! `revoke`: an honest end to a token.

use std::time::SystemTime;

use crate::args::RevokeArgs;
use crate::clock;
use crate::command::given;
use crate::command::source::token_source;
use crate::credential::SecretSource;
use crate::deadline::Deadline;
use crate::duration::in_words;
use crate::error::{Exit, Failure};
use crate::event::{Event, Level, tell};
use crate::json::NAME_TWICE;
use crate::jwt::verify::{ISSUER_HINT, check_issuer};
use crate::jwt::{Jwt, NotJwt};
use crate::oauth::access_token::AccessToken;
use crate::oauth::revocation::Revoked;
use crate::report;
use crate::settings::{Environment, Faults, Identity, Network, cache_place};
use crate::token_source::{Ended, Ending, Which};

/// Everything that can be wrong is found before anything is asked.
pub fn run(args: RevokeArgs) -> Result<(), Failure> {
    let level = args.messages.level();
    report::listen(level);
    let mut faults = Faults::default();
    let identity = Identity::resolve(args.identity, Environment, &mut faults);
    let issuer = identity.as_ref().map(|identity| &identity.issuer.value);
    let network = Network::resolve(args.network, Environment, issuer, &mut faults);
    let directory = cache_place(args.cache, Environment, &mut faults);
    let (identity, (network, directory)) = faults.into_result(identity.zip(network.zip(directory)))?;

    let token = match &args.token {
        None => None,
        Some(argument) => {
            let stdin = if let SecretSource::Stdin { by } = identity.secret { Some(by) } else { None };
            given::check_stdin(argument, stdin)?;
            let token = given::read(argument)?;
            let issuer = args.token_issuer.as_deref().unwrap_or(identity.issuer.value.as_str());
            check_whose(&token, issuer)?;
            Some(token)
        }
    };
    let which = match &token {
        Some(token) => Which::Given(token),
        None if args.all => Which::All,
        None => Which::Kept,
    };
    let timeout = network.timeout.value;
    let has_cache = directory.is_some();
    let mut ending = token_source(identity, directory, network).revoke(which, Deadline::after(timeout));
    say(&ending, which, has_cache, level);
    // What may work later is worth another try, whatever was refused; the others are told all the same.
    let later = ending.failures.iter().position(|failure| failure.exit() == Exit::Temporary);
    let told = (!ending.failures.is_empty()).then(|| ending.failures.remove(later.unwrap_or(0)));
    ending.failures.iter().filter_map(Failure::text).for_each(|text| tell(Event::Warning(&text)));
    told.map_or(Ok(()), Err)
}

/// A live token is not handed to a server that has not given it. What names no issuer is no other one's; what cannot be
/// read at all works nowhere else. But one with two issuers may be taken for either's.
fn check_whose(token: &AccessToken, issuer: &str) -> Result<(), Failure> {
    const NOT_SENT: &str = "the token was not sent";
    match Jwt::decode(token.expose()) {
        Ok(jwt) if !jwt.claims.members.contains_key("iss") => Ok(()),
        Ok(jwt) => check_issuer(&jwt, issuer).map_err(|why| Failure::new(Exit::Usage, NOT_SENT, why).hint(ISSUER_HINT)),
        Err(why @ NotJwt::Malformed { why: NAME_TWICE, .. }) => {
            Err(Failure::new(Exit::Unusable, NOT_SENT, format!("it cannot be told whose it is: {why}")))
        }
        Err(_) => Ok(()),
    }
}

/// What was ended, and how far it is: a line for each kind of end.
fn say(ending: &Ending, which: Which<'_>, has_cache: bool, level: Level) {
    let now = clock::wall();
    let is_ahead = |ended: &&Ended| ended.expires.is_some_and(|expires| expires > now);
    let (revoked, invalid): (Vec<&Ended>, Vec<&Ended>) =
        ending.ended.iter().partition(|ended| ended.revoked == Revoked::Ended);
    let (unknown, over): (Vec<&Ended>, Vec<&Ended>) = invalid.into_iter().partition(is_ahead);
    if ending.is_sealed {
        tell(Event::Warning(
            "a token that was got with another secret is kept, and not revoked: revoke it with that secret",
        ));
    } else if ending.ended.is_empty() && ending.failures.is_empty() {
        let why = match which {
            _ if !has_cache => "no tokens are kept here, and none is given",
            Which::All => "no token of this client is kept",
            _ => "no token is kept for this client, scope and client authentication",
        };
        report::done(level, &format!("{why}: there is nothing to revoke"));
    }
    if !revoked.is_empty() {
        report::done(level, &format!("{} revoked{}", tokens(&revoked), offline(&revoked, now)));
    }
    if !over.is_empty() {
        report::done(level, &format!("{} not valid any more", tokens(&over)));
    }
    if !unknown.is_empty() {
        let which =
            if unknown.len() == 1 { "the token".to_owned() } else { format!("{} of the tokens", unknown.len()) };
        tell(Event::Warning(&format!("this server does not know {which}{}", offline(&unknown, now))));
    }
}

fn tokens(ended: &[&Ended]) -> String {
    match ended.len() {
        1 => "the token was".to_owned(),
        count => format!("{count} tokens were"),
    }
}

/// Until when the last of them is accepted by those who do not ask the service.
fn offline(ended: &[&Ended], now: SystemTime) -> String {
    let them = if ended.len() == 1 { "it" } else { "them" };
    let until = match ended.iter().filter_map(|ended| ended.expires).max() {
        Some(last) => match last.duration_since(now) {
            Ok(left) => format!("until {}, for {}", humantime::format_rfc3339_seconds(last), in_words(left)),
            Err(_) => return String::new(),
        },
        None => format!("for as long as it believes {them}"),
    };
    format!(": an API that checks tokens offline accepts {them} {until}")
}
