//! `catena-token renew` and token files.

mod renewal;
mod service;
mod token_file;
