//! The bare command: an access token on stdout.

use crate::args::TokenArgs;
use crate::cache::Cache;
use crate::cache::binding::Binding;
use crate::clock;
use crate::deadline::Deadline;
use crate::error::Failure;
use crate::http::route::Route;
use crate::output;
use crate::report;
use crate::settings::{CacheSettings, Environment, Faults, Identity, Network, Output};
use crate::token_source::{TokenSource, Wanted};

/// Everything that can be wrong with the settings is found before the secret is fetched or a person asked for it.
pub fn run(args: TokenArgs) -> Result<(), Failure> {
    let started = clock::now();
    report::listen(args.messages.level());
    let environment = Environment;
    let mut faults = Faults::default();
    let output = Output::resolve(args.output, environment, &mut faults);
    let identity = Identity::resolve(args.identity, environment, &mut faults);
    let issuer = identity.as_ref().map(|identity| &identity.issuer.value);
    let cache = CacheSettings::resolve(args.cache, environment, &mut faults);
    let network = Network::resolve(args.network, environment, issuer, &mut faults);
    let settings = output.zip(identity).zip(cache.zip(network));
    let ((output, identity), (cache, network)) = faults.into_result(settings)?;

    let deadline = Deadline::after(network.timeout.value);
    let source = token_source(identity, cache, network, started);
    let response = source.token(deadline)?;
    output::print(&output.format.value.render(&response, &output.env_name))
}

fn token_source(identity: Identity, cache: CacheSettings, network: Network, started: clock::Moment) -> TokenSource {
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
        route: Route {
            proxy: network.proxy,
            ca_bundle: network.ca_bundle.value,
            connect_timeout: network.connect_timeout.value,
            retries: network.retries.value,
        },
        cache: cache.directory.map(|directory| Cache::new(directory, binding)),
        wanted: Wanted { min_ttl: cache.min_ttl.value, is_fresh: cache.is_fresh, started },
    }
}
