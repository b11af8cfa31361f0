//! The wall clock, which servers use, and the boot clock, which cannot be set.
//!
//! A [`Moment`] holds both, because the wall clock jumps and the boot clock restarts. A [`Deadline`] is on a clock that
//! does neither.

use std::fs;
use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime};

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize, Serializer};

/// Time since boot, including sleep.
#[cfg(any(target_os = "linux", target_os = "android"))]
const BOOT: ClockId = ClockId::Boottime;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const BOOT: ClockId = ClockId::Monotonic;

/// Two clocks that differ by less, in microseconds, count as equal: one is slewed all the time.
const SAME: u64 = 500_000;

#[allow(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
pub fn wall() -> SystemTime {
    SystemTime::now()
}

/// Formats a moment for a person: RFC 3339, UTC, whole seconds.
pub fn date(moment: SystemTime) -> String {
    humantime::format_rfc3339_seconds(moment).to_string()
}

pub fn now() -> Moment {
    let boot = Duration::try_from(clock_gettime(BOOT)).unwrap_or_default();
    let wall = wall().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Moment { wall: micros(wall), boot: micros(boot), boot_id: None }
}

/// The first half of the kernel's random id of this boot, which no other machine has. 0 if the system has none: then a
/// cache belongs to one machine.
pub fn boot_id() -> u64 {
    static OWN: LazyLock<u64> = LazyLock::new(|| {
        let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let digits: String = id.chars().filter(char::is_ascii_hexdigit).take(16).collect();
        u64::from_str_radix(&digits, 16).unwrap_or(0)
    });
    *OWN
}

/// A moment that another process can read, also after a reboot or on another machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Microseconds since 1970 on the wall clock.
    pub wall: u64,
    /// Microseconds since boot.
    pub boot: u64,
    /// Whose boot clock that is; `None` for this boot's. It is read only where it matters, because that takes system
    /// calls.
    #[serde(default, serialize_with = "write_boot_id")]
    boot_id: Option<u64>,
}

fn write_boot_id<S: Serializer>(id: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
    id.unwrap_or_else(boot_id).serialize(serializer)
}

impl Moment {
    /// Time from this moment to `now`; `None` if it is in the future of the wall clock. If the clocks differ, one was
    /// set or had stopped, so the longer time counts. The boot clock of another boot is ignored.
    pub fn elapsed_at(self, now: Self) -> Option<Duration> {
        let wall = now.wall.checked_sub(self.wall)?;
        let boot = now.boot.saturating_sub(self.boot);
        let is_longer = boot > wall.saturating_add(SAME) && self.is_of_this_boot();
        Some(Duration::from_micros(if is_longer { boot } else { wall }))
    }

    /// Whether it lies between two moments of this boot on both clocks.
    pub fn is_between(self, since: Self, now: Self) -> bool {
        (since.wall..=now.wall).contains(&self.wall)
            && ((since.boot..=now.boot).contains(&self.boot) || !self.is_of_this_boot())
    }

    fn is_of_this_boot(self) -> bool {
        self.boot_id.is_none_or(|id| id == boot_id())
    }

    pub fn after(self, duration: Duration) -> Self {
        let duration = micros(duration);
        let (wall, boot) = (self.wall.saturating_add(duration), self.boot.saturating_add(duration));
        Self { wall, boot, ..self }
    }

    pub fn before(self, duration: Duration) -> Self {
        let duration = micros(duration);
        let (wall, boot) = (self.wall.saturating_sub(duration), self.boot.saturating_sub(duration));
        Self { wall, boot, ..self }
    }

    /// A moment of this boot, for tests, in seconds on both clocks.
    #[cfg(test)]
    pub fn at(wall: u64, boot: u64) -> Self {
        Self { wall: wall * 1_000_000, boot: boot * 1_000_000, boot_id: None }
    }

    pub fn unix_seconds(self) -> u64 {
        self.wall / 1_000_000
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// A moment; `None` is never, also for a time beyond the clock's range.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    pub fn after(duration: Duration) -> Self {
        Self(Instant::now().checked_add(duration))
    }

    pub const fn never() -> Self {
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

    fn at(wall: u64, boot: u64) -> Moment {
        Moment::at(wall, boot)
    }

    /// The same on another machine, as this process reads it.
    fn elsewhere(wall: u64, boot: u64) -> Moment {
        let written = serde_json::to_value(Moment { boot_id: Some(!boot_id()), ..at(wall, boot) }).unwrap();
        serde_json::from_value(written).unwrap()
    }

    const ASKED: (u64, u64) = (100_000, 5_000);

    fn elapsed(now: (u64, u64)) -> Option<u64> {
        at(ASKED.0, ASKED.1).elapsed_at(at(now.0, now.1)).map(|elapsed| elapsed.as_secs())
    }

    #[test]
    fn the_longer_time_counts() {
        assert_eq!(elapsed((100_060, 5_060)), Some(60));
        // Set forward by an hour; set back by an hour after two.
        assert_eq!(elapsed((103_660, 5_060)), Some(3_660));
        assert_eq!(elapsed((103_600, 12_200)), Some(7_200));
        // The machine slept where the wall clock was corrected later.
        assert_eq!(elapsed((100_001, 5_060)), Some(60));
    }

    #[test]
    fn the_future_is_no_time_ago() {
        assert_eq!(elapsed((96_400, 5_060)), None);
    }

    #[test]
    fn after_a_restart_the_wall_clock_counts_alone() {
        assert_eq!(elapsed((100_300, 20)), Some(300));
    }

    #[test]
    fn between_is_meant_by_both_clocks() {
        let (since, now) = (at(100, 10), at(200, 110));
        assert!(at(100, 10).is_between(since, now) && at(200, 110).is_between(since, now));
        for outside in [at(99, 50), at(201, 50), at(150, 9), at(150, 111)] {
            assert!(!outside.is_between(since, now), "{outside:?}");
        }
    }

    #[test]
    fn no_moment_overflows() {
        let last = at(1, 1).after(Duration::MAX);
        assert_eq!((last.wall, last.boot, at(1, 1).before(Duration::MAX)), (u64::MAX, u64::MAX, at(0, 0)));
    }

    #[test]
    fn the_boot_clock_of_another_machine_is_ignored() {
        let (since, now) = (at(100, 10), at(200, 110));
        for boot in [0, 50, 9_000_000] {
            assert_eq!(elsewhere(150, boot).elapsed_at(now), Some(Duration::from_secs(50)));
            assert!(elsewhere(150, boot).is_between(since, now));
            assert!(!elsewhere(99, boot).is_between(since, now) && !elsewhere(201, boot).is_between(since, now));
        }
    }

    #[test]
    fn a_moment_keeps_its_boot_when_it_is_written() {
        let written = serde_json::to_value(at(100, 10)).unwrap();
        assert_eq!(written["boot_id"], boot_id());
        let read: Moment = serde_json::from_value(written).unwrap();
        assert_eq!(read.elapsed_at(at(101, 70)), Some(Duration::from_secs(60)));
        // As an earlier version wrote it.
        let read: Moment = serde_json::from_str(r#"{"wall":100000000,"boot":10000000}"#).unwrap();
        assert_eq!(read.elapsed_at(at(101, 70)), Some(Duration::from_secs(60)));
    }

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
