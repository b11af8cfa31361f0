//! `inspect`: what a token says, and with `--verify` whether it is genuine.

use std::path::Path;

use crate::args::InspectArgs;
use crate::clock;
use crate::command::given;
use crate::command::source::Source;
use crate::deadline::Deadline;
use crate::error::{Exit, Failure};
use crate::http::route::Route;
use crate::jwt::verify::{Expected, examine};
use crate::jwt::{Jwt, NotJwt, table};
use crate::oauth::issuer::Issuer;
use crate::oauth::keys;
use crate::output;
use crate::report;
use crate::settings::{Environment, Faults, Network, issuer};
use crate::token_source::Purpose;

/// What stands where a token is not checked.
const NOT_CHECKED: &str = "not checked: anybody can write a token that says this (--verify checks it)";

/// A realm that can be asked for its keys.
struct Realm {
    issuer: Issuer,
    route: Route,
    deadline: Deadline,
}

/// A token that is given needs no client and, unless it is verified, no setting at all.
pub fn run(mut args: InspectArgs) -> Result<(), Failure> {
    let started = clock::now();
    report::listen(args.messages.level());
    let (token, realm) = match args.token.take() {
        Some(argument) => {
            let stdin = args.identity.secret.client_secret_file.as_deref().filter(|path| *path == Path::new("-"));
            given::check_stdin(&argument, stdin.map(|_| "--client-secret-file"))?;
            let realm = if args.verify { Some(resolve(&mut args)?) } else { None };
            let token = given::read(&argument)?;
            (token, realm.map(|(issuer, network)| Realm::within(issuer, network)))
        }
        None => {
            let mut faults = Faults::default();
            let groups = (
                std::mem::take(&mut args.identity),
                std::mem::take(&mut args.cache),
                std::mem::take(&mut args.network),
            );
            let source = Source::resolve(groups, (Purpose::Call, started), &mut faults);
            let source = faults.into_result(source)?;
            let mut deadline = Deadline::after(source.timeout);
            let token = source.tokens.token(&source.wanted, &mut deadline)?.access_token;
            let realm = Realm { issuer: source.tokens.issuer, route: source.tokens.route, deadline };
            (token, Some(realm).filter(|_| args.verify))
        }
    };
    let jwt = Jwt::decode(token.expose()).map_err(|why| not_a_jwt(&why))?;
    let verdict = realm.map(|realm| realm.verify(&jwt, &args)).transpose()?;
    output::print(&match args.json {
        true => table::json(&jwt),
        false => table::table(&jwt, verdict.as_deref().unwrap_or(NOT_CHECKED), clock::wall()),
    })
}

fn resolve(args: &mut InspectArgs) -> Result<(Issuer, Network), Failure> {
    let mut faults = Faults::default();
    let issuer = faults.note(issuer(args.identity.issuer.as_deref(), Environment)).map(|setting| setting.value);
    let network = Network::resolve(std::mem::take(&mut args.network), Environment, issuer.as_ref(), &mut faults);
    faults.into_result(issuer.zip(network))
}

impl Realm {
    fn within(issuer: Issuer, network: Network) -> Self {
        let deadline = Deadline::after(network.timeout.value);
        Self { issuer, route: network.into_route(), deadline }
    }

    /// In what way the token is genuine. Nothing is asked for a token that cannot be.
    fn verify(&self, jwt: &Jwt<'_>, args: &InspectArgs) -> Result<String, Failure> {
        let issuer = args.token_issuer.as_deref().unwrap_or(self.issuer.as_str());
        let expected = Expected { issuer, audience: args.audience.as_deref() };
        let claimed = examine(jwt, &expected)?;
        let http = self.route.open(self.issuer.is_https(), self.deadline)?;
        let keys = keys::fetch(&http, &self.issuer, self.route.retries, self.deadline)?;
        claimed.verify(&keys, &expected, clock::wall())?;
        Ok("yes: signed by a key of its issuer, and valid now".to_owned())
    }
}

fn not_a_jwt(why: &NotJwt) -> Failure {
    match why {
        NotJwt::Opaque { parts } => {
            let why = format!("nothing to show (a JWT has three parts, and this token has {parts})");
            Failure::new(Exit::Unusable, "opaque", why)
        }
        NotJwt::Malformed { .. } => Failure::new(Exit::Unusable, "not a JWT", why),
    }
}
