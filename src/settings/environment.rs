//! The environment, read in this one place, as bytes. An empty variable counts as not given: a missing CI secret
//! expands to nothing.

use std::ffi::OsString;

/// Where variables are looked up: [`get`], or a test's own.
pub type Environment = dyn Fn(&str) -> Option<OsString>;

#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn get(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn names() -> Vec<OsString> {
    std::env::vars_os().map(|(name, _)| name).collect()
}

pub fn value(environment: &Environment, name: &str) -> Option<OsString> {
    environment(name).filter(|value| !value.is_empty())
}

/// Whether it is set, and has no value.
pub fn is_empty(environment: &Environment, name: &str) -> bool {
    environment(name).is_some_and(|value| value.is_empty())
}

/// The first of `names` that has a value, with its name.
pub fn first(environment: &Environment, names: &[&'static str]) -> Option<(&'static str, OsString)> {
    names.iter().find_map(|name| Some((*name, value(environment, name)?)))
}
