//! What every command that needs a token resolves: who asks whom for it, how, and which one is good enough.

use std::time::Duration;

use crate::args::Options;
use crate::cache::Cache;
use crate::cache::binding::Binding;
use crate::cache::directory::Directory;
use crate::clock::Moment;
use crate::credential::SecretSource;
use crate::deadline::Deadline;
use crate::error::{Exit, Failure};
use crate::oauth::token_response::TokenResponse;
use crate::settings::{CacheSettings, Faults, Identity, Network};
use crate::token_file::TokenFile;
use crate::token_source::{Purpose, TokenSource, Wanted};

pub struct Source {
    pub tokens: TokenSource,
    pub wanted: Wanted,
    /// For each call.
    pub timeout: Duration,
}

impl Source {
    /// `None` when a fault was noted. Nothing is opened, and nobody asked for a secret.
    pub fn resolve(options: Options, purpose: Purpose, started: Moment, faults: &mut Faults) -> Option<Self> {
        let identity = Identity::resolve(options.identity, faults);
        let issuer = identity.as_ref().map(|identity| &identity.issuer.value);
        let cache = CacheSettings::resolve(options.cache, faults);
        let network = Network::resolve(options.network, issuer, faults);
        let (identity, cache, network) = (identity?, cache?, network?);
        let wanted = Wanted { min_ttl: cache.min_ttl.value, purpose, is_fresh: cache.is_fresh, started };
        let timeout = network.timeout.value;
        Some(Self { tokens: token_source(identity, cache.directory, &network), wanted, timeout })
    }

    /// A token file must not take the place of the secret's.
    pub fn check_place(&self, file: &TokenFile) -> Result<(), Failure> {
        match &self.tokens.secret {
            SecretSource::File { path, by } if file.is(path) => {
                let why = format!("{by} and --token-file are both `{}`", path.display());
                Err(Failure::new(Exit::Usage, "the token would replace the client secret", why))
            }
            _ => Ok(()),
        }
    }

    /// Gets a secret that can be had only once: for who asks for more than one token.
    pub fn hold_secret(&mut self) -> Result<(), Failure> {
        self.tokens.hold_secret(Deadline::after(self.timeout))
    }

    /// A token, by the end of the time that one call has.
    pub fn token(&self) -> Result<TokenResponse, Failure> {
        self.tokens.token(&self.wanted, Deadline::after(self.timeout))
    }
}

/// Where the tokens of this client come from, and are ended.
pub fn token_source(identity: Identity, directory: Option<Directory>, network: &Network) -> TokenSource {
    let binding = Binding::new(
        &identity.issuer.value,
        &identity.client_id.value,
        identity.scope.value.as_ref(),
        identity.client_auth.value,
    );
    TokenSource {
        client_id: identity.client_id.value,
        secret: identity.secret,
        issuer: identity.issuer.value,
        scope: identity.scope.value,
        client_auth: identity.client_auth.value,
        route: network.route(),
        cache: directory.map(|directory| Cache::new(directory, binding)),
    }
}
