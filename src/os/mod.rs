//! The operating system: the process, its signals, its streams, its children, and the service manager.

pub(crate) mod input;
pub(crate) mod notify;
pub(crate) mod process;
pub(crate) mod signals;
pub(crate) mod stdout;
