//! The cache, the single flight, and the remembered key.

mod command;
mod entries;
mod keyring;
mod single_flight;
mod trouble;
