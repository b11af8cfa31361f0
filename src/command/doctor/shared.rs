//! The cache that machines share: whether it answers, and allows each command that a call sends. Its problems are only
//! warnings.

use std::time::{Duration, Instant};

use super::recorder::Recorder;
use super::{Fact, Finding, Skipped, Step};
use crate::base::clock::{self, Deadline};
use crate::base::duration::display;
use crate::base::secret::Secret;
use crate::cli::settings::Settings;
use crate::credential::Kind;
use crate::token::cache::seal::SecretKeys;
use crate::token::source::TokenSource;
use crate::token::store::{Names, SharedCache, Store, StoreError, Unshared, check_credential};

/// The longest life of a probe's key, which is deleted at once.
const PROBE: Duration = Duration::from_secs(10);

/// `None` if no setting names one.
pub fn step(
    settings: &Settings,
    source: Option<&TokenSource>,
    secret: Option<&Secret>,
    recorder: &Recorder,
    is_offline: bool,
    deadline: Deadline,
) -> Option<Step> {
    const NAME: &str = "shared cache";
    if settings.store.as_ref().is_ok_and(|setting| setting.value.is_none()) {
        return None;
    }
    let Some(source) = source else { return Some(Step::not_reached(NAME)) };
    let Some(shared) = &source.shared else {
        return settings.cache().ok()?.err().map(|why| Step::skipped(NAME, Skipped::NoCache(why)));
    };
    let mut step = Step::new(NAME);
    let login = [shared.access.user.as_ref().map(|_| "user"), shared.access.password.as_ref().map(|_| "password")];
    step.fact("address", shared.access.to_string());
    step.fact("login", login.into_iter().flatten().collect::<Vec<_>>());
    let kind = source.credential.kind;
    match secret.map(|secret| check_credential(kind, secret)) {
        Some(Err(Unshared::Short(length))) => step.warn(Finding::NotShared(length)),
        _ if kind == Kind::Assertion => step.fact("use", "none: an assertion ends soon"),
        _ => {}
    }
    if is_offline {
        return Some(step);
    }
    if deadline.has_passed() {
        return Some(Step::skipped(NAME, Skipped::NoTime));
    }
    recorder.take();
    let tried = commands(shared, deadline);
    step.facts.extend(recorder.take().of("tls"));
    match tried {
        Ok((node, took)) => {
            step.fact("node", node);
            step.facts.push(Fact::millis("round trip", took));
            step.fact("commands", "PTTL, MGET, SET and DEL are allowed");
            if let Some(secret) = secret.filter(|_| kind != Kind::Assertion) {
                step.fact("shared token", token(shared, secret, deadline));
            }
        }
        Err(why) => step.warn(Finding::Store(&why)),
    }
    Some(step)
}

/// Sends each command of a call, on keys that no call uses. Returns the node that has them, and the time of one.
fn commands(shared: &SharedCache, deadline: Deadline) -> Result<(String, Duration), StoreError> {
    let mut store = Store::new(&shared.access, Names::probe());
    store.look(Store::patience(deadline))?;
    store.claim(b"probe", PROBE, false, Store::patience(deadline))?;
    let (name, lease) = (store.names.token.clone(), store.names.lease.clone());
    store.put(&name, b"probe", PROBE, &[], false, Store::patience(deadline))?;
    let started = Instant::now();
    store.delete(&[&name, &lease], Store::patience(deadline))?;
    Ok((store.node().to_string(), started.elapsed()))
}

/// What the store has for this secret.
fn token(shared: &SharedCache, secret: &Secret, deadline: Deadline) -> String {
    let keys = SecretKeys::of(secret);
    let mut store = Store::new(&shared.access, Names::new(&keys, &shared.binding));
    match store.token(&keys, &shared.binding, Store::patience(deadline)) {
        Ok(Some((token, _))) => format!("expires in {}", display(token.left_at(clock::now()).unwrap_or_default())),
        _ => "none".to_owned(),
    }
}
