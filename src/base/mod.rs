//! Vocabulary that every module uses.

pub(crate) mod clock;
pub(crate) mod duration;
pub(crate) mod event;
pub(crate) mod json;
pub(crate) mod origin;
pub(crate) mod secret;
