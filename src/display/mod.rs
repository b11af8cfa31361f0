//! Makes text safe to print: redacts secrets and escapes untrusted text.

pub(crate) mod redact;
pub(crate) mod untrusted;
