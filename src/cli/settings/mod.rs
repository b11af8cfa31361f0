//! The settings: each from its flag, else its variable, else its default, with its origin.
//!
//! All are resolved at once, and no file is opened. A field that can be invalid holds its value or its error: a command
//! checks the settings that it needs, `doctor` reports all.

mod assertion;
mod certificate;
mod credential;
mod environment;
mod proxy;
mod setting;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::base::duration;
use crate::cli::args::Options;
use crate::cli::format::{EnvName, Format};
use crate::credential::{ClientId, CredentialSource, Place};
use crate::http::Route;
use crate::http::endpoint::{LONGEST, UnusableUrl};
use crate::http::identity::IdentityFiles;
use crate::http::trust::Bundle;
use crate::oauth::assertion::AssertionSettings;
use crate::oauth::client_auth::ClientAuth;
use crate::oauth::issuer::Issuer;
use crate::oauth::scope::Scope;
use crate::token::cache::directory::Directory;
use assertion::AssertionSetting;
pub use credential::{credential_variables, has_runner, unused_credentials};
use environment::{Environment, first, is_empty};
pub use environment::{
    can_erase_lines, ci_system, empty_variables, misspelt_variable, nearest_variable, notify_socket, places_in_memory,
    search_path, temporary_directory, unread_variables,
};
pub use proxy::{NoProxy, ProxyChoice, unmatched_no_proxy};
pub use setting::{Checked, DEFAULT, Name, Problem, Setting, SettingError};
use setting::{Reader, line};

/// Why there is no cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{self:?}")]
pub enum NoCache {
    /// This flag or variable turns it off.
    Off(&'static str),
    /// Neither `HOME` nor `--cache-dir` names a directory.
    NoHome,
}

#[derive(Clone)]
pub struct Settings {
    pub format: Checked<Format>,
    pub env_name: Result<EnvName, SettingError>,
    /// An empty flag requests none.
    pub scope: Checked<Option<Scope>>,
    /// `None` beside an assertion, which names the client itself.
    pub client_id: Checked<Option<ClientId>>,
    pub issuer: Checked<Issuer>,
    /// The realm's name in tokens, if it is not `issuer`.
    pub token_issuer: Checked<Option<String>>,
    pub client_auth: Checked<ClientAuth>,
    /// Where the credential is. It is not read yet.
    pub credential: Result<CredentialSource, SettingError>,
    pub assertion: AssertionSetting,
    /// The client's TLS certificate.
    pub identity: Result<Option<IdentityFiles>, SettingError>,
    /// Whether `--client-secret` gives it: every user of this machine can read that.
    pub is_secret_exposed: bool,
    /// `None` is the leeway.
    pub min_ttl: Checked<Option<Duration>>,
    /// `--refresh`.
    pub is_fresh: bool,
    pub no_cache: Checked<bool>,
    /// `None` if neither a setting nor `HOME` names one.
    pub cache_directory: Option<Checked<Directory>>,
    pub timeout: Checked<Duration>,
    pub connect_timeout: Setting<Duration>,
    pub retries: Checked<u32>,
    /// `None` is the system's.
    pub ca_bundle: Checked<Option<Bundle>>,
    pub proxy: Result<ProxyChoice, SettingError>,
}

/// The defaults. The issuer, the scope and the variable's name have theirs as `Default`.
impl Settings {
    pub const FORMAT: Format = Format::Token;
    pub const CLIENT_AUTH: ClientAuth = ClientAuth::Post;
    pub const TIMEOUT: Duration = Duration::from_secs(30);
    /// Longer than any healthy connection takes, but short enough for a retry within the default timeout.
    pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
    pub const RETRIES: u32 = 2;

    pub fn resolve(options: Options) -> Self {
        Self::resolve_in(options, &environment::get)
    }

    fn resolve_in(options: Options, environment: &Environment) -> Self {
        let Options { identity, output, cache, network, messages: _ } = options;
        let read = |name, flag, variable| Reader { name, flag, variable, environment };
        let (flag, format) = if output.json { ("--json", Some(Format::Json)) } else { ("--format", output.format) };
        let known = |text: &str| Format::named(text).ok_or(Problem::Unknown);
        let format = read(Name::Format, flag, "CATENA_FORMAT").value(format, Self::FORMAT, known);
        let scope = read(Name::Scope, "--scope", "CATENA_SCOPE");
        let issuer = read(Name::Issuer, "--issuer", "CATENA_ISSUER");
        let issuer = issuer.parsed(identity.issuer, Issuer::default(), Issuer::parse);
        let files = certificate::files(identity.certificate, environment);
        let credential =
            credential::resolve(identity.credential, files.as_ref().ok().and_then(Option::as_ref), environment);
        let kind = credential.as_ref().ok().map(|source| source.kind);
        let server = issuer.as_ref().map(|issuer| issuer.value.server());
        // The runner is on another host.
        let has_runner = credential.as_ref().is_ok_and(|source| matches!(source.place, Place::Runner { .. }));
        // Keycloak's endpoints are on one host, and so are those of a realm on this machine.
        let is_one = |issuer: &Issuer| issuer.is_keycloak() || !issuer.is_https();
        let is_only = !has_runner && issuer.as_ref().is_ok_and(|issuer| is_one(&issuer.value));
        let client_auth = read(Name::ClientAuth, "--client-auth", "CATENA_CLIENT_AUTH");
        let auth = |text: &str| ClientAuth::named(text).ok_or(Problem::Unknown);
        let min_ttl = read(Name::MinTtl, "--min-ttl", "CATENA_MIN_TTL");
        let some_duration = |text: &str| duration::parse(text).map(Some);
        let no_cache = read(Name::Cache, "--no-cache", "CATENA_NO_CACHE");
        let timeout = read(Name::Timeout, "--timeout", "CATENA_TIMEOUT");
        let typed = |value| Setting { value, origin: "--connect-timeout" };
        let retries = read(Name::Retries, "--retries", "CATENA_RETRIES");
        Self {
            env_name: env_name(output.env_name, &format),
            format,
            scope: scope.parsed(identity.scope, Some(Scope::default()), Scope::parse),
            client_id: client_id(identity.client_id, credential::needs_client_id(&credential), environment),
            client_auth: assertion::client_auth(
                client_auth.value(identity.client_auth, Self::CLIENT_AUTH, auth),
                &credential,
            ),
            is_secret_exposed: credential.as_ref().is_ok_and(|source| source.by() == Some("--client-secret")),
            assertion: AssertionSetting::resolve(identity.assertion, kind, environment),
            credential,
            identity: files,
            token_issuer: token_issuer(identity.token_issuer),
            min_ttl: min_ttl.value(cache.min_ttl.map(Some), None, some_duration),
            is_fresh: cache.refresh,
            no_cache: no_cache.value(cache.no_cache.then_some(true), false, switch),
            cache_directory: cache_directory(cache.cache_dir, environment),
            timeout: timeout.value(network.timeout, Self::TIMEOUT, duration::parse_positive),
            connect_timeout: network.connect_timeout.map_or(Setting::by_default(Self::CONNECT_TIMEOUT), typed),
            retries: retries.value(network.retries, Self::RETRIES, |text| text.parse().map_err(|_| Problem::Unknown)),
            ca_bundle: ca_bundle(network.ca_cert, environment),
            proxy: proxy::choose(network.proxy, server, is_only, environment),
            issuer,
        }
    }

    /// The errors, in the order in which a call reads the settings.
    pub fn errors(&self) -> impl Iterator<Item = &SettingError> {
        let errors = [
            self.format.as_ref().err(),
            self.env_name.as_ref().err(),
            self.scope.as_ref().err(),
            self.client_id.as_ref().err(),
            self.issuer.as_ref().err(),
            self.token_issuer.as_ref().err(),
            self.client_auth.as_ref().err(),
            self.credential.as_ref().err(),
            self.identity.as_ref().err(),
            self.min_ttl.as_ref().err(),
            self.no_cache.as_ref().err(),
            self.cache_directory.as_ref().and_then(|directory| directory.as_ref().err()),
            self.timeout.as_ref().err(),
            self.retries.as_ref().err(),
            self.ca_bundle.as_ref().err(),
            // An issuer's error is already listed.
            self.proxy.as_ref().err().filter(|error| error.name == Name::Proxy),
        ];
        errors.into_iter().flatten().chain(self.assertion.errors())
    }

    /// The first error of the settings that a command needs.
    pub fn check(&self, is_needed: impl Fn(Name) -> bool) -> Result<(), SettingError> {
        self.errors().find(|error| is_needed(error.name)).map_or(Ok(()), |error| Err(error.clone()))
    }

    /// The directory of the cache, or why there is no cache.
    pub fn cache(&self) -> Result<Result<Setting<Directory>, NoCache>, SettingError> {
        let no_cache = self.no_cache.clone()?;
        Ok(match no_cache.value {
            true => Err(NoCache::Off(no_cache.origin)),
            false => self.cache_directory.clone().transpose()?.ok_or(NoCache::NoHome),
        })
    }

    /// What a client assertion says, or must say.
    pub fn assertion(&self) -> Result<AssertionSettings, SettingError> {
        let AssertionSetting { audience, kind, key_id, algorithm } = self.assertion.clone();
        let (named, token_issuer) = (audience?.value, self.token_issuer.clone()?.value);
        let audience = match named.or(token_issuer) {
            Some(audience) => audience,
            None => self.issuer.clone()?.value.as_str().to_owned(),
        };
        Ok(AssertionSettings { audience, kind: kind?.value, key_id: key_id?.value, algorithm: algorithm?.value })
    }

    /// Whether the first request goes through a proxy.
    pub fn is_proxied(&self) -> bool {
        self.proxy.as_ref().is_ok_and(|proxy| proxy.first.is_ok())
    }

    /// How to connect to the realm, without the client's certificate, which is not read yet.
    pub fn route(&self) -> Result<Route, SettingError> {
        let proxy = self.proxy.clone()?;
        Ok(Route {
            retries: self.retries.clone()?.value,
            proxy: proxy.others,
            no_proxy: proxy.no_proxy,
            zone: self.issuer.clone()?.value.zone,
            ca_bundle: self.ca_bundle.clone()?.value,
            connect_timeout: self.connect_timeout.value,
            identity: None,
        })
    }
}

/// `--env-name` with a format without a variable is an error.
fn env_name(flag: Option<EnvName>, format: &Checked<Format>) -> Result<EnvName, SettingError> {
    match (flag, format) {
        (Some(_), Ok(format)) if !format.value.has_env_name() => {
            let problem = Problem::UnusedEnvName(format.clone());
            Err(SettingError { name: Name::EnvVariable, origin: "--env-name", problem, text: None })
        }
        (flag, _) => Ok(flag.unwrap_or_default()),
    }
}

fn client_id(flag: Option<String>, is_required: bool, environment: &Environment) -> Checked<Option<ClientId>> {
    let (name, variable) = (Name::ClientId, "CATENA_CLIENT_ID");
    let reader = Reader { name, flag: "--client-id", variable, environment };
    let parse = |text: &str| {
        if text.is_empty() {
            return Err(Problem::Empty);
        }
        ClientId::new(text).map(Some).ok_or(Problem::ControlCharacter)
    };
    reader.text(flag, parse).unwrap_or_else(|| {
        if !is_required {
            return Ok(Setting::by_default(None));
        }
        let problem = Problem::Missing { is_empty: is_empty(environment, variable) };
        Err(SettingError { name, origin: DEFAULT, problem, text: None })
    })
}

fn token_issuer(flag: Option<String>) -> Checked<Option<String>> {
    let Some(text) = flag else { return Ok(Setting::by_default(None)) };
    let (name, origin) = (Name::TokenIssuer, "--token-issuer");
    let parse = |text: &str| match text.len() {
        0 => Err(Problem::Empty),
        1..=LONGEST => Ok(Some(text.to_owned())),
        _ => Err(UnusableUrl::TooLong(LONGEST).into()),
    };
    Setting::parse(name, origin, text.into(), parse)
}

fn switch(text: &str) -> Result<bool, Problem> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "0" | "false" | "no" | "off" => Ok(false),
        _ => Err(Problem::Unknown),
    }
}

fn ca_bundle(flag: Option<PathBuf>, environment: &Environment) -> Checked<Option<Bundle>> {
    let variable = || first(environment, &["CATENA_CA_CERT", "SSL_CERT_FILE"]);
    let named = flag.map(|path| ("--ca-cert", path.into())).or_else(variable);
    let Some((by, path)) = named else { return Ok(Setting::by_default(None)) };
    let path = line(Name::CaBundle, by, path)?.value.into();
    Ok(Setting { value: Some(Bundle { path, by }), origin: by })
}

/// `None` if nothing names a directory. Relative XDG paths are ignored, as the XDG specification requires.
fn cache_directory(flag: Option<PathBuf>, environment: &Environment) -> Option<Checked<Directory>> {
    const NAME: &str = "catena-token";
    let absolute = |name| first(environment, &[name]).filter(|(_, path)| Path::new(path).is_absolute());
    let named = flag.map(|path| ("--cache-dir", path.into())).or_else(|| first(environment, &["CATENA_CACHE_DIR"]));
    let (origin, path) = named.or_else(|| absolute("XDG_CACHE_HOME")).or_else(|| absolute("HOME"))?;
    let directory = |path: PathBuf| match origin {
        "XDG_CACHE_HOME" => Directory { path: path.join(NAME), base: None },
        "HOME" => Directory { path: path.join(".cache").join(NAME), base: Some(path) },
        _ => Directory { path, base: None },
    };
    let path = line(Name::Cache, origin, path);
    Some(path.map(|path| Setting { value: directory(path.value.into()), origin }))
}

#[cfg(test)]
mod tests;
