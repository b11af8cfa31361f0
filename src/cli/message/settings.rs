//! The words for the settings: their errors, and their values as `-vv` and `doctor` show them.

use std::time::Duration;

use super::{Words, credential};
use crate::base::duration::display;
use crate::base::event::{self, Event, Level, Warning};
use crate::base::origin::Origin;
use crate::base::secret::UnusableSecret;
use crate::cli::format::Format;
use crate::cli::settings::{
    Checked, Name, NoCache, NoProxy, Problem, ProxyChoice, Setting, SettingError, Settings, is_set_but_empty,
};
use crate::credential::{ClientId, Kind, Place, are_swapped};
use crate::display::redact::REDACTED;
use crate::http::endpoint::UnusableUrl;
use crate::http::trust::Bundle;
use crate::oauth::parameter::{Parameter, UnusableParameter};
use crate::oauth::scope::Scope;
use crate::oauth::signing_key::Algorithm;
use crate::oauth::token_url::TokenUrl;

pub const ID_TOKEN: &str = "the GitHub job needs 'permissions: id-token: write'; a fork's pull request cannot have it";

pub fn words(error: &SettingError) -> Words {
    let SettingError { problem, origin, .. } = error;
    let text = error.text.as_ref().map_or_else(String::new, |text| format!(" '{text}'"));
    let why = why(error);
    let words = match problem {
        Problem::Missing { .. } => format!("no client id: {why}"),
        Problem::Conflict(_) => format!("more than one credential: {why}"),
        Problem::Duration(_) => format!("{origin}: invalid duration{text} ({why})"),
        Problem::Url(_) => format!("{origin}: invalid URL{text} ({why})"),
        Problem::Unknown => format!("{origin}: invalid value{text} ({why})"),
        _ => format!("cannot use {origin}: {why}"),
    };
    Words::new(words, hint(error))
}

fn why(SettingError { name, problem, .. }: &SettingError) -> String {
    match problem {
        Problem::Missing { is_empty: true } => "--client-id is not given and CATENA_CLIENT_ID is set but empty".into(),
        Problem::Missing { is_empty: false } => "--client-id is not given and CATENA_CLIENT_ID is not set".into(),
        Problem::Conflict(origins) => {
            let origins: Vec<String> = origins.iter().map(Origin::to_string).collect();
            format!("{} are set", origins.join(" and "))
        }
        Problem::EndsInLineBreak => credential::unusable(UnusableSecret::EndsInLineBreak).into(),
        Problem::NotUtf8 => "it is not UTF-8".into(),
        Problem::Unknown => match name {
            Name::ClientAuth => "expected post or basic".into(),
            Name::ClientCertificate => "expected a file".into(),
            Name::SigningAlgorithm => format!("expected {}", Algorithm::NAMES.join(", ")),
            Name::Format => format!("expected {}", Format::NAMES.join(", ")),
            Name::Retries => format!("expected a number from 0 to {}", u32::MAX),
            _ => "expected 1, true, yes, on, 0, false, no or off".into(),
        },
        Problem::Empty => "it is empty".into(),
        Problem::UnknownRunner => "expected github".into(),
        Problem::NoRunner => "ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN are not set".into(),
        Problem::IsFor(credential) => format!("it is for {credential}, and none is given"),
        Problem::ControlCharacter => "it contains a line break or another control character".into(),
        Problem::Duration(why) => why.to_string(),
        Problem::Url(why) => url(*why),
        Problem::ExecInfo(_) => "its apiVersion is neither client.authentication.k8s.io/v1 nor …/v1beta1".into(),
        Problem::Parameter(UnusableParameter::NoName) => "expected NAME=VALUE".into(),
        Problem::Parameter(UnusableParameter::Ours(_)) => "the request already has that parameter".into(),
        Problem::Scope(_) => {
            format!("a scope has at most {} printable ASCII characters, and no '\"' or '\\'", Scope::LONGEST)
        }
        Problem::Secret(why) => credential::unusable(*why).into(),
        Problem::UnusedEnvName(Setting { value, origin }) => {
            format!("the format '{}' ({origin}) does not use a variable name", value.name())
        }
    }
}

fn url(why: UnusableUrl) -> String {
    let why = match why {
        UnusableUrl::TooLong(limit) => return format!("it has more than {limit} characters"),
        UnusableUrl::NotUrl => "expected https://HOST",
        UnusableUrl::NotAscii => "write the host in ASCII, xn--…",
        UnusableUrl::Scheme => "expected http:// or https://",
        UnusableUrl::Port => "expected a port from 1 to 65535",
        UnusableUrl::Quoted => "remove the quotation marks: they are part of it",
        UnusableUrl::NotHttps => "it must start with https://",
        UnusableUrl::UserName => "remove the user name: everything before the @",
        UnusableUrl::QueryOrFragment => "remove the query or fragment: everything from ? or # on",
        UnusableUrl::Fragment => "remove the fragment: everything from # on",
        UnusableUrl::OfEndpoint => "it is an endpoint: remove everything after the realm's name",
        UnusableUrl::PlainHttp => "http would send the secret unencrypted: use https",
    };
    why.to_owned()
}

fn hint(SettingError { name, problem, .. }: &SettingError) -> &'static str {
    match (name, problem) {
        (_, Problem::Missing { .. }) => "use --client-id or set CATENA_CLIENT_ID",
        (_, Problem::Conflict(_)) => "unset all but one of them, or use an option",
        (_, Problem::NoRunner) => ID_TOKEN,
        (_, Problem::UnusedEnvName(_)) => "use it with --format env, sh, fish or powershell",
        (_, Problem::EndsInLineBreak) => "does the file have Windows line endings? Remove them: sed -i 's/\\r$//' FILE",
        (_, Problem::Parameter(UnusableParameter::Ours(setting))) => setting,
        (_, Problem::ExecInfo(_)) => "write 'apiVersion: client.authentication.k8s.io/v1' in the kubeconfig's 'exec'",
        (Name::Issuer, _) => "a realm's URL is https://HOST/realms/NAME",
        (Name::Proxy, _) => "a proxy's URL is http://HOST:PORT or https://HOST:PORT",
        _ => "",
    }
}

pub fn no_cache(why: NoCache) -> String {
    match why {
        NoCache::Off(origin) => format!("the cache is off ({origin})"),
        NoCache::NoHome => "no cache directory: none of --cache-dir, XDG_CACHE_HOME and HOME is set".into(),
    }
}

pub fn no_proxy(why: NoProxy) -> String {
    match why {
        NoProxy::EmptyFlag => "--proxy is empty".into(),
        NoProxy::LocalIssuer => "the issuer is local".into(),
        NoProxy::Covered(name) => format!("{name} matches the issuer's host"),
        NoProxy::HttpAlone => "none set for https: HTTP_PROXY is for http only".into(),
        NoProxy::NoneSet => "none set".into(),
    }
}

pub struct Shown {
    pub name: Name,
    pub label: &'static str,
    pub value: String,
    pub origin: String,
}

/// The valid settings, in the order in which a call reads them. Of the secret, only its place is shown. An id
/// that was swapped with it is not; `secret` is `None` if it is not known yet.
pub fn shown(settings: &Settings, secret: Option<&str>) -> Vec<Shown> {
    let id = |id: &Option<ClientId>| match id.as_ref().map(ClientId::as_str) {
        Some(id) if are_swapped(id, secret) => REDACTED.to_owned(),
        id => id.unwrap_or_default().to_owned(),
    };
    let path = |it: &Bundle| credential::shown(&it.path);
    let scope = |scope: &Option<Scope>| scope.as_ref().map_or_else(String::new, |scope| scope.as_str().into());
    let credential = settings.credential.as_ref().ok();
    let place = credential.map(|source| Shown {
        name: Name::Credential,
        label: credential::name(source.kind),
        value: credential::place(&source.place),
        origin: credential::origin(source),
    });
    let identity = settings.identity.as_ref().ok().and_then(Option::as_ref).map(|files| Shown {
        name: Name::ClientCertificate,
        label: "client certificate",
        value: credential::shown(&files.certificate.path),
        origin: files.certificate.by.to_string(),
    });
    let has_secret = credential.is_none_or(|source| source.kind == Kind::Secret);
    let client_auth = settings.client_auth.as_ref().ok().filter(|_| has_secret);
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let token_url = |url: &Option<TokenUrl>| url.as_ref().map_or("the issuer's".into(), TokenUrl::shown);
    let cache = settings.cache().ok().and_then(Result::ok);
    let bundle = |it: &Option<Bundle>| it.as_ref().map_or("the system's".into(), path);
    let all = [
        show(Name::Format, "format", &settings.format, |format| format.name().into()),
        show(Name::Scope, "scope", &settings.scope, scope),
        show(Name::ClientId, "client id", given(&settings.client_id), id),
        show(Name::Issuer, "issuer", &settings.issuer, |issuer| issuer.as_str().into()),
        show(Name::TokenIssuer, "token issuer", given(&settings.token_issuer), text),
        show(Name::TokenUrl, "token URL", &settings.token_url, token_url),
        show(Name::Params, "parameters", &settings.params, |params| names(params)),
        show(Name::ClientAuth, "client authentication", client_auth, |method| method.name().into()),
        place,
        identity,
        show(Name::AssertionAudience, "assertion audience", given(&settings.assertion.audience), text),
        show(Name::AssertionType, "assertion type", given(&settings.assertion.kind), |kind| {
            kind.map_or_else(String::new, |kind| kind.name().into())
        }),
        show(Name::SigningKeyId, "signing key id", given(&settings.assertion.key_id), text),
        show(Name::SigningAlgorithm, "signing algorithm", given(&settings.assertion.algorithm), |algorithm| {
            algorithm.map_or_else(String::new, |algorithm| algorithm.name().into())
        }),
        show(Name::MinTtl, "minimum lifetime", &settings.min_ttl, |min| min_ttl(*min)),
        show(Name::Cache, "cache directory", &cache, |directory| directory.path.display().to_string()),
        show(Name::Timeout, "timeout", &settings.timeout, |timeout| display(*timeout)),
        show(Name::ConnectTimeout, "connect timeout", [&settings.connect_timeout], |timeout| display(*timeout)),
        show(Name::Retries, "retries", &settings.retries, u32::to_string),
        show(Name::CaBundle, "CA bundle", &settings.ca_bundle, bundle),
    ];
    all.into_iter().flatten().collect()
}

/// A setting that has a value.
fn given<T>(setting: &Checked<Option<T>>) -> Option<&Setting<Option<T>>> {
    setting.as_ref().ok().filter(|setting| setting.value.is_some())
}

/// `None` if the setting is missing or invalid.
fn show<'a, T: 'a>(
    name: Name,
    label: &'static str,
    setting: impl IntoIterator<Item = &'a Setting<T>>,
    value: impl FnOnce(&T) -> String,
) -> Option<Shown> {
    let Setting { value: found, origin } = setting.into_iter().next()?;
    Some(Shown { name, label, value: value(found), origin: origin.to_string() })
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
    // An empty variable decides where the secret goes.
    let is_empty = |name, variable| is_needed(name) && is_set_but_empty(variable);
    match (&settings.issuer, &settings.token_url) {
        (Ok(Setting { value, origin: Origin::Default }), Ok(Setting { value: None, .. }))
            if is_empty(Name::Issuer, "CATENA_ISSUER") =>
        {
            event::emit(Event::Warning(Warning::EmptyIssuer { default: value.as_str() }));
        }
        _ => {}
    }
    if let (Ok(Setting { value, .. }), Ok(Setting { value: None, .. })) = (&settings.issuer, &settings.token_url)
        && is_empty(Name::TokenUrl, "CATENA_TOKEN_URL")
    {
        event::emit(Event::Warning(Warning::EmptyTokenUrl { issuer: value.as_str() }));
    }
    if event::level() >= Level::Details {
        let secret = match settings.credential.as_ref().map(|source| &source.place) {
            Ok(Place::Given { secret, .. }) => Some(secret.expose()),
            _ => None,
        };
        for Shown { label, value, origin, .. } in shown(settings, secret).iter().filter(|shown| is_needed(shown.name)) {
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
    use crate::cli::error::Exit;
    use crate::cli::message::printed;
    use crate::token::source::{Freshness, Use};

    #[test]
    fn an_error_reads_what_then_why_with_its_code_and_hint() {
        let error = |name, origin: &'static str, problem| {
            let origin = origin.into();
            printed(SettingError { name, origin, problem, text: None })
        };
        for (printed, exit, text, hint) in [
            (
                error(Name::ClientId, "default", Problem::Missing { is_empty: true }),
                Exit::Setup,
                "no client id: --client-id is not given and CATENA_CLIENT_ID is set but empty",
                Some("use --client-id or set CATENA_CLIENT_ID"),
            ),
            (
                error(Name::Credential, "A", Problem::Conflict(["A", "B", "C"].map(Origin::from).into())),
                Exit::Usage,
                "more than one credential: A and B and C are set",
                Some("unset all but one of them, or use an option"),
            ),
            (
                error(Name::Timeout, "CATENA_TIMEOUT", Problem::NotUtf8),
                Exit::Usage,
                "cannot use CATENA_TIMEOUT: it is not UTF-8",
                None,
            ),
            (
                error(Name::Issuer, "CATENA_ISSUER", Problem::Url(UnusableUrl::UserName)),
                Exit::Usage,
                "CATENA_ISSUER: invalid URL (remove the user name: everything before the @)",
                Some("a realm's URL is https://HOST/realms/NAME"),
            ),
            (
                error(Name::Proxy, "--proxy", Problem::Url(UnusableUrl::NotUrl)),
                Exit::Usage,
                "--proxy: invalid URL (expected https://HOST)",
                Some("a proxy's URL is http://HOST:PORT or https://HOST:PORT"),
            ),
        ] {
            assert_eq!(printed, (exit, text.to_owned(), hint.unwrap_or_default().to_owned()));
        }
    }

    #[test]
    fn the_default_of_min_ttl_is_the_leeway() {
        let freshness = Freshness { min_ttl: None, intended_use: Use::Once, is_fresh: false, started: clock::now() };
        let longest = freshness.margin(Duration::MAX);
        assert_eq!(freshness.margin(longest), longest / 10);
        assert_eq!(min_ttl(None), format!("{}, or a tenth of the lifetime if shorter", display(longest)));
    }
}
