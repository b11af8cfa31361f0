//! Waiting without waking up: until a time has passed, the clock was set, or somebody rings.
//!
//! The time is that of the boot clock, which goes on while the machine sleeps (`CLOCK_BOOTTIME`): a machine that wakes
//! up late finds the alarm gone off. The wall clock is watched for being set, because a machine that was halted by its
//! host counts that time by the wall clock alone. Elsewhere than on Linux the clocks are looked at now and then.

use std::io::{self, PipeReader, PipeWriter, Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, ioctl_fionbio};

/// How often the clocks are looked at where no timer watches them.
const LOOK: Duration = Duration::from_secs(30);

/// More than a timer takes is waited for in pieces.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Why a wait is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// The time has passed, or a clock says something else than before: look at them.
    Clock,
    /// Somebody rang.
    Bell,
}

pub struct Alarm {
    heard: PipeReader,
    /// Held, so that the pipe has an end to write to even if nobody is going to ring.
    bell: Bell,
    timers: Option<Timers>,
}

/// Rings, from any thread.
#[derive(Clone)]
pub struct Bell(Arc<PipeWriter>);

impl Bell {
    pub fn ring(&self) {
        // A full pipe has rung already.
        let _ = (&*self.0).write(&[0]);
    }
}

impl Alarm {
    pub fn new() -> io::Result<Self> {
        let (heard, writer) = io::pipe()?;
        ioctl_fionbio(&heard, true)?;
        ioctl_fionbio(&writer, true)?;
        Ok(Self { heard, bell: Bell(Arc::new(writer)), timers: Timers::new().ok() })
    }

    pub fn bell(&self) -> Bell {
        self.bell.clone()
    }

    /// Waits for `time`, or for less.
    pub fn wait(&mut self, time: Duration) -> io::Result<Woken> {
        let time = time.min(LONGEST);
        let timers = self.timers.as_ref().filter(|timers| timers.set(time).is_ok());
        let mut watched = vec![PollFd::from_borrowed_fd(self.heard.as_fd(), PollFlags::IN)];
        watched.extend(timers.iter().flat_map(|timers| timers.fds()).map(|fd| PollFd::new(fd, PollFlags::IN)));
        let limit = if timers.is_some() { None } else { Timespec::try_from(time.min(LOOK)).ok() };
        match poll(&mut watched, limit.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        if let Some(timers) = timers {
            timers.heard();
        }
        if !watched[0].revents().is_empty() {
            // All that rang until now.
            while self.heard.read(&mut [0; 1024]).is_ok_and(|count| count > 0) {}
            return Ok(Woken::Bell);
        }
        Ok(Woken::Clock)
    }
}

#[cfg(target_os = "linux")]
struct Timers {
    boot: OwnedFd,
    /// Never goes off; it is cancelled when the wall clock is set.
    wall: OwnedFd,
}

#[cfg(target_os = "linux")]
impl Timers {
    fn new() -> io::Result<Self> {
        use rustix::time::{
            Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, timerfd_create, timerfd_settime,
        };
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timers = Self {
            boot: timerfd_create(TimerfdClockId::Boottime, flags)?,
            wall: timerfd_create(TimerfdClockId::Realtime, flags)?,
        };
        let never = Itimerspec {
            it_interval: Timespec { tv_sec: 0, tv_nsec: 0 },
            it_value: Timespec { tv_sec: 1 << 33, tv_nsec: 0 },
        };
        timerfd_settime(&timers.wall, TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET, &never)?;
        Ok(timers)
    }

    fn set(&self, time: Duration) -> io::Result<()> {
        use rustix::time::{Itimerspec, TimerfdTimerFlags, timerfd_settime};
        // Zero would switch it off.
        let value = Timespec::try_from(time.max(Duration::from_nanos(1))).map_err(io::Error::other)?;
        let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: value };
        timerfd_settime(&self.boot, TimerfdTimerFlags::empty(), &once)?;
        Ok(())
    }

    fn fds(&self) -> [&OwnedFd; 2] {
        [&self.boot, &self.wall]
    }

    /// Makes them silent until the next time. A cancelled one says so once.
    fn heard(&self) {
        for timer in self.fds() {
            let _ = rustix::io::read(timer, &mut [0; 8]);
        }
    }
}

#[cfg(not(target_os = "linux"))]
struct Timers(std::convert::Infallible);

#[cfg(not(target_os = "linux"))]
impl Timers {
    fn new() -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn set(&self, _: Duration) -> io::Result<()> {
        match self.0 {}
    }

    fn fds(&self) -> [&OwnedFd; 2] {
        match self.0 {}
    }

    fn heard(&self) {
        match self.0 {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_often_it_rings_it_has_rung_once() {
        let mut alarm = Alarm::new().unwrap();
        assert_eq!(alarm.wait(Duration::ZERO).unwrap(), Woken::Clock);
        // More than a pipe takes, and nobody is held up by it.
        for _ in 0..100_000 {
            alarm.bell().ring();
        }
        assert_eq!(alarm.wait(Duration::MAX).unwrap(), Woken::Bell);
        assert_eq!(alarm.wait(Duration::ZERO).unwrap(), Woken::Clock);
    }

    #[test]
    fn it_goes_off_when_its_time_has_passed_and_again() {
        let mut alarm = Alarm::new().unwrap();
        for _ in 0..3 {
            assert_eq!(alarm.wait(Duration::from_millis(1)).unwrap(), Woken::Clock);
        }
    }
}
