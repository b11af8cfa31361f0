//! `inspect`: decodes a token, and with `--verify` checks whether it is genuine.

use crate::base::clock::{self, Deadline};
use crate::cli::args::{InspectArgs, Options};
use crate::cli::error::{CommandError, Error};
use crate::cli::settings::{Name, Settings};
use crate::command::source::{self, read_token, require};
use crate::display::redact;
use crate::http::Route;
use crate::http::retry::RetryBudget;
use crate::oauth::discovery::{Expected, endpoints};
use crate::oauth::endpoints::Endpoints;
use crate::oauth::issuer::{Issuer, Purpose};
use crate::oauth::jwt::keys::Keys;
use crate::oauth::jwt::verify::examine;
use crate::oauth::jwt::{Jwt, is_part_of_a_jwt, table};
use crate::oauth::realm::fetch_keys;
use crate::os::stdout;
use crate::token::source::{TokenError, Use};

pub fn run(options: Options, args: InspectArgs) -> Result<(), Error> {
    let mut audience = None;
    let (token, issuer) = match &args.token {
        // A token that is only decoded needs no settings, and one that is verified no client.
        Some(argument) if !args.verify => (read_token(argument)?, None),
        Some(argument) => {
            let settings = Settings::resolve(options);
            require(&settings, Name::is_of_request)?;
            source::require_issuer(&settings, "--verify")?;
            let token = read_token(argument)?;
            let (route, deadline) = (source::route(&settings)?, Deadline::after(settings.timeout?.value));
            audience = args.audience.or(settings.audience.clone()?.value);
            let (issuer, token_issuer) = (settings.issuer?.value, settings.token_issuer?.value);
            (token, Some(Source { issuer, token_issuer, discovered: None, route, deadline }))
        }
        // The token that `catena-token` would print.
        None => {
            let settings = Settings::resolve(options);
            require(&settings, Name::is_of_token)?;
            if args.verify {
                source::require_issuer(&settings, "--verify")?;
            }
            audience = args.audience.or(settings.audience.clone()?.value);
            let source = source::of(settings, Use::Once)?;
            let mut call = source.call();
            let (response, deadline) = (call.token()?, call.deadline());
            let (discovered, token_issuer) = (response.discovered, source.token_issuer);
            let (issuer, route) = (source.issuer, source.route);
            (response.access_token, Some(Source { issuer, token_issuer, discovered, route, deadline }))
        }
    };
    let jwt = Jwt::decode(token.expose()).map_err(|why| {
        let is_cut_off = is_part_of_a_jwt(token.expose());
        CommandError::NothingToShow { why, is_cut_off }
    })?;
    let verdict = match issuer {
        Some(source) if args.verify => {
            let claimed = examine(&jwt, source.expected().name())?;
            redact::hide_token(token.expose());
            claimed.verify(&source.keys()?, audience.as_deref(), clock::wall())?;
            format!("{}: signed by a key of {}, and valid now", table::yes(&jwt), source.issuer.as_str())
        }
        _ => "not verified: the token may be forged (check it with --verify)".to_owned(),
    };
    Ok(stdout::print(if args.json { table::json(&jwt) } else { table::table(&jwt, &verdict, clock::wall()) })?)
}

/// Where the keys come from.
struct Source {
    issuer: Issuer,
    token_issuer: Option<String>,
    /// The endpoints that are cached with the token.
    discovered: Option<Endpoints>,
    route: Route,
    deadline: Deadline,
}

impl Source {
    fn expected(&self) -> Expected<'_> {
        Expected { issuer: &self.issuer, token_issuer: self.token_issuer.as_deref() }
    }

    fn keys(&self) -> Result<Keys, TokenError> {
        let (retries, deadline) = (self.route.retries, self.deadline);
        let http = self.route.open(self.issuer.is_https(), deadline)?;
        let endpoints = match &self.discovered {
            Some(endpoints) => endpoints,
            None => &endpoints(&http, self.expected(), &mut RetryBudget::new(retries), deadline)?,
        };
        let url = endpoints.url(Purpose::Keys)?;
        // A realm's server has the certificate anyway, and may require it.
        let http = match self.issuer.is_keycloak() {
            true => self.route.open_as_client(url, &http, deadline)?,
            false => self.route.open_for(url, &http, deadline)?,
        };
        Ok(fetch_keys(&http, endpoints, &self.issuer, retries, deadline)?)
    }
}
