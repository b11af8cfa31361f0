//! One setting: its value and where that came from, or what is wrong with it, as data.

use std::ffi::OsString;

use super::environment::{Environment, Variable};
use crate::credential::UnusableClientId;
use crate::duration::UnusableDuration;
use crate::http::proxy::UnusableProxy;
use crate::oauth::issuer::UnusableIssuer;
use crate::oauth::scope::UnusableScope;
use crate::output::Format;
use crate::secret::UnusableSecret;

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Flag(&'static str),
    Variable(&'static str),
    Default,
}

impl Origin {
    pub fn name(self) -> &'static str {
        match self {
            Self::Flag(name) | Self::Variable(name) => name,
            Self::Default => "default",
        }
    }
}

/// A valid value, and its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    pub value: T,
    pub origin: Origin,
}

/// A setting that can be wrong.
pub type Checked<T> = Result<Setting<T>, SettingError>;

/// Which setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    Format,
    EnvVariable,
    Scope,
    ClientId,
    Issuer,
    ClientAuth,
    Secret,
    MinTtl,
    Cache,
    Timeout,
    ConnectTimeout,
    Retries,
    CaBundle,
    Proxy,
}

impl Name {
    /// Whether a token depends on it, and not only how the token is printed.
    pub fn is_of_token(self) -> bool {
        !matches!(self, Self::Format | Self::EnvVariable)
    }

    /// Whether any request to the realm depends on it.
    pub fn is_of_request(self) -> bool {
        use Name::{CaBundle, ConnectTimeout, Issuer, Proxy, Retries, Timeout};
        matches!(self, Issuer | Timeout | ConnectTimeout | Retries | CaBundle | Proxy)
    }
}

/// What is wrong with a setting. It never repeats the text, which may hold a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingError {
    pub name: Name,
    pub origin: Origin,
    pub problem: Problem,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Not given, and it has no default. The variable may be set, but empty.
    Missing {
        is_empty: bool,
    },
    /// Variables that exclude each other.
    Conflict(Vec<&'static str>),
    NotUtf8,
    /// None of the values that the setting can have.
    Unknown,
    ClientId(UnusableClientId),
    Duration(UnusableDuration),
    EmptyCommand,
    Issuer(UnusableIssuer),
    Proxy(UnusableProxy),
    Scope(UnusableScope),
    Secret(UnusableSecret),
    /// A variable's name, for a format that has none.
    UnusedEnvName(Setting<Format>),
}

/// Reads one setting: the flag, else the variable, else the default.
pub struct Reader<'a> {
    pub name: Name,
    pub flag: &'static str,
    pub variable: &'static str,
    pub environment: &'a Environment,
}

impl Reader<'_> {
    /// For a flag that clap leaves as text, because it quotes what it refuses. `None` if neither is given.
    pub fn text<T>(
        &self,
        flag: Option<String>,
        parse: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Result<Option<Setting<T>>, SettingError> {
        let (text, origin) = match (flag, (self.environment)(self.variable)) {
            (Some(text), _) => (OsString::from(text), Origin::Flag(self.flag)),
            (None, Variable::Value(text)) => (text, Origin::Variable(self.variable)),
            (None, Variable::Unset | Variable::Empty) => return Ok(None),
        };
        parse_utf8(text, parse).map(|value| Some(Setting { value, origin })).map_err(|problem| SettingError {
            name: self.name,
            origin,
            problem,
        })
    }

    /// The same, with a default.
    pub fn parsed<T>(
        &self,
        flag: Option<String>,
        default: T,
        parse: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Checked<T> {
        Ok(self.text(flag, parse)?.unwrap_or(Setting { value: default, origin: Origin::Default }))
    }

    /// The same for a flag that clap has parsed.
    pub fn value<T>(&self, flag: Option<T>, default: T, parse: impl FnOnce(&str) -> Result<T, Problem>) -> Checked<T> {
        match flag {
            Some(value) => Ok(Setting { value, origin: Origin::Flag(self.flag) }),
            None => self.parsed(None, default, parse),
        }
    }
}

pub fn parse_utf8<T>(text: OsString, parse: impl FnOnce(&str) -> Result<T, Problem>) -> Result<T, Problem> {
    text.to_str().ok_or(Problem::NotUtf8).and_then(parse)
}
