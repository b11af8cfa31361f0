//! From the command line, the environment and the configuration file to the settings.

use std::path::PathBuf;

use super::assertion::{self, AssertionSetting};
use super::environment::{self, Environment, absolute, first, is_empty};
use super::setting::{Checked, Name, Problem, Reader, Setting, SettingError, Sources, line};
use super::{Settings, certificate, config, credential, output, proxy, store, token_request};
use crate::base::duration;
use crate::base::origin::Origin;
use crate::cli::args::Options;
use crate::cli::format::Format;
use crate::credential::{ClientId, Kind, Place};
use crate::http::endpoint::{LONGEST, UnusableUrl};
use crate::http::trust::Bundle;
use crate::oauth::client_auth::ClientAuth;
use crate::oauth::issuer::Issuer;
use crate::oauth::scope::Scope;
use crate::oauth::token_url::TokenUrl;
use crate::token::cache::directory::Directory;

impl Settings {
    pub fn resolve(options: Options) -> Self {
        Self::resolve_in(options, &environment::get)
    }

    pub(super) fn resolve_in(options: Options, environment: &Environment) -> Self {
        let Options { config, identity, output, cache, network, messages: _ } = options;
        let config = config::load(config, environment);
        let sources = Sources { environment, config: config.as_ref().ok().and_then(Option::as_ref) };
        let read = |name, flag, variables| Reader { name, flag, variables, sources };
        let (flag, format) = if output.json { ("--json", Some(Format::Json)) } else { ("--format", output.format) };
        let known = |text: &str| Format::named(text).ok_or(Problem::Unknown);
        let format =
            Reader { flag, ..read(Name::Format, "--format", &["CATENA_FORMAT"]) }.value(format, Self::FORMAT, known);
        let scope = read(Name::Scope, "--scope", &["CATENA_SCOPE"]);
        let issuer = read(Name::Issuer, "--issuer", &["CATENA_ISSUER"]);
        // Nothing is sent to an issuer where the file may name another.
        let issuer = match &config {
            Ok(_) => issuer.parsed(identity.issuer, Issuer::default(), Issuer::parse),
            Err(error) => Err(error.clone()),
        };
        let token_url = read(Name::TokenUrl, "--token-url", &["CATENA_TOKEN_URL"]);
        let token_url = token_url.parsed(identity.token_url, None, |text| TokenUrl::parse(text).map(Some));
        let files = certificate::files(identity.certificate, sources);
        let own = files.as_ref().ok().and_then(Option::as_ref);
        let (kind, credential) = credential::resolve(identity.credential, own, sources);
        // An assertion names the client itself. Of several credentials, one may be an assertion.
        let is_conflict = matches!(&credential, Err(SettingError { problem: Problem::Conflict(_), .. }));
        let needs_id = kind != Some(Kind::Assertion) && !is_conflict;
        // The runner is on another host.
        let has_runner = credential.as_ref().is_ok_and(|source| matches!(source.place, Place::Runner { .. }));
        let client_auth = read(Name::ClientAuth, "--client-auth", &["CATENA_CLIENT_AUTH"]);
        let auth = |text: &str| ClientAuth::named(text).ok_or(Problem::Unknown);
        let min_ttl = read(Name::MinTtl, "--min-ttl", &["CATENA_MIN_TTL"]);
        let some_duration = |text: &str| duration::parse(text).map(Some);
        let no_cache = read(Name::Cache, "--no-cache", &["CATENA_NO_CACHE"]);
        let timeout = read(Name::Timeout, "--timeout", &["CATENA_TIMEOUT"]);
        let connect_timeout = read(Name::ConnectTimeout, "--connect-timeout", &[]);
        // Keycloak's endpoints are on one host, and so are those of a realm on this machine.
        let server = token_request::server(&issuer, &token_url);
        let is_known = issuer.as_ref().is_ok_and(|issuer| issuer.value.is_keycloak());
        let is_known = is_known && token_url.as_ref().is_ok_and(|url| url.value.is_none());
        let is_only = !has_runner && (is_known || server.is_ok_and(|server| !server.tls));
        let ca_bundle = ca_bundle(network.ca_cert, sources);
        let realms = ca_bundle.as_ref().ok().and_then(|bundle| bundle.value.as_ref());
        let retries = read(Name::Retries, "--retries", &["CATENA_RETRIES"]);
        let name = |text: &str| match text.len() {
            0 => Err(Problem::Empty),
            1..=LONGEST => Ok(Some(text.to_owned())),
            _ => Err(UnusableUrl::TooLong(LONGEST).into()),
        };
        Self {
            env_name: output::env_name(output.env_name, &format, sources),
            api_version: output::api_version(&format, environment),
            format,
            scope: scope.parsed(identity.scope, Some(Scope::default()), Scope::parse),
            client_id: client_id(identity.client_id, needs_id, sources),
            client_auth: assertion::client_auth(
                client_auth.value(identity.client_auth, Self::CLIENT_AUTH, auth),
                &credential,
            ),
            is_secret_exposed: credential
                .as_ref()
                .is_ok_and(|source| source.by() == Some(Origin::Flag("--client-secret"))),
            assertion: AssertionSetting::resolve(identity.assertion, kind, sources),
            credential,
            identity: files,
            token_issuer: read(Name::TokenIssuer, "--token-issuer", &[]).parsed(identity.token_issuer, None, name),
            audience: read(Name::Audience, "--audience", &[]).parsed(None, None, name),
            min_ttl: min_ttl.value(cache.min_ttl.map(Some), None, some_duration),
            is_fresh: cache.refresh,
            no_cache: no_cache.value(cache.no_cache.then_some(true), false, switch),
            cache_directory: cache_directory(cache.cache_dir, sources),
            timeout: timeout.value(network.timeout, Self::TIMEOUT, duration::parse_positive),
            connect_timeout: connect_timeout.value(
                network.connect_timeout,
                Self::CONNECT_TIMEOUT,
                duration::parse_positive,
            ),
            retries: retries.value(network.retries, Self::RETRIES, |text| text.parse().map_err(|_| Problem::Unknown)),
            store: store::resolve(cache.cache, cache.cache_ca_cert, realms, sources),
            ca_bundle,
            proxy: proxy::choose(network.proxy, server, is_only, sources),
            token_url,
            params: token_request::params(identity.param, sources),
            issuer,
            config,
        }
    }
}

fn client_id(flag: Option<String>, is_required: bool, sources: Sources<'_>) -> Checked<Option<ClientId>> {
    let (name, variable) = (Name::ClientId, "CATENA_CLIENT_ID");
    let reader = Reader { name, flag: "--client-id", variables: &[variable], sources };
    let parse = |text: &str| {
        if text.is_empty() {
            return Err(Problem::Empty);
        }
        ClientId::new(text).map(Some).ok_or(Problem::ControlCharacter)
    };
    reader.text(flag, parse).unwrap_or_else(|| {
        if !is_required {
            return Ok(Setting::by_default(None));
        }
        let problem = Problem::Missing { is_empty: is_empty(sources.environment, variable) };
        Err(SettingError { name, origin: Origin::Default, problem, text: None })
    })
}

fn switch(text: &str) -> Result<bool, Problem> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "0" | "false" | "no" | "off" => Ok(false),
        _ => Err(Problem::Unknown),
    }
}

/// The variable of other programs comes after the configuration file.
fn ca_bundle(flag: Option<PathBuf>, sources: Sources<'_>) -> Checked<Option<Bundle>> {
    let named = flag.map(|path| (Origin::Flag("--ca-cert"), path.into()));
    let named = named.or_else(|| sources.text("--ca-cert", &["CATENA_CA_CERT"]));
    let Some((by, path)) = named.or_else(|| first(sources.environment, &["SSL_CERT_FILE"])) else {
        return Ok(Setting::by_default(None));
    };
    let path = line(Name::CaBundle, by, path)?.value.into();
    Ok(Setting { value: Some(Bundle { path, by }), origin: by })
}

/// `None` if nothing names a directory.
fn cache_directory(flag: Option<PathBuf>, sources: Sources<'_>) -> Option<Checked<Directory>> {
    const NAME: &str = "catena-token";
    let at = |name| absolute(sources.environment, name).map(|(by, path)| (by, path.into()));
    let named = flag.map(|path| (Origin::Flag("--cache-dir"), path.into()));
    let named = named.or_else(|| sources.text("--cache-dir", &["CATENA_CACHE_DIR"]));
    let (origin, path) = named.or_else(|| at("XDG_CACHE_HOME")).or_else(|| at("HOME"))?;
    let directory = |path: PathBuf| match origin {
        Origin::Variable("XDG_CACHE_HOME") => Directory { path: path.join(NAME), base: None },
        Origin::Variable("HOME") => Directory { path: path.join(".cache").join(NAME), base: Some(path) },
        _ => Directory { path, base: None },
    };
    let path = line(Name::Cache, origin, path);
    Some(path.map(|path| Setting { value: directory(path.value.into()), origin }))
}
