//! The secret from a command: `op read …`, `pass show …`, `vault kv get …`.
//!
//! The command has our stderr and our terminal, where `op` asks for a fingerprint, and no standard input. What counts
//! is its first process: when that has ended, a daemon which it left behind with the pipe in its hand is not waited
//! for. At the deadline it is ended.

use std::ffi::OsStr;
use std::io::{self, Read as _};
use std::os::fd::AsFd as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

#[cfg(target_os = "linux")]
use rustix::process::Pid;
use rustix::process::Signal;
use signal_hook::consts::SIGCHLD;
use zeroize::Zeroizing;

use super::{LONGEST_SECRET, secret_line};
use crate::children;
use crate::deadline::Deadline;
use crate::error::{Exit, Failure, reason};
use crate::input::is_readable_by;
use crate::secret::Secret;
use crate::signals;

/// How often a command is looked at that keeps its output open or goes on after closing it.
const LOOK: Duration = Duration::from_millis(20);

/// What a command gets to clean up between the polite signal and the final one.
const GRACE: Duration = Duration::from_millis(500);

/// Runs `sh -c command`; what it prints is the secret.
pub fn run(command: &OsStr, deadline: Deadline) -> Result<Secret, Failure> {
    let failed = |why: String| Failure::new(Exit::Setup, "the client secret's command failed", why);
    let cannot = |what: &str, error: &io::Error| failed(format!("cannot {what}: {}", reason(error)));
    // A parent may have left SIGCHLD ignored, and then the kernel keeps no exit code for us. A handler undoes that.
    let _guard = children::OWN.lock().unwrap_or_else(PoisonError::into_inner);
    signals::silence(SIGCHLD).map_err(|error| cannot("watch it", &error))?;
    let mut child = Command::new("/bin/sh")
        .arg("-c")
        .arg(command)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| cannot("start `/bin/sh`", &error))?;
    let Some(mut stdout) = child.stdout.take() else { return Err(failed("it has no output".to_owned())) };
    RUNNING.store(child.id(), Ordering::Relaxed);
    let collected = collect(&mut child, &mut stdout, deadline);
    RUNNING.store(NONE, Ordering::Relaxed);
    match collected {
        Ok((status, _)) if !status.success() => {
            Err(failed(describe(status)).hint("run it by hand to see what is wrong; it must print the secret alone"))
        }
        Ok((_, mut bytes)) => {
            secret_line(std::mem::take(&mut *bytes)).map_err(|why| failed(format!("its output cannot be used: {why}")))
        }
        Err(error) => {
            end(&mut child);
            Err(failed(reason(&error)))
        }
    }
}

/// Ends the command that another thread waits for, if there is one: this process is about to end, and a command that
/// hangs must not outlive it.
pub fn end_running() {
    let running = RUNNING.load(Ordering::Relaxed);
    if running != NONE {
        family_of(running).iter().for_each(|member| member.signal(Signal::TERM));
    }
}

/// The pid of the command that runs.
static RUNNING: AtomicU32 = AtomicU32::new(NONE);
const NONE: u32 = 0;

/// Reads until the command has ended, or until both its output and the command have.
fn collect(
    child: &mut Child,
    stdout: &mut ChildStdout,
    deadline: Deadline,
) -> io::Result<(ExitStatus, Zeroizing<Vec<u8>>)> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST_SECRET + 1));
    let mut at_end = false;
    loop {
        let ended = child.try_wait()?;
        // What it wrote before it ended is in the pipe by now.
        while !at_end && is_readable_by(stdout.as_fd(), Deadline::after(Duration::ZERO))? {
            at_end = read_some(stdout, &mut bytes)? == 0;
        }
        if let Some(status) = ended {
            return Ok((status, bytes));
        }
        if deadline.has_passed() {
            return Err(io::Error::other("it did not end before the time of --timeout was used up"));
        }
        let look = Deadline::after(LOOK).earlier(deadline);
        if at_end {
            thread::sleep(look.left().unwrap_or(LOOK));
        } else {
            is_readable_by(stdout.as_fd(), look)?;
        }
    }
}

fn read_some(stdout: &mut ChildStdout, bytes: &mut Zeroizing<Vec<u8>>) -> io::Result<usize> {
    let mut chunk = Zeroizing::new([0; 4096]);
    let count = stdout.read(&mut chunk[..])?;
    if bytes.len() + count > LONGEST_SECRET {
        return Err(io::Error::other("its output is longer than 64 KiB"));
    }
    bytes.extend_from_slice(&chunk[..count]);
    Ok(count)
}

/// Ends the command and all that it started, politely, then for good.
fn end(child: &mut Child) {
    let family = family_of(child.id());
    family.iter().for_each(|member| member.signal(Signal::TERM));
    let grace = Deadline::after(GRACE);
    while !grace.has_passed() && family.iter().any(Member::is_running) {
        thread::sleep(LOOK);
    }
    // With what was started in the meantime.
    family_of(child.id()).iter().chain(&family).for_each(|member| member.signal(Signal::KILL));
    let _ = child.kill();
    let _ = child.wait();
}

/// A process, held so that no other one can be meant by its number.
#[cfg(target_os = "linux")]
struct Member(rustix::fd::OwnedFd);

#[cfg(target_os = "linux")]
impl Member {
    fn signal(&self, signal: Signal) {
        let _ = rustix::process::pidfd_send_signal(&self.0, signal);
    }

    /// A pidfd is readable when its process has ended.
    fn is_running(&self) -> bool {
        is_readable_by(self.0.as_fd(), Deadline::after(Duration::ZERO)).is_ok_and(|ended| !ended)
    }
}

/// `id` and its descendants, as Linux lists them. They are not in a group of their own: that would take the terminal
/// from them.
#[cfg(target_os = "linux")]
fn family_of(id: u32) -> Vec<Member> {
    let mut family = Vec::new();
    let mut ids = vec![id];
    while let Some(id) = ids.pop() {
        let pid = i32::try_from(id).ok().and_then(Pid::from_raw);
        let held = pid.and_then(|pid| rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok());
        family.extend(held.map(Member));
        ids.extend(children::of(id));
    }
    family
}

/// Elsewhere there is no such hold; the first process alone is ended.
#[cfg(not(target_os = "linux"))]
struct Member;

#[cfg(not(target_os = "linux"))]
impl Member {
    fn signal(&self, _: Signal) {}

    fn is_running(&self) -> bool {
        false
    }
}

#[cfg(not(target_os = "linux"))]
fn family_of(_: u32) -> Vec<Member> {
    Vec::new()
}

fn describe(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(127), _) => "it exited with code 127: a command in it was not found".to_owned(),
        (Some(code), _) => format!("it exited with code {code}"),
        (None, Some(signal)) => format!("it was ended by signal {signal}"),
        (None, None) => "it ended".to_owned(),
    }
}
