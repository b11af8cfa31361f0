//! One setting: a value and where it came from.

use std::fmt;

use super::environment::{Environment, Variable, utf8};
use crate::error::{Exit, Failure};
use crate::event::{self, Event, Level, tell};

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Flag(&'static str),
    Variable(&'static str),
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Variable(name) => f.write_str(name),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value that was checked, and its origin.
#[derive(Clone, Debug)]
pub struct Setting<T> {
    pub value: T,
    pub origin: Origin,
}

/// What is wrong with one setting.
#[derive(Debug)]
pub struct Fault {
    /// Its name, as events tell of it.
    pub setting: &'static str,
    pub failure: Failure,
}

/// What is wrong with the settings, in the order in which they are read.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    pub fn push(&mut self, setting: &'static str, failure: Failure) {
        self.0.push(Fault { setting, failure });
    }

    /// Notes the fault of a setting and goes on without its value.
    pub fn note<T>(&mut self, setting: &'static str, result: Result<T, Failure>) -> Option<T> {
        result.map_err(|failure| self.push(setting, failure)).ok()
    }

    /// The same, and tells of one that can be used. Never called for a secret.
    pub fn take<T>(
        &mut self,
        name: &'static str,
        result: Result<Setting<T>, Failure>,
        shown: impl FnOnce(&T) -> String,
    ) -> Option<Setting<T>> {
        self.note(name, result).inspect(|setting| tell_setting(name, setting, shown))
    }

    /// All of them.
    pub fn into_vec(self) -> Vec<Fault> {
        self.0
    }

    /// The first fault ends the call; `value` is there when there is none.
    pub fn into_result<T>(self, value: Option<T>) -> Result<T, Failure> {
        match (self.0.into_iter().next(), value) {
            (None, Some(value)) => Ok(value),
            (Some(fault), _) => Err(fault.failure),
            (None, None) => Err(Failure::new(Exit::Local, "a defect", "a setting is missing without a reason")),
        }
    }
}

/// A flag's text and a variable's name, for one setting.
pub struct Given<'a> {
    pub flag: Option<&'a str>,
    pub flag_name: &'static str,
    pub variable: &'static str,
}

impl Given<'_> {
    /// The text that counts, and where it stands; `None` leaves the default.
    pub fn text(&self, environment: Environment) -> Result<Option<Setting<String>>, Failure> {
        if let Some(text) = self.flag {
            return Ok(Some(Setting { value: text.to_owned(), origin: Origin::Flag(self.flag_name) }));
        }
        match environment.get(self.variable) {
            Variable::Unset | Variable::Empty => Ok(None),
            Variable::Value(value) => {
                let text = utf8(value).map_err(|why| Failure::new(Exit::Usage, self.variable, why))?;
                Ok(Some(Setting { value: text, origin: Origin::Variable(self.variable) }))
            }
        }
    }

    /// The checked value. `parse` says why it refuses a text; the text is not repeated, it may hold a password.
    pub fn resolve<T>(
        &self,
        environment: Environment,
        default: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Setting<T>, Failure> {
        let (parsed, origin) = match self.text(environment)? {
            Some(Setting { value, origin }) => (parse(&value), origin),
            None => (parse(default), Origin::Default),
        };
        match parsed {
            Ok(value) => Ok(Setting { value, origin }),
            Err(why) => Err(Failure::new(Exit::Usage, format!("{origin} cannot be used"), why)),
        }
    }
}

/// A flag's value that clap has checked already, else the variable's, else the default's text.
pub fn resolve_typed<T>(
    (flag_name, flag): (&'static str, Option<T>),
    (variable, environment): (&'static str, Environment),
    default: &str,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<Setting<T>, Failure> {
    match flag {
        Some(value) => Ok(Setting { value, origin: Origin::Flag(flag_name) }),
        None => Given { flag: None, flag_name, variable }.resolve(environment, default, parse),
    }
}

/// Tells of a setting as it will be used; never called for a secret.
pub fn tell_setting<T>(name: &str, setting: &Setting<T>, shown: impl FnOnce(&T) -> String) {
    if event::level() >= Level::Details {
        tell(Event::Setting { name, value: &shown(&setting.value), origin: &setting.origin });
    }
}
