//! Signals as a shell in front of a person has them: none ignored, none blocked.

use std::fs;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Once};

use nix::sys::signal::{SigSet, Signal};

use super::wait::until;

/// Makes it so for what this thread starts. Who runs the tests may have signals ignored (`nohup`) or blocked, and what
/// the tests start would have them so, too.
pub fn as_by_hand() {
    static HANDLED: Once = Once::new();
    SigSet::all().thread_unblock().unwrap();
    HANDLED.call_once(|| {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        for signal in Signal::iterator().filter(|signal| has(&status, "SigIgn:", *signal)) {
            // What has a handler here has its default action in what is started. SIGPIPE std sees to.
            if signal != Signal::SIGPIPE {
                let is_default = Arc::new(AtomicBool::new(true));
                signal_hook::flag::register_conditional_default(signal as i32, is_default).unwrap();
            }
        }
    });
}

/// Waits until the process has a handler for `signal`.
pub fn until_handled(pid: u32, signal: Signal) {
    let status = || fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    until(|| has(&status(), "SigCgt:", signal));
}

/// Whether the set of a process's `status` has `signal` in it: a bit for each, the lowest for signal 1.
fn has(status: &str, set: &str, signal: Signal) -> bool {
    let bits = status.lines().find_map(|line| line.strip_prefix(set)).map(str::trim);
    bits.is_some_and(|bits| u64::from_str_radix(bits, 16).unwrap() & (1 << (signal as i32 - 1)) != 0)
}
