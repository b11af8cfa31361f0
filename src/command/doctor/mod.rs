//! `doctor`: from "it does not work" to the one thing to mend.
//!
//! It goes the way of a call by the code of a call, and judges what that tells of itself. What a call does not do (the
//! discovery document, the clocks, a look at the cache) can only warn. Nobody is asked more than once, no token is kept,
//! and all of it ends with the time of `--timeout`: a third of it is for the discovery document.

mod asked;
mod cache;
mod connection;
mod examination;
mod issuer;
mod program;
mod realm;
mod secret;
mod settings;
mod sheet;
mod step;
mod suspicion;
mod token;
mod witness;

use std::process::ExitCode;

use crate::args::{DoctorArgs, MessageArgs, OutputArgs};
use crate::clock::{self, Moment};
use crate::command::source::{self, Source};
use crate::credential::SecretSource;
use crate::error::Failure;
use crate::event::Level;
use crate::oauth::issuer::Issuer;
use crate::redaction::Redactor;
use crate::settings::{Environment, Fault, Faults, Network, Output, secret_source};
use crate::token_source::Purpose;
use examination::Examination;
use sheet::Sheet;
use witness::Witness;

pub fn run(args: DoctorArgs) -> Result<ExitCode, Failure> {
    let started = clock::now();
    let witness = Witness::listen(printed(&args.messages));
    let (is_json, is_offline) = (args.json, args.offline);
    let plan = Plan::resolve(args, started);
    let (sheet, redactor) = (Sheet::new(is_json), plan.redactor.clone());
    let mut examination = Examination { sheet, witness, is_offline, faults: &plan.faults, redactor };
    examination.look_at_settings(plan.issuer(), plan.source.as_ref())?;
    match (&plan.source, plan.realm) {
        (Some(source), _) => examination.go(source)?,
        (None, Some((issuer, network))) => examination.go_without_credentials(&issuer, network)?,
        (None, None) => examination.stay()?,
    }
    examination.sheet.end()
}

/// What is printed of the events: its own report says what a warning would.
fn printed(messages: &MessageArgs) -> Level {
    if messages.verbose > 0 { messages.level() } else { Level::Quiet }
}

/// What a call would do, as far as the settings say it.
struct Plan {
    faults: Vec<Fault>,
    /// `None` when a setting is at fault.
    source: Option<Source>,
    /// Then, whoever can be asked without credentials.
    realm: Option<(Issuer, Network)>,
    /// And what hides the secret, should it stand in a place of another setting.
    redactor: Redactor,
}

impl Plan {
    /// As the bare command resolves them, its output's settings first.
    fn resolve(args: DoctorArgs, started: Moment) -> Self {
        let mut faults = Faults::default();
        let (issuer, network, secret) =
            (args.identity.issuer.clone(), args.network.clone(), args.identity.secret.clone());
        let output = Output::resolve(OutputArgs::default(), Environment, &mut faults);
        let purpose = (Purpose::Call, started);
        let source = Source::resolve((args.identity, args.cache, args.network), purpose, &mut faults);
        let source = output.and(source);
        let realm = match source {
            Some(_) => None,
            None => source::realm(issuer.as_deref(), network, &mut Faults::default()),
        };
        let mut redactor = Redactor::default();
        if source.is_none()
            && let Ok(SecretSource::Given { secret, .. }) = secret_source(secret, Environment)
        {
            redactor.hide(secret.expose());
        }
        Self { faults: faults.into_vec(), source, realm, redactor }
    }

    fn issuer(&self) -> Option<&Issuer> {
        let known = self.source.as_ref().map(|source| &source.tokens.issuer);
        known.or(self.realm.as_ref().map(|(issuer, _)| issuer))
    }
}
