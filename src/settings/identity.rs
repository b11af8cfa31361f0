//! Who asks whom for what: client id, secret's source, issuer, scope, client authentication.

use super::environment::{Environment, Variable};
use super::secret_source;
use super::setting::{Faults, Given, Origin, Setting, resolve_typed};
use crate::args::IdentityArgs;
use crate::credential::{ClientId, SecretSource};
use crate::error::{Exit, Failure};
use crate::oauth::client_auth::ClientAuth;
use crate::oauth::issuer::Issuer;
use crate::oauth::scope::Scope;

pub struct Identity {
    /// `--client-id`, `CATENA_CLIENT_ID`; has no default.
    pub client_id: Setting<ClientId>,
    /// Where the secret is; it has not been fetched.
    pub secret: SecretSource,
    /// `--issuer`, `CATENA_ISSUER`; Catena's realm.
    pub issuer: Setting<Issuer>,
    /// `--scope`, `CATENA_SCOPE`; `organization`. An empty flag sends none.
    pub scope: Setting<Option<Scope>>,
    /// `--client-auth`, `CATENA_CLIENT_AUTH`; `post`.
    pub client_auth: Setting<ClientAuth>,
}

impl Identity {
    /// `None` when a fault was noted.
    pub fn resolve(args: IdentityArgs, environment: Environment, faults: &mut Faults) -> Option<Self> {
        let given = Given { flag: args.scope.as_deref(), flag_name: "--scope", variable: "CATENA_SCOPE" };
        let scope = given.resolve(environment, Scope::ORGANIZATION, Scope::parse);
        let shown = |scope: &Option<Scope>| scope.as_ref().map_or_else(String::new, |scope| scope.as_str().to_owned());
        let scope = faults.take("scope", scope, shown);
        Self::with_scope(scope, args, environment, faults)
    }

    /// The same for who asks for no token: no scope is looked at.
    pub fn without_scope(args: IdentityArgs, environment: Environment, faults: &mut Faults) -> Option<Self> {
        Self::with_scope(Some(Setting { value: None, origin: Origin::Default }), args, environment, faults)
    }

    fn with_scope(
        scope: Option<Setting<Option<Scope>>>,
        args: IdentityArgs,
        environment: Environment,
        faults: &mut Faults,
    ) -> Option<Self> {
        let client_id = client_id(args.client_id.as_deref(), environment);
        let client_id = faults.take("client id", client_id, |id| id.as_str().to_owned());
        let issuer = issuer(args.issuer.as_deref(), environment, faults);
        let client_auth = resolve_typed(
            ("--client-auth", args.client_auth),
            ("CATENA_CLIENT_AUTH", environment),
            "post",
            ClientAuth::parse,
        );
        let client_auth = faults.take("client authentication", client_auth, |method| method.name().to_owned());
        let secret = faults.note("client secret", secret_source::resolve(args.secret, environment));
        secret.iter().for_each(SecretSource::tell);
        Some(Self { client_id: client_id?, secret: secret?, issuer: issuer?, scope: scope?, client_auth: client_auth? })
    }
}

/// The realm that is asked; `None` when a fault was noted.
pub fn issuer(flag: Option<&str>, environment: Environment, faults: &mut Faults) -> Option<Setting<Issuer>> {
    let given = Given { flag, flag_name: "--issuer", variable: "CATENA_ISSUER" };
    let issuer = given.resolve(environment, Issuer::CATENA, Issuer::parse);
    let issuer = issuer.map_err(|failure| failure.hint("a realm's URL reads https://HOST/realms/NAME"));
    faults.take("issuer", issuer, |issuer| issuer.as_str().to_owned())
}

fn client_id(flag: Option<&str>, environment: Environment) -> Result<Setting<ClientId>, Failure> {
    const VARIABLE: &str = "CATENA_CLIENT_ID";
    let given = Given { flag, flag_name: "--client-id", variable: VARIABLE };
    match given.text(environment)? {
        Some(Setting { value, origin }) => match ClientId::new(&value) {
            Ok(value) => Ok(Setting { value, origin }),
            Err(why) => Err(Failure::new(Exit::Setup, format!("{origin} cannot be used"), why)),
        },
        None => {
            let state = if environment.get(VARIABLE) == Variable::Empty { "is set but empty" } else { "is not set" };
            Err(Failure::new(Exit::Setup, "no client id", format!("--client-id is not given and {VARIABLE} {state}"))
                .hint(format!("give --client-id or set {VARIABLE}")))
        }
    }
}
