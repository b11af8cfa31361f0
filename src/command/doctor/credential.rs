//! The step `credential`: where it is, and what can be said of it without showing it.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::Duration;

use super::{Fact, Finding, Skipped, Step};
use crate::base::clock::{self, Deadline};
use crate::base::secret::Secret;
use crate::cli::error::Error;
use crate::cli::message;
use crate::cli::settings::Settings;
use crate::command::doctor::local::with_errors;
use crate::credential::{ClientCredentials, ClientId, Cost, CredentialSource, Kind, Place, confused, mistakes};
use crate::http::trust::certificate::{Certificate, full_subject};
use crate::oauth::assertion::{Assertion, AssertionSettings, Claims, UnusableAssertion};
use crate::oauth::jwt::claims::quoted;
use crate::oauth::signing_key::SigningKey;
use crate::token::source::TokenError;

/// Generated secrets are at least this long.
const LONG_ENOUGH: usize = 16;

/// For a pipe in place of a file.
const PATIENCE: Duration = Duration::from_secs(10);

/// `text` is `Ok(None)` if it was not fetched. `asked`: the assertion that the runner gave.
pub fn step(
    settings: &Settings,
    text: Result<Option<&Secret>, &Error>,
    asked: Option<Result<Secret, TokenError>>,
    is_offline: bool,
) -> Step {
    let mut step = with_errors("credential", settings);
    certificate(&mut step, settings);
    let Ok(source) = &settings.credential else { return step };
    let is_typed = source.cost() == Cost::Person;
    let origin = if is_typed { "typed at the terminal".to_owned() } else { message::credential::origin(source) };
    match text {
        Ok(None) => return Step::skipped("credential", Skipped::AskedLast),
        // The error names the possible sources.
        Err(_) if matches!(source.place, Place::Prompt { .. }) => {}
        _ => {
            step.fact("kind", message::credential::name(source.kind));
            step.fact("source", origin.as_str());
        }
    }
    file(&mut step, source, &origin);
    text.err().into_iter().for_each(|failure| step.fail(failure));
    let Ok(Some(text)) = text else { return step };
    let is_usable = match (source.kind, settings.assertion()) {
        (Kind::Secret, _) => return secret(step, settings, &origin, text.expose()),
        (Kind::Assertion, Ok(wanted)) => match (&source.place, asked) {
            (Place::Runner { .. }, asked) => {
                match asked {
                    Some(Ok(given)) => drop(assertion(&mut step, source, &given, &wanted)),
                    asked => asked.and_then(Result::err).iter().for_each(|error| step.fail_request(error)),
                }
                // Each request has an assertion of its own.
                return step;
            }
            _ => assertion(&mut step, source, text, &wanted),
        },
        // The facts of its certificate are above.
        (Kind::Certificate, _) => return step,
        (Kind::SigningKey, Ok(wanted)) => key(&mut step, source, text, &wanted),
        // The step `settings` or `issuer` has the error.
        (_, Err(_)) => return step,
    };
    if is_usable && source.kind == Kind::Assertion && !is_offline {
        step.fact("use", "sent by this run: a realm may accept it only once");
    }
    step
}

/// The client's TLS certificate.
fn certificate(step: &mut Step, settings: &Settings) {
    let Ok(Some(files)) = &settings.identity else { return };
    let key = files.key();
    if settings.credential.as_ref().is_ok_and(|source| source.kind != Kind::Certificate)
        && let Ok(found) = fs::metadata(&key.path)
    {
        open_to_others(step, Kind::Certificate, &key.by.to_string(), &key.path, &found);
    }
    step.fact("certificate", message::credential::shown(&files.certificate.path));
    let identity = match files.read(Deadline::after(PATIENCE)) {
        Ok(identity) => identity,
        Err(error) => return step.fail(&TokenError::from(error).into()),
    };
    let Some(own) = identity.certified.cert.first() else { return };
    step.fact("certificate subject", full_subject(own).map(|name| quoted(&name)));
    let Some(Certificate { issuer, not_before, not_after, .. }) = Certificate::read(own) else { return };
    step.fact("certificate issuer", quoted(&issuer));
    for (label, moment) in [("certificate valid from", not_before), ("certificate valid until", not_after)] {
        step.facts.extend(moment.map(|moment| Fact::new(label, clock::date(moment))));
    }
    let now = clock::wall();
    if not_after.is_some_and(|end| end < now) || not_before.is_some_and(|start| start > now) {
        step.warn(Finding::CertificateNotValid);
    }
}

fn file(step: &mut Step, source: &CredentialSource, origin: &str) {
    let Place::File { path, .. } = &source.place else { return };
    let Ok(found) = fs::metadata(path) else { return };
    let mode = found.mode() & 0o7777;
    if found.is_file() {
        step.fact("mode", format!("{mode:04o}"));
    } else {
        step.fact("file", if found.is_dir() { "a directory" } else { "a pipe or a device" });
    }
    open_to_others(step, source.kind, origin, path, &found);
}

/// Warns of a file that others can read or change.
fn open_to_others(step: &mut Step, kind: Kind, origin: &str, path: &Path, found: &Metadata) {
    let mode = found.mode() & 0o7777;
    // Kubernetes' projected tokens have mode 0644, in a directory of the pod.
    let unwanted = if kind == Kind::Assertion { 0o022 } else { 0o026 };
    if found.is_file() && mode & unwanted != 0 {
        step.warn(Finding::OpenFile(message::credential::name(kind), origin, mode, path));
    }
}

fn secret(mut step: Step, settings: &Settings, origin: &str, secret: &str) -> Step {
    let length = secret.chars().count();
    step.fact("length", length);
    let id = settings.client_id.as_ref().ok().and_then(|id| id.value.as_ref()).map(ClientId::as_str);
    let confused = id.and_then(|id| confused(id, secret));
    mistakes(secret).chain(confused).for_each(|slip| step.warn(Finding::Mistake("client secret", origin, slip)));
    if confused.is_none() && secret.len() < LONG_ENOUGH {
        step.warn(Finding::ShortSecret(origin, length));
    }
    step
}

/// Whether it can be sent.
fn assertion(step: &mut Step, source: &CredentialSource, text: &Secret, wanted: &AssertionSettings) -> bool {
    step.fact("length", text.expose().len());
    if let Ok(claims) = Claims::read(text, false) {
        let said = |text: &Option<String>| text.as_deref().map(quoted);
        step.fact("issuer", said(&claims.issuer));
        step.fact("subject", said(&claims.subject));
        step.fact("audience", claims.audience.iter().map(|name| quoted(name)).collect::<Vec<_>>());
        for (label, moment) in [("issued", claims.issued), ("expires", claims.expires)] {
            step.facts.extend(moment.map(|moment| Fact::new(label, clock::date(moment))));
        }
        step.fact("algorithm", quoted(&claims.algorithm));
        step.fact("key id", said(&claims.key_id));
        step.fact("sent as", wanted.kind.unwrap_or_else(|| claims.kind()).name());
        if claims.expires.is_some_and(|expires| expires < clock::wall()) {
            step.warn(Finding::AssertionExpired);
        }
    }
    let (secret, by) = (text.clone(), source.by());
    let credentials = ClientCredentials { id: None, kind: source.kind, secret, by };
    let assertion = Assertion::of(&credentials, wanted, clock::wall());
    let is_usable = assertion.is_ok();
    assertion.err().into_iter().for_each(|error| step.fail(&TokenError::from(error).into()));
    is_usable
}

fn key(step: &mut Step, source: &CredentialSource, pem: &Secret, wanted: &AssertionSettings) -> bool {
    let key = SigningKey::load(pem, wanted.algorithm);
    let is_usable = key.is_ok();
    match key {
        Ok(key) => {
            step.fact("key", key.describe());
            step.fact("algorithm", key.algorithm.name());
            step.fact("key id of Keycloak", key.keycloak_id());
            step.fact("key id of RFC 7638", key.thumbprint());
            step.fact("key id sent", wanted.key_id.as_deref().map(quoted));
            step.fact("audience", quoted(&wanted.audience));
        }
        Err(why) => step.fail(&TokenError::from(UnusableAssertion::Key { by: source.by(), why }).into()),
    }
    is_usable
}
