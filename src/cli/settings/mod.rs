//! The settings: each from its flag, else its variable, else the configuration file, else its default, with its origin.
//!
//! All are resolved at once, and no file is opened but the configuration file. A field that can be invalid holds its
//! value or its error: a command checks the settings that it needs, `doctor` reports all.

mod assertion;
mod certificate;
mod config;
mod credential;
mod environment;
mod nearest;
mod output;
mod proxy;
mod resolve;
mod setting;
mod store;
mod token_request;

use std::sync::Arc;
use std::time::Duration;

use crate::base::origin::Origin;
use crate::cli::exec_credential::ApiVersion;
use crate::cli::format::{EnvName, Format};
use crate::credential::{ClientId, CredentialSource};
use crate::http::Route;
use crate::http::endpoint::Endpoint;
use crate::http::identity::IdentityFiles;
use crate::http::trust::Bundle;
use crate::oauth::assertion::AssertionSettings;
use crate::oauth::client_auth::ClientAuth;
use crate::oauth::issuer::Issuer;
use crate::oauth::parameter::Parameter;
use crate::oauth::scope::Scope;
use crate::oauth::token_url::TokenUrl;
use crate::token::cache::directory::Directory;
use crate::token::store::access::Access;
use assertion::AssertionSetting;
pub use config::error::{ConfigProblem, LineProblem};
pub use config::{Config, place, profiles};
pub use credential::{has_runner, unused_credentials};
pub use environment::{
    can_erase_lines, ci_system, empty_variables, is_set_but_empty, misspelt_variable, nearest_variable, notify_socket,
    places_in_memory, search_path, temporary_directory, unread_variables,
};
pub use proxy::{NoProxy, ProxyChoice, unmatched_no_proxy};
pub use setting::{Checked, Name, Problem, Setting, SettingError};

/// The variables that no child gets: they may contain a credential, or say how to get it.
pub fn secret_variables() -> impl Iterator<Item = &'static str> {
    credential::variables().chain(store::VARIABLES)
}

/// Why there is no cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{self:?}")]
pub enum NoCache {
    /// This flag or variable turns it off.
    Off(Origin),
    /// Neither `HOME` nor `--cache-dir` names a directory.
    NoHome,
}

#[derive(Clone)]
pub struct Settings {
    /// `None` if there is no file.
    pub config: Result<Option<Config>, SettingError>,
    pub format: Checked<Format>,
    pub env_name: Checked<EnvName>,
    /// For the format `exec-credential`.
    pub api_version: Checked<ApiVersion>,
    /// An empty flag requests none.
    pub scope: Checked<Option<Scope>>,
    /// `None` beside an assertion, which names the client itself.
    pub client_id: Checked<Option<ClientId>>,
    pub issuer: Checked<Issuer>,
    /// The realm's name in tokens, if it is not `issuer`.
    pub token_issuer: Checked<Option<String>>,
    /// Whom `inspect --verify` expects a token to be for.
    pub audience: Checked<Option<String>>,
    /// `None`: the issuer says where.
    pub token_url: Checked<Option<TokenUrl>>,
    pub params: Checked<Vec<Parameter>>,
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
    /// The cache that machines share; `None` if no setting names one.
    pub store: Checked<Option<Arc<Access>>>,
    pub timeout: Checked<Duration>,
    pub connect_timeout: Checked<Duration>,
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

    /// The errors, in the order in which a call reads the settings.
    pub fn errors(&self) -> impl Iterator<Item = &SettingError> {
        let errors = [
            self.config.as_ref().err(),
            self.format.as_ref().err(),
            self.env_name.as_ref().err(),
            self.api_version.as_ref().err(),
            self.scope.as_ref().err(),
            self.client_id.as_ref().err(),
            // An error of the file is already listed.
            self.issuer.as_ref().err().filter(|error| error.name == Name::Issuer),
            self.token_issuer.as_ref().err(),
            self.audience.as_ref().err(),
            self.token_url.as_ref().err(),
            self.params.as_ref().err(),
            self.client_auth.as_ref().err(),
            self.credential.as_ref().err(),
            self.identity.as_ref().err(),
            self.min_ttl.as_ref().err(),
            self.no_cache.as_ref().err(),
            self.cache_directory.as_ref().and_then(|directory| directory.as_ref().err()),
            self.store.as_ref().err(),
            self.timeout.as_ref().err(),
            self.connect_timeout.as_ref().err(),
            self.retries.as_ref().err(),
            self.ca_bundle.as_ref().err(),
            // An issuer's error is already listed.
            self.proxy.as_ref().err().filter(|error| error.name == Name::Proxy),
        ];
        errors.into_iter().flatten().chain(self.assertion.errors())
    }

    /// The first error of the settings that a command needs. Each may depend on the configuration file.
    pub fn check(&self, is_needed: impl Fn(Name) -> bool) -> Result<(), SettingError> {
        self.errors()
            .find(|error| error.name == Name::Config || is_needed(error.name))
            .map_or(Ok(()), |error| Err(error.clone()))
    }

    /// The directory of the cache, or why there is no cache.
    pub fn cache(&self) -> Result<Result<Setting<Directory>, NoCache>, SettingError> {
        let no_cache = self.no_cache.clone()?;
        Ok(match no_cache.value {
            true => Err(NoCache::Off(no_cache.origin)),
            false => self.cache_directory.clone().transpose()?.ok_or(NoCache::NoHome),
        })
    }

    /// The cache that machines share, unless the cache is off.
    pub fn store(&self) -> Result<Option<Arc<Access>>, SettingError> {
        let is_on = matches!(self.no_cache, Ok(Setting { value: false, .. }));
        Ok(self.store.clone()?.value.filter(|_| is_on))
    }

    /// What a client assertion says, or must say.
    pub fn assertion(&self) -> Result<AssertionSettings, SettingError> {
        let AssertionSetting { audience, kind, key_id, algorithm } = self.assertion.clone();
        let (named, token_issuer) = (audience?.value, self.token_issuer.clone()?.value);
        let audience = match named.or(token_issuer) {
            Some(audience) => audience,
            None => self.issuer.clone()?.value.own_name(),
        };
        Ok(AssertionSettings { audience, kind: kind?.value, key_id: key_id?.value, algorithm: algorithm?.value })
    }

    /// The server that gets the first request.
    pub fn server(&self) -> Result<&Endpoint, &SettingError> {
        token_request::server(&self.issuer, &self.token_url)
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
            zone: match self.issuer.clone()?.value.zone {
                none if none.is_empty() => self.token_url.clone()?.value.map(|url| url.zone).unwrap_or_default(),
                zone => zone,
            },
            ca_bundle: self.ca_bundle.clone()?.value,
            connect_timeout: self.connect_timeout.clone()?.value,
            identity: None,
        })
    }
}

#[cfg(test)]
mod tests;
