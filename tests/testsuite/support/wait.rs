//! Waiting for a certain event.

use std::time::{Duration, Instant};

/// Ends the wait for an event that never comes.
pub const LIMIT: Duration = Duration::from_secs(120);

#[track_caller]
pub fn until(mut has_come: impl FnMut() -> bool) {
    let started = Instant::now();
    while !has_come() {
        assert!(started.elapsed() < LIMIT, "it did not come in {LIMIT:?}");
        std::thread::yield_now();
    }
}
