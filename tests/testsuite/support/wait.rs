//! Waiting for what is certain to come.

use std::time::{Duration, Instant};

/// Nothing takes as long; this only ends a wait for what would never come, and names it.
pub const LIMIT: Duration = Duration::from_secs(120);

#[track_caller]
pub fn until(mut has_come: impl FnMut() -> bool) {
    let started = Instant::now();
    while !has_come() {
        assert!(started.elapsed() < LIMIT, "it did not come in {LIMIT:?}");
        std::thread::yield_now();
    }
}
