//! How whole processes are compared, and what they are pointed at.

#![allow(dead_code, reason = "each benchmark uses its part of it")]

pub mod binary;
pub mod command;
pub mod crowd;
pub mod hostile;
pub mod machine;
pub mod memory;
pub mod nginx;
pub mod pairs;
pub mod roots;
pub mod statistics;
pub mod table;

/// What a reader must know about the figures; the table itself says the rest.
pub const METHOD: &str = "Times: whole processes in interleaved pairs; the ratio is formed pair by pair; medians, with \
    the quartiles in brackets. Environment: LANG=C.UTF-8, an empty HOME, the credentials, nothing else.";
