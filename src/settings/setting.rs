//! One setting: a value and where it came from.

use std::fmt;

use super::environment::{self, Variable, utf8};
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
    /// Records the fault of a setting, if it has one.
    pub fn note<T>(&mut self, setting: &'static str, result: Result<T, Failure>) -> Option<T> {
        result.map_err(|failure| self.0.push(Fault { setting, failure })).ok()
    }

    /// The same, and reports a valid setting as an event. Never call it for a secret.
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

/// The flag and the variable that give a setting.
#[derive(Clone, Copy)]
pub struct Names {
    flag: &'static str,
    variable: &'static str,
}

/// A setting's names.
pub const fn named(flag: &'static str, variable: &'static str) -> Names {
    Names { flag, variable }
}

impl Names {
    /// The text of the flag, else of the variable; `None` if neither is given.
    pub fn text(self, flag: Option<&str>) -> Result<Option<Setting<String>>, Failure> {
        let value = match (flag, environment::get(self.variable)) {
            (Some(text), _) => return Ok(Some(Setting { value: text.to_owned(), origin: Origin::Flag(self.flag) })),
            (None, Variable::Unset | Variable::Empty) => return Ok(None),
            (None, Variable::Value(value)) => value,
        };
        let value = utf8(value).map_err(|why| Failure::new(Exit::Usage, self.variable, why))?;
        Ok(Some(Setting { value, origin: Origin::Variable(self.variable) }))
    }

    /// The flag, else the variable, else the default, parsed. The error of `parse` must not quote the text: it may hold
    /// a password.
    pub fn parsed<T>(
        self,
        flag: Option<&str>,
        default: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Setting<T>, Failure> {
        let text = self.text(flag)?.unwrap_or_else(|| Setting { value: default.to_owned(), origin: Origin::Default });
        text.checked(parse)
    }

    /// The same for a flag that clap has parsed already.
    pub fn value<T>(
        self,
        flag: Option<T>,
        default: T,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Setting<T>, Failure> {
        if let Some(value) = flag {
            return Ok(Setting { value, origin: Origin::Flag(self.flag) });
        }
        match self.text(None)? {
            Some(text) => text.checked(parse),
            None => Ok(Setting { value: default, origin: Origin::Default }),
        }
    }
}

impl Setting<String> {
    fn checked<T>(self, parse: impl FnOnce(&str) -> Result<T, String>) -> Result<Setting<T>, Failure> {
        let Self { value, origin } = self;
        match parse(&value) {
            Ok(value) => Ok(Setting { value, origin }),
            Err(why) => Err(Failure::new(Exit::Usage, format!("{origin} cannot be used"), why)),
        }
    }
}

/// Reports the value that is used, as an event. Never call it for a secret.
pub fn tell_setting<T>(name: &str, setting: &Setting<T>, shown: impl FnOnce(&T) -> String) {
    if event::level() >= Level::Details {
        tell(Event::Setting { name, value: &shown(&setting.value), origin: &setting.origin });
    }
}
