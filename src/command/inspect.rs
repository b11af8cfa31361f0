//! `inspect`: decodes a token, and with `--verify` checks whether it is genuine.

use crate::base::clock::{self, Deadline};
use crate::cli::args::{InspectArgs, Options};
use crate::cli::error::{CommandError, Error};
use crate::cli::settings::{Name, Settings};
use crate::command::source::{self, read_token, require};
use crate::display::redact;
use crate::oauth::endpoints::Endpoints;
use crate::oauth::jwt::verify::examine;
use crate::oauth::jwt::{Jwt, is_part_of_a_jwt, table};
use crate::oauth::realm::fetch_keys;
use crate::os::stdout;
use crate::token::source::{TokenError, Use};

pub fn run(options: Options, args: InspectArgs) -> Result<(), Error> {
    let (token, realm) = match &args.token {
        // A token that is only decoded needs no settings, and one that is verified no client.
        Some(argument) if !args.verify => (read_token(argument)?, None),
        Some(argument) => {
            let settings = Settings::resolve(options);
            require(&settings, Name::is_of_request)?;
            let token = read_token(argument)?;
            let (route, deadline) = (settings.route()?, Deadline::after(settings.timeout?.value));
            (token, Some((settings.issuer?.value, route, deadline)))
        }
        // The token that `catena-token` would print.
        None => {
            let source = source::resolve(options, Use::Once)?;
            let mut call = source.call();
            let (response, deadline) = (call.token()?, call.deadline());
            (response.access_token, Some((source.issuer, source.route, deadline)))
        }
    };
    let jwt = Jwt::decode(token.expose()).map_err(|why| {
        let is_cut_off = is_part_of_a_jwt(token.expose());
        CommandError::NothingToShow { why, is_cut_off }
    })?;
    let verdict = match realm {
        Some((issuer, route, deadline)) if args.verify => {
            let claimed = examine(&jwt, args.token_issuer.as_deref().unwrap_or(issuer.as_str()))?;
            redact::hide_token(token.expose());
            let http = route.open(issuer.is_https(), deadline).map_err(TokenError::Trust)?;
            let keys = fetch_keys(&http, &Endpoints::of_keycloak(&issuer).keys, &issuer, route.retries, deadline)
                .map_err(TokenError::Request)?;
            claimed.verify(&keys, args.audience.as_deref(), clock::wall())?;
            format!("{}: signed by a key of {}, and valid now", table::yes(&jwt), issuer.as_str())
        }
        _ => "not verified: the token may be forged (check it with --verify)".to_owned(),
    };
    Ok(stdout::print(if args.json { table::json(&jwt) } else { table::table(&jwt, &verdict, clock::wall()) })?)
}
