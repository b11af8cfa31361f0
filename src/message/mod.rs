//! Every sentence for a person: what failed, why, what to do.

pub mod settings;
