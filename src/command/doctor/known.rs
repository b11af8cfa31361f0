//! What the settings say, as far as they can be used.

use std::time::Duration;

use crate::args::{Options, OutputArgs};
use crate::clock::Moment;
use crate::command::source::Source;
use crate::credential::{Cost, SecretSource};
use crate::deadline::Deadline;
use crate::error::Failure;
use crate::http::Http;
use crate::http::route::Route;
use crate::oauth::issuer::Issuer;
use crate::secret::Secret;
use crate::settings::{Fault, Faults, Network, Output, issuer, secret_source};
use crate::token_source::Purpose;

/// If a setting is invalid, `source` is `None`, and the other fields hold what is valid.
pub struct Known {
    pub source: Option<Source>,
    pub issuer: Option<Issuer>,
    pub secret_source: Option<SecretSource>,
    pub timeout: Duration,
    route: Option<Route>,
}

impl Known {
    /// As the bare command resolves them, with what is wrong in its order.
    pub fn resolve(options: Options, started: Moment) -> (Self, Vec<Fault>) {
        let mut faults = Faults::default();
        let (flag, network, secret) =
            (options.identity.issuer.clone(), options.network.clone(), options.identity.secret.clone());
        let output = Output::resolve(&OutputArgs::default(), &mut faults);
        let source = output.and(Source::resolve(options, Purpose::Call, started, &mut faults));
        if let Some(source) = source {
            let (issuer, route) = (Some(source.tokens.issuer.clone()), Some(source.tokens.route.clone()));
            let secret_source = Some(source.tokens.secret.clone());
            let timeout = source.timeout;
            return (Self { source: Some(source), issuer, secret_source, timeout, route }, faults.into_vec());
        }
        let mut noted = Faults::default();
        let issuer = issuer(flag.as_deref(), &mut noted).map(|setting| setting.value);
        let network = Network::resolve(network, issuer.as_ref(), &mut noted);
        let timeout = network.as_ref().map_or(Network::TIMEOUT, |network| network.timeout.value);
        let route = network.as_ref().map(Network::route);
        (Self { source, issuer, secret_source: secret_source(secret).ok(), timeout, route }, faults.into_vec())
    }

    /// Reads what the connection needs; `None` if a setting of the network is invalid.
    pub fn open(&self, deadline: Deadline) -> Option<Result<Http, Failure>> {
        let issuer = self.issuer.as_ref()?;
        self.route.as_ref().map(|route| route.open(issuer.is_https(), deadline))
    }

    /// The secret; `deadline` is extended by the time at the prompt. A command or a prompt is used only if `is_open`:
    /// the secret could be sent.
    pub fn secret(&self, is_open: bool, deadline: &mut Deadline) -> Result<Option<Secret>, Failure> {
        match (&self.source, &self.secret_source) {
            (Some(source), Some(secret)) if is_open || secret.cost() == Cost::Nothing => {
                let (secret, later) = secret.get(&source.tokens.client_id, *deadline)?;
                *deadline = later;
                Ok(Some(secret))
            }
            (None, Some(secret @ (SecretSource::Given { .. } | SecretSource::File { .. }))) => {
                secret.at_hand(*deadline)
            }
            _ => Ok(None),
        }
    }
}
