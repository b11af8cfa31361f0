//! The moment by which a call must finish, on the monotonic clock.

use std::time::{Duration, Instant};

/// A moment; `None` is never, also for a time beyond the clock's range.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    pub fn after(duration: Duration) -> Self {
        Self(Instant::now().checked_add(duration))
    }

    pub fn never() -> Self {
        Self(None)
    }

    /// The time left: zero once it has passed, `None` if it never passes.
    pub fn left(self) -> Option<Duration> {
        self.0.map(|end| end.saturating_duration_since(Instant::now()))
    }

    pub fn has_passed(self) -> bool {
        self.left().is_some_and(|left| left.is_zero())
    }

    /// Whether a wait of `duration` leaves at least a tenth of the time for the request after it.
    pub fn has_room_for(self, duration: Duration) -> bool {
        self.left().is_none_or(|left| duration < left / 10 * 9)
    }

    pub fn earlier(self, other: Self) -> Self {
        Self([self.0, other.0].into_iter().flatten().min())
    }

    /// Adds the time that a person took to answer, because the timeout bounds the network only.
    pub fn extended_by(self, duration: Duration) -> Self {
        Self(self.0.and_then(|end| end.checked_add(duration)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_beyond_the_clock_never_ends_and_never_panics() {
        let deadline = Deadline::after(Duration::MAX);
        assert!(!deadline.has_passed());
        assert!(deadline.extended_by(Duration::MAX).left().is_none());
    }

    #[test]
    fn the_earlier_of_two_is_the_one_that_ends() {
        let soon = Deadline::after(Duration::ZERO);
        assert!(soon.earlier(Deadline::never()).has_passed());
        assert!(Deadline::never().earlier(soon).has_passed());
    }
}
