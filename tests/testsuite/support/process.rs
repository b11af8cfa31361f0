//! The state of a process in `/proc`.

use std::fmt::Display;
use std::fs;

use nix::sys::signal::Signal;

use super::wait::until;

#[track_caller]
pub fn until_stopped(pid: impl Display) {
    until(|| fs::read_to_string(format!("/proc/{pid}/stat")).unwrap().contains(") T "));
}

/// Waits until it has exited, reaped or not.
#[track_caller]
pub fn until_ended(pid: impl Display) {
    until(|| fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| stat.contains(") Z ")));
}

/// Waits until it has a handler for `signal`.
#[track_caller]
pub fn until_handled(pid: impl Display, signal: Signal) {
    until(|| has(&pid, "SigCgt:", signal));
}

/// Whether `signal` is in the set `set`: one bit each, the lowest for signal 1.
pub fn has(pid: impl Display, set: &str, signal: Signal) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let bits = status.lines().find_map(|line| line.strip_prefix(set)).map(str::trim);
    bits.is_some_and(|bits| u64::from_str_radix(bits, 16).unwrap() & (1 << (signal as i32 - 1)) != 0)
}
