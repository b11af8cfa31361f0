//! Who asks whom for what: client id, secret's source, issuer, scope, client authentication.

use super::environment::{Environment, Variable};
use super::secret_source;
use super::setting::{Faults, Given, Origin, Setting, resolve_typed, tell_setting};
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
        let scope = faults.note(given.resolve(environment, Scope::ORGANIZATION, Scope::parse));
        if let Some(scope) = &scope {
            tell_setting("scope", scope, scope.value.as_ref().map_or("", Scope::as_str));
        }
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
        let client_id = faults.note(client_id(args.client_id.as_deref(), environment));
        let issuer = faults.note(issuer(args.issuer.as_deref(), environment));
        let client_auth = faults.note(resolve_typed(
            ("--client-auth", args.client_auth),
            ("CATENA_CLIENT_AUTH", environment),
            "post",
            ClientAuth::parse,
        ));
        let secret = faults.note(secret_source::resolve(args.secret, environment));
        let identity =
            Self { client_id: client_id?, secret: secret?, issuer: issuer?, scope: scope?, client_auth: client_auth? };
        identity.tell();
        Some(identity)
    }

    fn tell(&self) {
        tell_setting("client id", &self.client_id, self.client_id.value.as_str());
        tell_setting("client authentication", &self.client_auth, self.client_auth.value.name());
        self.secret.tell();
    }
}

/// The realm that is asked.
pub fn issuer(flag: Option<&str>, environment: Environment) -> Result<Setting<Issuer>, Failure> {
    let given = Given { flag, flag_name: "--issuer", variable: "CATENA_ISSUER" };
    let issuer = given.resolve(environment, Issuer::CATENA, Issuer::parse)?;
    tell_setting("issuer", &issuer, issuer.value.as_str());
    Ok(issuer)
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
