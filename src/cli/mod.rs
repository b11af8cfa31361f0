//! Input and output: the arguments, the settings, and all messages.

pub(crate) mod args;
pub(crate) mod error;
pub(crate) mod exec_credential;
pub(crate) mod format;
pub(crate) mod message;
pub(crate) mod progress;
pub(crate) mod report;
pub(crate) mod settings;
