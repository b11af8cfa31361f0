//! The environment, read in this one place, as bytes.

use std::ffi::OsString;

/// A variable's value. An empty one counts as not given: a missing CI secret expands to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variable {
    Unset,
    Empty,
    Value(OsString),
}

#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn get(name: &str) -> Variable {
    match std::env::var_os(name) {
        None => Variable::Unset,
        Some(value) if value.is_empty() => Variable::Empty,
        Some(value) => Variable::Value(value),
    }
}

#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn names() -> Vec<OsString> {
    std::env::vars_os().map(|(name, _)| name).collect()
}

/// The first of `names` that has a value, with its name.
pub fn first(names: &[&'static str]) -> Option<(&'static str, OsString)> {
    names.iter().find_map(|name| Some((*name, get(name).into_value()?)))
}

impl Variable {
    pub fn into_value(self) -> Option<OsString> {
        match self {
            Self::Value(value) => Some(value),
            Self::Unset | Self::Empty => None,
        }
    }
}

/// Text of a variable, or why it has none.
pub fn utf8(value: OsString) -> Result<String, String> {
    value.into_string().map_err(|_| "it is not UTF-8".to_owned())
}
