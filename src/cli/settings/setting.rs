//! One setting: its value and origin, or its error as data.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt as _;

use thiserror::Error;

use super::config::Config;
use super::config::error::ConfigProblem;
use super::environment::{Environment, first};
use crate::base::duration::UnusableDuration;
use crate::base::origin::Origin;
use crate::base::secret::UnusableSecret;
use crate::cli::exec_credential::UnusableExecInfo;
use crate::cli::format::Format;
use crate::http::endpoint::UnusableUrl;
use crate::oauth::parameter::UnusableParameter;
use crate::oauth::scope::UnusableScope;

/// A valid value and its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    pub value: T,
    pub origin: Origin,
}

/// A setting that can be invalid.
pub type Checked<T> = Result<Setting<T>, SettingError>;

/// Which setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// The configuration file, which any setting may depend on.
    Config,
    Format,
    EnvVariable,
    Scope,
    ClientId,
    Issuer,
    TokenUrl,
    Params,
    ClientAuth,
    Credential,
    ClientCertificate,
    TokenIssuer,
    Audience,
    AssertionAudience,
    AssertionType,
    SigningKeyId,
    SigningAlgorithm,
    MinTtl,
    Cache,
    Store,
    Timeout,
    ConnectTimeout,
    Retries,
    CaBundle,
    Proxy,
}

impl Name {
    /// Whether the token depends on it, not only the output.
    pub fn is_of_token(self) -> bool {
        !matches!(self, Self::Format | Self::EnvVariable)
    }

    /// Whether any request to the realm depends on it.
    pub fn is_of_request(self) -> bool {
        use Name::{Audience, CaBundle, ConnectTimeout, Issuer, Proxy, Retries, Timeout, TokenIssuer};
        matches!(self, Issuer | TokenIssuer | Audience | Timeout | ConnectTimeout | Retries | CaBundle | Proxy)
    }
}

/// An invalid setting. `text`: unless it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{self:?}")]
pub struct SettingError {
    pub name: Name,
    pub origin: Origin,
    pub problem: Problem,
    pub text: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{self:?}")]
pub enum Problem {
    /// Not set, and without a default. `is_empty`: the variable is set but empty.
    Missing {
        is_empty: bool,
    },
    /// These variables exclude each other.
    Conflict(Vec<Origin>),
    Empty,
    /// Files with Windows line ends add `\r` to every variable.
    EndsInLineBreak,
    NotUtf8,
    ControlCharacter,
    /// Not one of the setting's possible values.
    Unknown,
    Duration(#[from] UnusableDuration),
    Scope(#[from] UnusableScope),
    Secret(#[from] UnusableSecret),
    Url(#[from] UnusableUrl),
    /// No runner of this name is known.
    UnknownRunner,
    /// The runner's variables are not set.
    NoRunner,
    /// It is for this credential, and another one is given.
    IsFor(&'static str),
    Parameter(#[from] UnusableParameter),
    ExecInfo(#[from] UnusableExecInfo),
    EnvName(&'static str),
    /// In the URL of the shared cache, in the configuration file.
    PasswordInFile,
    Config(Box<ConfigProblem>),
    /// `--env-name` with this format, which has no variable.
    UnusedEnvName(Setting<Format>),
}

/// Parses the text of a setting.
type Parse<T, E> = fn(&str) -> Result<T, E>;

impl<T> Setting<T> {
    pub fn parse<E: Into<Problem>>(name: Name, origin: Origin, text: OsString, parse: Parse<T, E>) -> Checked<T> {
        let text = line(name, origin, text)?.value;
        let value = text.to_str().ok_or(Problem::NotUtf8).and_then(|text| parse(text).map_err(Into::into));
        let text = || text.to_str().filter(|text| is_harmless(name, text)).map(str::to_owned);
        value.map(|value| Self { value, origin }).map_err(|problem| SettingError {
            name,
            origin,
            problem,
            text: text(),
        })
    }

    pub fn by_default(value: T) -> Self {
        Self { value, origin: Origin::Default }
    }
}

/// Whether a text is neither a secret in the wrong place, nor a URL that may contain one.
pub fn is_harmless(name: Name, text: &str) -> bool {
    /// Generated secrets are at least this long.
    const SHORTEST_SECRET: usize = 16;
    match name {
        Name::Issuer | Name::TokenIssuer | Name::TokenUrl | Name::Proxy => {
            text.contains("://") && !text.contains(['@', '?', '#'])
        }
        // Without its host, a URL may end in the password.
        Name::Store => text.split_once("://").is_some_and(|(_, rest)| !rest.contains([':', '@', '?', '#'])),
        Name::ClientId | Name::Credential | Name::Scope | Name::Params => false,
        _ => text.len() < SHORTEST_SECRET,
    }
}

/// The text of a setting of any kind.
pub fn line(name: Name, origin: Origin, text: OsString) -> Checked<OsString> {
    match text.as_bytes().last() {
        Some(b'\r' | b'\n') => Err(SettingError { name, origin, problem: Problem::EndsInLineBreak, text: None }),
        _ => Ok(Setting { value: text, origin }),
    }
}

/// Where a setting without a flag is looked up.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    pub environment: &'a Environment,
    pub config: Option<&'a Config>,
}

impl<'a> Sources<'a> {
    /// The first of our own `variables` that has a value, else what the file has for a flag.
    pub fn text(&self, flag: &str, variables: &[&'static str]) -> Option<(Origin, OsString)> {
        first(self.environment, variables).or_else(|| {
            let (origin, texts) = self.list(flag)?;
            Some((origin, texts.first().cloned().unwrap_or_default()))
        })
    }

    /// What the file has for a flag that may be repeated.
    pub fn list(&self, flag: &str) -> Option<(Origin, &'a [OsString])> {
        self.config?.find(flag.trim_start_matches('-'))
    }
}

/// Reads one setting: the flag, else the variables, else the configuration file, else the default.
pub struct Reader<'a> {
    pub name: Name,
    pub flag: &'static str,
    pub variables: &'a [&'static str],
    pub sources: Sources<'a>,
}

impl Reader<'_> {
    /// For a flag that clap must not parse, because clap would quote an invalid value. `None` if none is set.
    pub fn text<T, E: Into<Problem>>(&self, flag: Option<String>, parse: Parse<T, E>) -> Option<Checked<T>> {
        let (origin, text) = match flag {
            Some(text) => (Origin::Flag(self.flag), text.into()),
            None => self.sources.text(self.flag, self.variables)?,
        };
        Some(Setting::parse(self.name, origin, text, parse))
    }

    /// Like [`Self::text`], with a default.
    pub fn parsed<T, E: Into<Problem>>(&self, flag: Option<String>, default: T, parse: Parse<T, E>) -> Checked<T> {
        self.text(flag, parse).unwrap_or_else(|| Ok(Setting::by_default(default)))
    }

    /// Like [`Self::parsed`], for a flag that clap has parsed.
    pub fn value<T, E: Into<Problem>>(&self, flag: Option<T>, default: T, parse: Parse<T, E>) -> Checked<T> {
        match flag {
            Some(value) => Ok(Setting { value, origin: Origin::Flag(self.flag) }),
            None => self.parsed(None, default, parse),
        }
    }
}
