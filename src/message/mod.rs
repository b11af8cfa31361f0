//! Every sentence for a person: what failed, why, and what to do.
//!
//! Errors are data everywhere else. Here they get their words, and nothing is decided.

pub mod doctor;
mod event;
mod http;
mod request;
pub mod secret;
pub mod settings;
mod tls;
mod token;

use std::io;

use crate::error;
use crate::input::TooLong;
pub use event::text as of_event;
pub use request::json as of_json;
pub use token::{exit, words as of_token_error};

/// `error: WHAT: WHY`, and `hint: HINT` unless that is empty.
pub struct Words {
    pub what: String,
    pub why: String,
    pub hint: String,
}

/// Why something cannot be read or written.
pub fn reason(error: &io::Error) -> String {
    match too_long(error) {
        Some(most) => format!("it is longer than {most} KiB"),
        None if error.kind() == io::ErrorKind::TimedOut && error.raw_os_error().is_none() => {
            "nothing came before the time of --timeout was used up".to_owned()
        }
        None => error::reason(error),
    }
}

/// In KiB.
fn too_long(error: &io::Error) -> Option<usize> {
    error.get_ref()?.downcast_ref().map(|TooLong(most)| most / 1024)
}
