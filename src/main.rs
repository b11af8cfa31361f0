//! `catena-token`: an access token on stdout, for a pipe.

mod error;
mod deadline;
mod duration;
mod clock;
mod secret;
mod event;
mod redaction;
mod foreign;

fn main() {}
