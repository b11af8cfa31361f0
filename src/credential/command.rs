//! A credential from a command: `op read …`, `pass show …`, `vault kv get …`.
//!
//! The command inherits stderr and the terminal, where `op` asks for a fingerprint, but not stdin. It stays in our
//! process group, because another one could not read the terminal. Its output ends when the shell exits, even if a
//! daemon keeps the pipe open. At the deadline, the command and its descendants are terminated.

use std::ffi::OsStr;
use std::io::{self, Read as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::io::ioctl_fionbio;
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::SIGCHLD;
use zeroize::Zeroizing;

use super::source::{LONGEST, Unreadable};
use crate::base::clock::Deadline;
use crate::os::input::too_long;
use crate::os::process;
use crate::os::signals;

/// The interval of polling the command and its output.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// The time between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_millis(500);

/// Runs `sh -c command`, with this variable, and returns what it prints.
pub fn run(
    command: &OsStr,
    variable: Option<(&str, &str)>,
    deadline: Deadline,
) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
    let _guard = process::OWN.lock().unwrap_or_else(PoisonError::into_inner);
    // If the parent ignored SIGCHLD, the kernel would drop exit codes. A handler restores them.
    signals::silence(SIGCHLD).map_err(Unreadable::Shell)?;
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(command).envs(variable).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = shell.spawn().map_err(Unreadable::Shell)?;
    *running() = Some(Pid::from_child(&child));
    let collected = collect(&mut child, deadline);
    // A separate statement, to release the lock before the command is terminated.
    let unreaped = running().take();
    if let Some(pid) = unreaped {
        terminate(pid);
        let _ = child.wait();
    }
    let (status, bytes) = collected.map_err(|error| Unreadable::Command(error.into()))?;
    if !status.success() {
        return Err(Unreadable::Exited(status));
    }
    Ok(bytes)
}

/// Sends SIGTERM to a running command, before this process exits.
pub fn end_running() {
    if let Some(pid) = *running() {
        send(Signal::TERM, &process::family_of(pid));
    }
}

/// The running command. It is not reaped while this lock is held.
fn running() -> MutexGuard<'static, Option<Pid>> {
    static RUNNING: Mutex<Option<Pid>> = Mutex::new(None);
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads until the command has exited.
fn collect(child: &mut Child, deadline: Deadline) -> io::Result<(ExitStatus, Zeroizing<Vec<u8>>)> {
    let mut stdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    ioctl_fionbio(&stdout, true)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * LONGEST));
    loop {
        // Once it is reaped, its pid may be reused.
        let status = {
            let mut running = running();
            let status = child.try_wait()?;
            *running = running.filter(|_| status.is_none());
            status
        };
        // All output before its exit is in the pipe now.
        let room = LONGEST + 1 - bytes.len();
        let read = stdout.by_ref().take(room as u64).read_to_end(&mut bytes);
        if bytes.len() > LONGEST {
            return Err(too_long(LONGEST));
        }
        match (read, status) {
            (Err(error), _) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
            (_, Some(status)) => return Ok((status, bytes)),
            _ if deadline.has_passed() => return Err(io::ErrorKind::TimedOut.into()),
            _ => thread::sleep(POLL_INTERVAL),
        }
    }
}

/// Terminates the command, which is not reaped yet, and its descendants: first with SIGTERM, then with SIGKILL.
fn terminate(pid: Pid) {
    let family = process::family_of(pid);
    send(Signal::TERM, &family);
    let grace = Deadline::after(GRACE);
    while !grace.has_passed() && !family.iter().all(|pid| process::has_ended(*pid)) {
        thread::sleep(POLL_INTERVAL);
    }
    // The remaining ones may have new descendants.
    let left = family.into_iter().filter(|pid| !process::has_ended(*pid));
    send(Signal::KILL, &left.flat_map(process::family_of).collect::<Vec<_>>());
}

fn send(signal: Signal, family: &[Pid]) {
    for pid in family {
        let _ = kill_process(*pid, signal);
    }
}
