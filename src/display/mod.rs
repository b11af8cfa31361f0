//! What is printed without harm: secrets are redacted, and untrusted text is escaped.

pub(crate) mod redact;
pub(crate) mod untrusted;
