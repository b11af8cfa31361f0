//! The values of the settings, as `-vv`, `doctor` and `config show` show them.

use std::time::Duration;

use super::credential;
use crate::base::duration::display;
use crate::base::event::{self, Event, Level, Warning};
use crate::base::origin::Origin;
use crate::cli::format::EnvName;
use crate::cli::settings::{
    Checked, Config, Name, NoCache, NoProxy, Problem, ProxyChoice, Setting, Settings, is_set_but_empty,
};
use crate::credential::{ClientId, Kind, Place, are_swapped};
use crate::display::redact::REDACTED;
use crate::display::untrusted::escape;
use crate::http::identity::NamedFile;
use crate::http::trust::Bundle;
use crate::oauth::parameter::Parameter;
use crate::oauth::scope::Scope;
use crate::oauth::token_url::TokenUrl;
use crate::token::store::access::Password;

pub fn no_cache(why: NoCache) -> String {
    match why {
        NoCache::Off(origin) => format!("the cache is off ({origin})"),
        NoCache::NoHome => "no cache directory: none of --cache-dir, XDG_CACHE_HOME and HOME is set".into(),
    }
}

pub fn no_proxy(why: NoProxy) -> String {
    match why {
        NoProxy::Empty(origin) => format!("{origin:#} is empty"),
        NoProxy::LocalIssuer => "the issuer is local".into(),
        NoProxy::Covered(name) => format!("{name} matches the issuer's host"),
        NoProxy::HttpAlone => "none set for https: HTTP_PROXY is for http only".into(),
        NoProxy::NoneSet => "none set".into(),
    }
}

/// A setting as it is shown. `is_set`: whether a report of a call has it. `is_words`: the value describes a default.
pub struct Shown {
    pub name: Name,
    pub key: &'static str,
    pub label: &'static str,
    pub value: String,
    pub origin: String,
    pub is_set: bool,
    pub is_words: bool,
}

/// The settings that a call uses, in the order in which it reads them.
pub fn shown(settings: &Settings, secret: Option<&str>) -> Vec<Shown> {
    all(settings, secret).into_iter().filter(|shown| shown.is_set).collect()
}

/// The valid settings. Of the secret, only its place is shown. An id that was swapped with it is not; `secret` is
/// `None` if it is not known yet.
pub fn all(settings: &Settings, secret: Option<&str>) -> Vec<Shown> {
    let id = |id: &ClientId| match id.as_str() {
        id if are_swapped(id, secret) => REDACTED.to_owned(),
        id => id.to_owned(),
    };
    let path = |it: &Bundle| credential::shown(&it.path);
    let scope = |scope: &Option<Scope>| scope.as_ref().map_or_else(String::new, |scope| scope.as_str().into());
    let credential = settings.credential.as_ref().ok();
    let has_secret = credential.is_none_or(|source| source.kind == Kind::Secret);
    let token_url = |url: &Option<TokenUrl>| url.as_ref().map_or("the issuer's".into(), TokenUrl::shown);
    let bundle = |it: &Option<Bundle>| it.as_ref().map_or("the system's".into(), path);
    let proxy = settings.proxy.as_ref().ok().and_then(|proxy| proxy.first.as_ref().ok());
    let mut rows = Vec::new();
    if let Ok(Some(Config { path, by, profile, .. })) = &settings.config {
        rows.push(row(Name::Config, "config", "configuration file", credential::shown(path), by));
        let profile = profile.as_ref().map(|(by, name)| row(Name::Config, "profile", "profile", escape(name), by));
        rows.extend(profile);
    }
    rows.extend(show(Name::Format, "format", "format", &settings.format, |format| format.name().into()));
    rows.extend(unlisted(show(Name::EnvVariable, "env-name", "", &settings.env_name, EnvName::to_string)));
    rows.extend(show(Name::Scope, "scope", "scope", &settings.scope, scope));
    rows.extend(optional(Name::ClientId, "client-id", "client id", &settings.client_id, id));
    rows.extend(show(Name::Issuer, "issuer", "issuer", &settings.issuer, |issuer| issuer.as_str().into()));
    rows.extend(optional(Name::TokenIssuer, "token-issuer", "token issuer", &settings.token_issuer, String::clone));
    rows.extend(unlisted(optional(Name::Audience, "audience", "", &settings.audience, String::clone)));
    rows.extend(by_default(show(Name::TokenUrl, "token-url", "token URL", &settings.token_url, token_url)));
    rows.extend(show(Name::Params, "param", "parameters", &settings.params, |params| names(params)));
    let auth = settings.client_auth.as_ref().ok().filter(|_| has_secret);
    rows.extend(show(Name::ClientAuth, "client-auth", "client authentication", auth, |auth| auth.name().into()));
    rows.extend(credential.map(|source| {
        let (key, label) = (credential::key(source.kind), credential::name(source.kind));
        row(Name::Credential, key, label, credential::place(&source.place), &credential::origin(source))
    }));
    let files = settings.identity.as_ref().ok().and_then(Option::as_ref);
    let file = |key, label, file: Option<&NamedFile>| match file {
        Some(file) => row(Name::ClientCertificate, key, label, credential::shown(&file.path), &file.by),
        None => unset(Name::ClientCertificate, key),
    };
    rows.push(file("client-cert", "client certificate", files.map(|files| &files.certificate)));
    if credential.is_none_or(|source| source.kind != Kind::Certificate) {
        rows.extend(unlisted(Some(file("client-key", "", files.and_then(|files| files.key.as_ref())))));
    }
    let assertion = &settings.assertion;
    let key_id = "signing key id";
    rows.extend(optional(
        Name::AssertionAudience,
        "assertion-audience",
        "assertion audience",
        &assertion.audience,
        String::clone,
    ));
    rows.extend(optional(Name::AssertionType, "client-assertion-type", "assertion type", &assertion.kind, |kind| {
        kind.name().into()
    }));
    rows.extend(optional(Name::SigningKeyId, "signing-key-id", key_id, &assertion.key_id, String::clone));
    rows.extend(optional(
        Name::SigningAlgorithm,
        "signing-alg",
        "signing algorithm",
        &assertion.algorithm,
        |algorithm| algorithm.name().into(),
    ));
    let min = show(Name::MinTtl, "min-ttl", "minimum lifetime", &settings.min_ttl, |min| min_ttl(*min));
    rows.extend(by_default(min));
    rows.extend(unlisted(show(Name::Cache, "no-cache", "", &settings.no_cache, bool::to_string)));
    let directory = settings.cache_directory.as_ref().and_then(|directory| directory.as_ref().ok());
    rows.extend(
        show(Name::Cache, "cache-dir", "cache directory", directory, |cache| cache.path.display().to_string())
            .map(|shown| Shown { is_set: matches!(settings.cache(), Ok(Ok(_))), ..shown }),
    );
    rows.extend(optional(Name::Store, "cache", "shared cache", &settings.store, |access| access.to_string()));
    let store = settings.store.as_ref().ok().and_then(|store| store.value.as_ref()?.ca_bundle.as_ref());
    rows.extend(
        store.map(|Bundle { path, by }| {
            row(Name::Store, "cache-ca-cert", "its CA bundle", path.display().to_string(), by)
        }),
    );
    rows.extend(show(Name::Timeout, "timeout", "timeout", &settings.timeout, |time| display(*time)));
    let connect = &settings.connect_timeout;
    rows.extend(show(Name::ConnectTimeout, "connect-timeout", "connect timeout", connect, |time| display(*time)));
    rows.extend(show(Name::Retries, "retries", "retries", &settings.retries, u32::to_string));
    rows.extend(by_default(show(Name::CaBundle, "ca-cert", "CA bundle", &settings.ca_bundle, bundle)));
    rows.push(match proxy {
        Some(Setting { value, origin }) => {
            Shown { is_set: false, ..row(Name::Proxy, "proxy", "", value.to_string(), origin) }
        }
        None => unset(Name::Proxy, "proxy"),
    });
    rows
}

fn row(name: Name, key: &'static str, label: &'static str, value: String, origin: &impl ToString) -> Shown {
    Shown { name, key, label, value, origin: origin.to_string(), is_set: true, is_words: false }
}

fn unset(name: Name, key: &'static str) -> Shown {
    Shown { is_set: false, ..row(name, key, "", String::new(), &Origin::Default) }
}

/// `None` if the setting is missing or invalid.
fn show<'a, T: 'a>(
    name: Name,
    key: &'static str,
    label: &'static str,
    setting: impl IntoIterator<Item = &'a Setting<T>>,
    value: impl FnOnce(&T) -> String,
) -> Option<Shown> {
    let Setting { value: found, origin } = setting.into_iter().next()?;
    Some(row(name, key, label, value(found), origin))
}

/// A setting that may have no value.
fn optional<T>(
    name: Name,
    key: &'static str,
    label: &'static str,
    setting: &Checked<Option<T>>,
    value: impl FnOnce(&T) -> String,
) -> Option<Shown> {
    match setting {
        Ok(Setting { value: Some(found), origin }) => Some(row(name, key, label, value(found), origin)),
        Ok(Setting { value: None, .. }) => Some(unset(name, key)),
        Err(error) => matches!(error.problem, Problem::Missing { .. }).then(|| unset(name, key)),
    }
}

/// Its default is described.
fn by_default(shown: Option<Shown>) -> Option<Shown> {
    shown.map(|shown| Shown { is_words: shown.origin == Origin::Default.to_string(), ..shown })
}

/// Of no interest for a call that fails.
fn unlisted(shown: Option<Shown>) -> Option<Shown> {
    shown.map(|shown| Shown { is_set: false, ..shown })
}

/// A value may be one that only the server should see.
fn names(params: &[Parameter]) -> String {
    params.iter().map(|own| own.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn min_ttl(min: Option<Duration>) -> String {
    min.map_or("30s, or a tenth of the lifetime if shorter".into(), display)
}

/// Emits the settings that a command needs as events.
pub fn emit(settings: &Settings, is_needed: impl Fn(Name) -> bool) {
    if settings.is_secret_exposed && is_needed(Name::Credential) {
        event::emit(Event::Warning(Warning::SecretInArguments));
    }
    if let Ok(Setting { value: Some(access), origin: Origin::Flag(_) }) = &settings.store
        && matches!(access.password, Some(Password::InUrl(_)))
        && is_needed(Name::Store)
    {
        event::emit(Event::Warning(Warning::PasswordInArguments));
    }
    // An empty variable decides where the secret goes.
    let is_empty = |name, variable| is_needed(name) && is_set_but_empty(variable);
    if let (Ok(config), true) = (&settings.config, is_set_but_empty("CATENA_PROFILE"))
        && config.as_ref().is_none_or(|config| config.profile.is_none())
    {
        event::emit(Event::Warning(Warning::EmptyProfile));
    }
    if let (Ok(Setting { value, origin }), Ok(Setting { value: None, .. })) = (&settings.issuer, &settings.token_url) {
        if *origin == Origin::Default && is_empty(Name::Issuer, "CATENA_ISSUER") {
            event::emit(Event::Warning(Warning::EmptyIssuer { default: value.as_str() }));
        }
        if is_empty(Name::TokenUrl, "CATENA_TOKEN_URL") {
            event::emit(Event::Warning(Warning::EmptyTokenUrl { issuer: value.as_str() }));
        }
    }
    if event::level() >= Level::Details {
        let secret = match settings.credential.as_ref().map(|source| &source.place) {
            Ok(Place::Given { secret, .. }) => Some(secret.expose()),
            _ => None,
        };
        for Shown { label, value, origin, .. } in
            shown(settings, secret).iter().filter(|shown| shown.name == Name::Config || is_needed(shown.name))
        {
            event::emit(Event::Setting { name: label, value, origin });
        }
    }
    if let (true, Ok(Err(why))) = (is_needed(Name::Cache), settings.cache()) {
        event::emit(Event::WithoutCache { why: &why });
    }
    match &settings.proxy {
        Ok(ProxyChoice { first: Ok(Setting { value: proxy, origin }), .. }) if is_needed(Name::Proxy) => {
            event::emit(Event::ProxyChosen { proxy: &proxy.to_string(), origin: &origin.to_string() });
        }
        Ok(ProxyChoice { first: Err(why), .. }) if is_needed(Name::Proxy) => {
            event::emit(Event::Direct { why: &no_proxy(*why) })
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock;
    use crate::token::source::{Freshness, Use};

    #[test]
    fn the_default_of_min_ttl_is_the_leeway() {
        let freshness = Freshness { min_ttl: None, intended_use: Use::Once, is_fresh: false, started: clock::now() };
        let longest = freshness.margin(Duration::MAX);
        assert_eq!(freshness.margin(longest), longest / 10);
        assert_eq!(min_ttl(None), format!("{}, or a tenth of the lifetime if shorter", display(longest)));
    }
}
