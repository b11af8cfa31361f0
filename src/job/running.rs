//! A command that has been started and not yet been waited for, so that its pid is its own.

use std::io;
use std::os::fd::AsFd as _;
#[cfg(target_os = "linux")]
use std::os::fd::OwnedFd;
use std::process::Child;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

use crate::signals::Taken;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Code(u8),
    BySignal(i32),
}

/// What has become of a command.
pub enum Changed {
    Ended(Ended),
    Stopped(i32),
    GoesOn,
}

pub struct Running {
    pub pid: Pid,
    /// Readable when it has ended, even where SIGCHLD is blocked.
    #[cfg(target_os = "linux")]
    held: Option<OwnedFd>,
}

impl Running {
    pub fn of(child: &Child) -> io::Result<Self> {
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| io::Error::other("it has no pid"))?;
        Ok(Self {
            pid,
            #[cfg(target_os = "linux")]
            held: rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok(),
        })
    }

    pub fn send(&self, signal: i32) {
        if let Some(signal) = Signal::from_named_raw(signal) {
            let _ = kill_process(self.pid, signal);
        }
    }

    /// What has become of it since it was looked at last. After its end it must not be sent anything: its pid may be
    /// another's.
    pub fn look(&self) -> io::Result<Option<Changed>> {
        let status = loop {
            match waitpid(Some(self.pid), WaitOptions::UNTRACED | WaitOptions::CONTINUED | WaitOptions::NOHANG) {
                Ok(Some((_, status))) => break status,
                Ok(None) => return Ok(None),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        };
        if status.continued() {
            return Ok(Some(Changed::GoesOn));
        }
        if let Some(signal) = status.stopping_signal().filter(|_| status.stopped()) {
            return Ok(Some(Changed::Stopped(signal)));
        }
        let code = status.exit_status().and_then(|code| u8::try_from(code).ok()).map(Ended::Code);
        Ok(code.or(status.terminating_signal().map(Ended::BySignal)).map(Changed::Ended))
    }

    /// Until a signal comes or it ends.
    pub fn wait(&self, signals: &Taken) -> io::Result<()> {
        let mut watched = vec![PollFd::from_borrowed_fd(signals.as_fd(), PollFlags::IN)];
        #[cfg(target_os = "linux")]
        watched.extend(self.held.as_ref().map(|held| PollFd::from_borrowed_fd(held.as_fd(), PollFlags::IN)));
        match poll(&mut watched, None) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
