//! The wall clock, for the moments that a server names by date.

use std::time::SystemTime;

/// Now, as this machine believes it.
#[allow(clippy::disallowed_methods, reason = "the one place that asks the wall clock")]
pub fn wall() -> SystemTime {
    SystemTime::now()
}
