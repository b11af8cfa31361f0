//! The cache that machines share in a store.
//!
//! A machine is a cache directory of its own here. The same is tested with a real Redis and a real Valkey in `engine`.

mod clocks;
mod commands;
mod engine;
mod flow;
mod outcomes;
mod trouble;
