//! `doctor`: from "it does not work" to the one thing to mend.
//!
//! It goes the way of a call by the code of a call, and judges what that tells of itself. What a call does not do (the
//! discovery document, the clocks, a look at the cache) can only warn, and comes last, whatever the order of the report:
//! a call's own question has a call's time. Nobody is asked more than once, no token is kept, and all of it ends by
//! `--timeout`.

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

use crate::args::{DoctorArgs, MessageArgs, NetworkArgs, Options, OutputArgs, SecretArgs};
use crate::clock::{self, Moment};
use crate::command::source::Source;
use crate::error::Failure;
use crate::event::Level;
use crate::settings::{Environment, Fault, Faults, Network, Output, issuer as issuer_setting, secret_source};
use crate::token_source::Purpose;
use examination::{Examination, Parts};
use sheet::Sheet;
use witness::Witness;

pub fn run(options: Options, args: DoctorArgs) -> Result<ExitCode, Failure> {
    let started = clock::now();
    let witness = Witness::listen(printed(&options.messages));
    let (sheet, is_offline) = (Sheet::new(args.json), args.offline);
    let (plan, faults) = Plan::resolve(options, started);
    let mut examination = Examination { sheet, witness, is_offline, faults: &faults };
    match plan {
        Plan::Whole(source) => examination.go(&source)?,
        Plan::Parts(parts) => examination.go_without_source(*parts)?,
    }
    examination.sheet.end(is_offline)
}

/// What is printed of the events: its own report says what a warning would.
fn printed(messages: &MessageArgs) -> Level {
    if messages.verbose > 0 { messages.level() } else { Level::Quiet }
}

/// What a call would do, as far as the settings say it.
enum Plan {
    Whole(Box<Source>),
    Parts(Box<Parts>),
}

impl Plan {
    /// As the bare command resolves them, its output's settings first.
    fn resolve(options: Options, started: Moment) -> (Self, Vec<Fault>) {
        let mut faults = Faults::default();
        let (issuer, network, secret) =
            (options.identity.issuer.clone(), options.network.clone(), options.identity.secret.clone());
        let output = Output::resolve(&OutputArgs::default(), Environment, &mut faults);
        let source = Source::resolve(options, Purpose::Call, started, &mut faults);
        let plan = match output.and(source) {
            Some(source) => Self::Whole(Box::new(source)),
            None => Self::Parts(Box::new(parts(issuer.as_deref(), network, secret))),
        };
        (plan, faults.into_vec())
    }
}

/// What is not at fault, each for itself; the faults have been noted.
fn parts(issuer: Option<&str>, network: NetworkArgs, secret: SecretArgs) -> Parts {
    let mut noted = Faults::default();
    let issuer = issuer_setting(issuer, Environment, &mut noted).map(|setting| setting.value);
    let network = Network::resolve(network, Environment, issuer.as_ref(), &mut noted);
    Parts { issuer, network, secret: secret_source(secret, Environment).ok() }
}
