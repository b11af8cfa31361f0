//! What the settings say, as far as they can be used.

use std::time::Duration;

use crate::args::{Options, OutputArgs};
use crate::clock::Moment;
use crate::command::source::Source;
use crate::credential::{ClientCredentials, Cost, SecretSource};
use crate::deadline::Deadline;
use crate::error::Failure;
use crate::http::Http;
use crate::oauth::client_auth;
use crate::oauth::issuer::Issuer;
use crate::redaction::Redactor;
use crate::secret::Secret;
use crate::settings::{Fault, Faults, Network, Output, issuer, secret_source};
use crate::token_source::Purpose;

/// Where a setting is at fault there is no source, and each part is known for itself.
pub struct Known {
    pub source: Option<Source>,
    issuer: Option<Issuer>,
    network: Option<Network>,
    secret: Option<SecretSource>,
}

impl Known {
    /// As the bare command resolves them, with what is wrong in its order.
    pub fn resolve(options: Options, started: Moment) -> (Self, Vec<Fault>) {
        let mut faults = Faults::default();
        let (flag, network, secret) =
            (options.identity.issuer.clone(), options.network.clone(), options.identity.secret.clone());
        let output = Output::resolve(&OutputArgs::default(), &mut faults);
        let source = Source::resolve(options, Purpose::Call, started, &mut faults);
        let mut known = Self { source: output.and(source), issuer: None, network: None, secret: None };
        if known.source.is_none() {
            let mut noted = Faults::default();
            known.issuer = issuer(flag.as_deref(), &mut noted).map(|setting| setting.value);
            known.network = Network::resolve(network, known.issuer.as_ref(), &mut noted);
            known.secret = secret_source(secret).ok();
        }
        (known, faults.into_vec())
    }

    pub fn issuer(&self) -> Option<&Issuer> {
        self.source.as_ref().map(|source| &source.tokens.issuer).or(self.issuer.as_ref())
    }

    pub fn secret_source(&self) -> Option<&SecretSource> {
        self.source.as_ref().map(|source| &source.tokens.secret).or(self.secret.as_ref())
    }

    /// Hides the secret, and what a request makes of it.
    pub fn hiding(&self, secret: &Secret) -> Redactor {
        let mut redactor = Redactor::default();
        redactor.hide(secret.expose());
        if let Some(source) = &self.source {
            let (id, secret) = (source.tokens.client_id.clone(), secret.clone());
            redactor.add(&client_auth::hiding(&ClientCredentials { id, secret }));
        }
        redactor
    }

    pub fn timeout(&self) -> Duration {
        let of_network = || self.network.as_ref().map(|network| network.timeout.value);
        self.source.as_ref().map(|source| source.timeout).or_else(of_network).unwrap_or(Network::TIMEOUT)
    }

    /// Reads what the connection needs; `None` where a setting of the network is at fault.
    pub fn open(&self, deadline: Deadline) -> Option<Result<Http, Failure>> {
        let is_https = self.issuer()?.is_https();
        match (&self.source, &self.network) {
            (Some(source), _) => Some(source.tokens.route.open(is_https, deadline)),
            (None, Some(network)) => Some(network.route().open(is_https, deadline)),
            (None, None) => None,
        }
    }

    /// The secret, with the deadline moved by the time that a person took. A command is run and a person asked only where
    /// the secret would be sent; `is_open`: whether there is something to send it by.
    pub fn secret(&self, is_open: bool, deadline: &mut Deadline) -> Result<Option<Secret>, Failure> {
        match (&self.source, self.secret_source()) {
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
