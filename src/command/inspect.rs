//! `inspect`: what a token says, and with `--verify` whether it is genuine.

use crate::base::clock;
use crate::base::deadline::Deadline;
use crate::cli::args::{InspectArgs, Options};
use crate::cli::error::{CommandError, Error};
use crate::cli::settings::{Name, Settings};
use crate::command::source::{self, require};
use crate::command::token_argument;
use crate::display::redact;
use crate::http::Route;
use crate::oauth::issuer::Issuer;
use crate::oauth::jwt::verify::examine;
use crate::oauth::jwt::{Jwt, is_part_of_a_jwt, table};
use crate::oauth::realm::fetch_keys;
use crate::oauth::token_response::AccessToken;
use crate::os::stdout;
use crate::token::source::{TokenError, Use};

struct Realm {
    issuer: Issuer,
    route: Route,
    deadline: Deadline,
}

pub fn run(options: Options, args: InspectArgs) -> Result<(), Error> {
    let (token, realm) = match &args.token {
        // A token that is given needs no client and, unless it is verified, no setting at all.
        Some(argument) if !args.verify => (token_argument::read(argument)?, None),
        Some(argument) => {
            let settings = Settings::resolve(options);
            require(&settings, Name::is_of_request)?;
            let token = token_argument::read(argument)?;
            let (route, deadline) = (settings.route()?, Deadline::after(settings.timeout?.value));
            (token, Some(Realm { issuer: settings.issuer?.value, route, deadline }))
        }
        // The token that the bare command would print.
        None => {
            let source = source::resolve(options, Use::Once)?;
            let mut call = source.call();
            let (response, deadline) = (call.token()?, call.deadline());
            (response.access_token, Some(Realm { issuer: source.issuer, route: source.route, deadline }))
        }
    };
    let nothing = |why| CommandError::NothingToShow { why, is_cut_off: is_part_of_a_jwt(token.expose()) };
    let jwt = Jwt::decode(token.expose()).map_err(nothing)?;
    let verdict = match &realm {
        Some(realm) if args.verify => realm.verify(&token, &jwt, &args)?,
        _ => "not checked: anybody can write a token that says this (--verify checks it)".to_owned(),
    };
    Ok(stdout::print(if args.json { table::json(&jwt) } else { table::table(&jwt, &verdict, clock::wall()) })?)
}

impl Realm {
    /// The verdict on a genuine token. A token that cannot be genuine costs no request.
    fn verify(&self, token: &AccessToken, jwt: &Jwt<'_>, args: &InspectArgs) -> Result<String, Error> {
        let claimed = examine(jwt, args.token_issuer.as_deref().unwrap_or(self.issuer.as_str()))?;
        redact::hide_token(token.expose());
        let http = self.route.open(self.issuer.is_https(), self.deadline).map_err(TokenError::Trust)?;
        let keys = fetch_keys(&http, &self.issuer, self.route.retries, self.deadline).map_err(TokenError::Request)?;
        claimed.verify(&keys, args.audience.as_deref(), clock::wall())?;
        Ok(format!("{}: signed by a key of {}, and valid now", table::yes(jwt), self.issuer.as_str()))
    }
}
