//! `inspect`: what a token says, and with `--verify` whether it is genuine.

use std::ffi::OsStr;

use crate::args::InspectArgs;
use crate::clock::{self, Moment};
use crate::command::given;
use crate::command::source::Source;
use crate::deadline::Deadline;
use crate::error::{Exit, Failure};
use crate::event::Level;
use crate::foreign::hidden;
use crate::http::route::Route;
use crate::jwt::verify::{Doubt, Expected, examine};
use crate::jwt::{Jwt, NotJwt, table};
use crate::oauth::access_token::AccessToken;
use crate::oauth::issuer::Issuer;
use crate::oauth::keys;
use crate::output;
use crate::redaction::Redactor;
use crate::report;
use crate::settings::{Environment, Faults, Network, issuer};
use crate::token_source::{Purpose, TimeLeft};

/// What stands where a token is not checked.
const NOT_CHECKED: &str = "not checked: anybody can write a token that says this (--verify checks it)";

/// A realm that can be asked for its keys.
struct Realm {
    issuer: Issuer,
    route: Route,
    deadline: Deadline,
    /// Hides what it was sent before.
    redactor: Redactor,
}

pub fn run(mut args: InspectArgs) -> Result<(), Failure> {
    let started = clock::now();
    let level = args.messages.level();
    report::listen(level);
    let (token, realm) = match args.token.take() {
        Some(argument) => given_token(&argument, &mut args, level)?,
        None => printed_token(started, &mut args)?,
    };
    let jwt = Jwt::decode(token.expose()).map_err(|why| not_a_jwt(&why, token.expose().starts_with("eyJ")))?;
    let redactor = realm.as_ref().map_or_else(Redactor::default, |realm| realm.redactor.clone());
    let verdict = match realm.filter(|_| args.verify) {
        Some(realm) => realm.verify(&token, &jwt, &args)?,
        None => NOT_CHECKED.to_owned(),
    };
    output::print(&match args.json {
        true => table::json(&jwt),
        // A token is no place for the secret that it was got with.
        false => hidden(&table::table(&jwt, &verdict, clock::wall()), &redactor),
    })
}

/// It needs no client and, unless it is verified, no setting at all.
fn given_token(
    argument: &OsStr,
    args: &mut InspectArgs,
    level: Level,
) -> Result<(AccessToken, Option<Realm>), Failure> {
    if !args.verify {
        let issuer = args.identity.issuer.as_ref().map(|_| "--issuer");
        if let Some(option) = issuer.or_else(|| args.network.typed()) {
            let what = format!("{option} is of no use");
            return Err(Failure::new(Exit::Usage, what, "nobody is asked about a token that is given")
                .hint("--verify asks the realm for its keys"));
        }
        return Ok((given::read(argument, level)?, None));
    }
    let mut faults = Faults::default();
    let issuer = faults.note(issuer(args.identity.issuer.as_deref(), Environment)).map(|setting| setting.value);
    let network = Network::resolve(std::mem::take(&mut args.network), Environment, issuer.as_ref(), &mut faults);
    let (issuer, network) = faults.into_result(issuer.zip(network))?;
    let token = given::read(argument, level)?;
    let deadline = Deadline::after(network.timeout.value);
    let realm = Realm { issuer, route: network.into_route(), deadline, redactor: Redactor::default() };
    Ok((token, Some(realm)))
}

/// The one that the bare command would print.
fn printed_token(started: Moment, args: &mut InspectArgs) -> Result<(AccessToken, Option<Realm>), Failure> {
    let mut faults = Faults::default();
    let groups =
        (std::mem::take(&mut args.identity), std::mem::take(&mut args.cache), std::mem::take(&mut args.network));
    let source = Source::resolve(groups, (Purpose::Call, started), &mut faults);
    let source = faults.into_result(source)?;
    let (response, left) = source.tokens.token_and_time(&source.wanted, Deadline::after(source.timeout))?;
    let TimeLeft { deadline, redactor } = left;
    let realm = Realm { issuer: source.tokens.issuer, route: source.tokens.route, deadline, redactor };
    Ok((response.access_token, Some(realm)))
}

impl Realm {
    /// In what way the token is genuine. Nothing is asked for a token that cannot be.
    fn verify(self, token: &AccessToken, jwt: &Jwt<'_>, args: &InspectArgs) -> Result<String, Failure> {
        let issuer = args.token_issuer.as_deref().unwrap_or(self.issuer.as_str());
        let expected = Expected { issuer, audience: args.audience.as_deref() };
        let doubted = |doubt: Doubt| doubt.into_failure(&self.redactor);
        let claimed = examine(jwt, &expected).map_err(doubted)?;
        let mut redactor = self.redactor.clone();
        redactor.hide_all(token.expose());
        let http = self.route.open(self.issuer.is_https(), self.deadline)?;
        let keys = keys::fetch(&http, &self.issuer, self.route.retries, self.deadline, redactor)?;
        claimed.verify(&keys, &expected, clock::wall()).map_err(doubted)?;
        Ok(format!("{}: signed by a key of {}, and valid now", table::yes(jwt), self.issuer.as_str()))
    }
}

fn not_a_jwt(why: &NotJwt, begins_as_a_jwt: bool) -> Failure {
    match why {
        NotJwt::Opaque { parts } => {
            let has = match parts {
                1 => "one".to_owned(),
                2 => "two".to_owned(),
                5 => "five, as encrypted ones have".to_owned(),
                parts => parts.to_string(),
            };
            let why = format!("nothing to show (a JWT has three parts, and this token has {has})");
            let hint = if begins_as_a_jwt { "it begins as a JWT does: was it cut off?" } else { "" };
            Failure::new(Exit::Unusable, "opaque", why).hint(hint)
        }
        NotJwt::Malformed { .. } => Failure::new(Exit::Unusable, "not a JWT", why),
    }
}
