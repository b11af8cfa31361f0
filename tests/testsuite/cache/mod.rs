//! The cache, single flight, and remembered keys.

mod command;
mod crowd;
mod entries;
mod keyring;
mod lock;
mod loss;
mod machines;
mod privacy;
mod single_flight;
mod trouble;
