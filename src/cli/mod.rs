//! The edge: what may be typed, what will be used, and what is printed.

pub(crate) mod args;
pub(crate) mod error;
pub(crate) mod format;
pub(crate) mod message;
pub(crate) mod report;
pub(crate) mod settings;
