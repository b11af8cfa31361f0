//! Programs as a person starts them: without a variable of the tests' own, and with every signal at its default.

use std::ffi::OsStr;
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Once};

use nix::sys::signal::{SigSet, Signal};

use super::process;

/// A program with an empty environment, to be started by this thread.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    no_signal_is_ignored_or_blocked();
    let mut command = Command::new(program);
    command.env_clear();
    command
}

/// Who runs the tests may have signals ignored (`nohup`) or blocked, and what the tests start would have them so, too.
fn no_signal_is_ignored_or_blocked() {
    static HANDLED: Once = Once::new();
    SigSet::all().thread_unblock().unwrap();
    HANDLED.call_once(|| {
        for signal in Signal::iterator().filter(|signal| process::has("self", "SigIgn:", *signal)) {
            // What has a handler here has its default action in what is started. SIGPIPE std sees to.
            if signal != Signal::SIGPIPE {
                let is_default = Arc::new(AtomicBool::new(true));
                signal_hook::flag::register_conditional_default(signal as i32, is_default).unwrap();
            }
        }
    });
}
