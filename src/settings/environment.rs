//! The environment, read in this one place, as bytes.

use std::ffi::OsString;

/// Where variables are looked up: [`get`], or a test's own.
pub type Environment = dyn Fn(&str) -> Variable;

/// A variable's value. An empty one counts as not given: a missing CI secret expands to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variable {
    Unset,
    Empty,
    Value(OsString),
}

#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn get(name: &str) -> Variable {
    std::env::var_os(name).map_or(Variable::Unset, Variable::of)
}

#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn names() -> Vec<OsString> {
    std::env::vars_os().map(|(name, _)| name).collect()
}

/// The first of `names` that has a value, with its name.
pub fn first(environment: &Environment, names: &[&'static str]) -> Option<(&'static str, OsString)> {
    names.iter().find_map(|name| Some((*name, environment(name).into_value()?)))
}

impl Variable {
    pub fn of(value: OsString) -> Self {
        if value.is_empty() { Self::Empty } else { Self::Value(value) }
    }

    pub fn into_value(self) -> Option<OsString> {
        match self {
            Self::Value(value) => Some(value),
            Self::Unset | Self::Empty => None,
        }
    }
}
