//! Who asks whom for what: client id, secret's source, issuer, scope, client authentication.

use super::environment::{self, Variable};
use super::secret_source;
use super::setting::{Faults, Origin, Setting, named};
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
    pub fn resolve(args: IdentityArgs, faults: &mut Faults) -> Option<Self> {
        let scope = named("--scope", "CATENA_SCOPE");
        let scope = scope.parsed(args.scope.as_deref(), Scope::ORGANIZATION, Scope::parse);
        let shown = |scope: &Option<Scope>| scope.as_ref().map_or_else(String::new, |scope| scope.as_str().to_owned());
        let scope = faults.take("scope", scope, shown);
        Self::with_scope(scope, args, faults)
    }

    /// The same for who asks for no token: no scope is looked at.
    pub fn without_scope(args: IdentityArgs, faults: &mut Faults) -> Option<Self> {
        Self::with_scope(Some(Setting { value: None, origin: Origin::Default }), args, faults)
    }

    fn with_scope(scope: Option<Setting<Option<Scope>>>, args: IdentityArgs, faults: &mut Faults) -> Option<Self> {
        let client_id = client_id(args.client_id.as_deref());
        let client_id = faults.take("client id", client_id, |id| id.as_str().to_owned());
        let issuer = issuer(args.issuer.as_deref(), faults);
        let client_auth = named("--client-auth", "CATENA_CLIENT_AUTH");
        let client_auth = client_auth.value(args.client_auth, ClientAuth::Post, ClientAuth::parse);
        let client_auth = faults.take("client authentication", client_auth, |method| method.name().to_owned());
        let secret = faults.note("client secret", secret_source::resolve(args.secret));
        secret.iter().for_each(SecretSource::tell);
        Some(Self { client_id: client_id?, secret: secret?, issuer: issuer?, scope: scope?, client_auth: client_auth? })
    }
}

/// The realm that is asked; `None` when a fault was noted.
pub fn issuer(flag: Option<&str>, faults: &mut Faults) -> Option<Setting<Issuer>> {
    let issuer = named("--issuer", "CATENA_ISSUER").parsed(flag, Issuer::CATENA, Issuer::parse);
    let issuer = issuer.map_err(|failure| failure.hint("a realm's URL reads https://HOST/realms/NAME"));
    faults.take("issuer", issuer, |issuer| issuer.as_str().to_owned())
}

fn client_id(flag: Option<&str>) -> Result<Setting<ClientId>, Failure> {
    const VARIABLE: &str = "CATENA_CLIENT_ID";
    match named("--client-id", VARIABLE).text(flag)? {
        Some(Setting { value, origin }) => match ClientId::new(&value) {
            Ok(value) => Ok(Setting { value, origin }),
            Err(why) => Err(Failure::new(Exit::Setup, format!("{origin} cannot be used"), why)),
        },
        None => {
            let state = if environment::get(VARIABLE) == Variable::Empty { "is set but empty" } else { "is not set" };
            Err(Failure::new(Exit::Setup, "no client id", format!("--client-id is not given and {VARIABLE} {state}"))
                .hint(format!("give --client-id or set {VARIABLE}")))
        }
    }
}
