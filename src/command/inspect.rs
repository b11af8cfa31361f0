//! `inspect`: what a token says, and with `--verify` whether it is genuine.

use crate::args::{InspectArgs, NetworkArgs, Options};
use crate::clock::{self, Moment};
use crate::command::given;
use crate::command::source::{Source, require};
use crate::deadline::Deadline;
use crate::error::{CommandError, Error};
use crate::http::route::Route;
use crate::jwt::verify::examine;
use crate::jwt::{Jwt, is_part_of_a_jwt, table};
use crate::oauth::access_token::AccessToken;
use crate::oauth::issuer::Issuer;
use crate::oauth::realm::fetch_keys;
use crate::output;
use crate::redaction;
use crate::report;
use crate::settings::{Name, Settings};
use crate::token_source::{Call, Purpose, TokenError};

/// The verdict on a token that is not verified.
const NOT_CHECKED: &str = "not checked: anybody can write a token that says this (--verify checks it)";

/// The realm, for a request of its keys.
struct Realm {
    issuer: Issuer,
    route: Route,
    deadline: Deadline,
}

pub fn run(options: Options, args: InspectArgs) -> Result<(), Error> {
    let started = clock::now();
    report::listen(options.messages.level());
    let (token, realm) = match &args.token {
        Some(argument) if args.verify => {
            let settings = Settings::resolve(options);
            require(&settings, Name::is_of_request)?;
            let token = given::read(argument)?;
            (token, Some(Realm::of(settings)?))
        }
        Some(argument) => {
            refuse_useless(options.identity.issuer.as_deref(), &options.network)?;
            (given::read(argument)?, None)
        }
        None => {
            let (token, realm) = printed_token(options, started)?;
            (token, Some(realm))
        }
    };
    let nothing = |why| CommandError::NothingToShow { why, is_cut_off: is_part_of_a_jwt(token.expose()) };
    let jwt = Jwt::decode(token.expose()).map_err(nothing)?;
    let verdict = match &realm {
        Some(realm) if args.verify => realm.verify(&token, &jwt, &args)?,
        _ => NOT_CHECKED.to_owned(),
    };
    Ok(output::print(if args.json { table::json(&jwt) } else { table::table(&jwt, &verdict, clock::wall()) })?)
}

/// A token that is given needs no client and, unless it is verified, no setting at all.
fn refuse_useless(issuer: Option<&str>, network: &NetworkArgs) -> Result<(), CommandError> {
    let option = issuer.map(|_| "--issuer").or_else(|| network.typed());
    option.map_or(Ok(()), |option| Err(CommandError::UselessOption(option)))
}

/// The token that the bare command would print.
fn printed_token(options: Options, started: Moment) -> Result<(AccessToken, Realm), Error> {
    let Source { tokens, wanted, timeout } = Source::resolve(options, Purpose::Call, started)?;
    let mut call = Call::new(&tokens, Deadline::after(timeout));
    let (response, deadline) = (call.token(&wanted)?, call.deadline());
    Ok((response.access_token, Realm { issuer: tokens.issuer, route: tokens.route, deadline }))
}

impl Realm {
    /// No request has been sent yet.
    fn of(settings: Settings) -> Result<Self, Error> {
        let route = settings.route()?;
        Ok(Self { issuer: settings.issuer?.value, route, deadline: Deadline::after(settings.timeout?.value) })
    }

    /// The verdict on a genuine token. A token that cannot be genuine costs no request.
    fn verify(&self, token: &AccessToken, jwt: &Jwt<'_>, args: &InspectArgs) -> Result<String, Error> {
        let claimed = examine(jwt, args.token_issuer.as_deref().unwrap_or(self.issuer.as_str()))?;
        redaction::hide_token(token.expose());
        let http = self.route.open(self.issuer.is_https(), self.deadline).map_err(TokenError::Trust)?;
        let keys = fetch_keys(&http, &self.issuer, self.route.retries, self.deadline).map_err(TokenError::Request)?;
        claimed.verify(&keys, args.audience.as_deref(), clock::wall())?;
        Ok(format!("{}: signed by a key of {}, and valid now", table::yes(jwt), self.issuer.as_str()))
    }
}
