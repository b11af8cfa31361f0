//! `catena-token renew` and token files.

mod check;
mod place;
mod renewal;
mod service;
mod token_file;
