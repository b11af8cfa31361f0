//! The bare command: an access token on stdout.

use crate::args::TokenArgs;
use crate::deadline::Deadline;
use crate::error::Failure;
use crate::http::Http;
use crate::http::trust::TrustStore;
use crate::output;
use crate::report;
use crate::settings::{Environment, Faults, Identity, Network, Output};
use crate::token_source::TokenSource;

/// Everything that can be wrong on this machine is found before the secret is fetched or a person asked for it.
pub fn run(args: TokenArgs) -> Result<(), Failure> {
    report::listen(args.messages.level());
    let environment = Environment;
    let mut faults = Faults::default();
    let output = Output::resolve(args.output, environment, &mut faults);
    let identity = Identity::resolve(args.identity, environment, &mut faults);
    let issuer = identity.as_ref().map(|identity| &identity.issuer.value);
    let network = Network::resolve(args.network, environment, issuer, &mut faults);
    let settings = output.zip(identity).zip(network);
    let ((output, identity), network) = faults.into_result(settings)?;

    let deadline = Deadline::after(network.timeout.value);
    let trust = match identity.issuer.value.is_https() {
        true => Some(TrustStore::read(network.ca_bundle.value.as_deref(), deadline)?),
        false => None,
    };
    let source = TokenSource {
        client_id: identity.client_id.value,
        secret: identity.secret,
        issuer: identity.issuer.value,
        scope: identity.scope.value,
        client_auth: identity.client_auth.value,
        http: Http::new(trust, network.proxy, network.connect_timeout.value),
        retries: network.retries.value,
    };
    let response = source.token(deadline)?;
    output::print(&output.format.value.render(&response, &output.env_name))
}
