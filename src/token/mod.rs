//! Tokens: where one comes from, the cache, and files that hold a fresh one.

pub(crate) mod cache;
pub(crate) mod file;
pub(crate) mod place;
pub(crate) mod renewal;
pub(crate) mod source;
pub(crate) mod store;
