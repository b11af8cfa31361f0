//! The moment by which a call must have ended, on the monotonic clock.

use std::time::{Duration, Instant};

/// A moment, or none where the clock cannot count so far.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    pub fn after(duration: Duration) -> Self {
        Self(Instant::now().checked_add(duration))
    }

    /// For a wait on a person.
    pub fn never() -> Self {
        Self(None)
    }

    /// What is left; zero once it has passed, and `None` when there is no end.
    pub fn left(self) -> Option<Duration> {
        self.0.map(|end| end.saturating_duration_since(Instant::now()))
    }

    pub fn has_passed(self) -> bool {
        self.left().is_some_and(|left| left.is_zero())
    }

    /// Whether a wait of `duration` leaves a tenth of the time, at least, for what follows.
    pub fn has_room_for(self, duration: Duration) -> bool {
        self.left().is_none_or(|left| duration < left / 10 * 9)
    }

    pub fn earlier(self, other: Self) -> Self {
        Self([self.0, other.0].into_iter().flatten().min())
    }

    /// Later by the time that a person took to answer: the time-out is the network's.
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
