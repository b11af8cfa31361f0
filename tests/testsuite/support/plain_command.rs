//! Programs as a person starts them: without variables of the tests, and with every signal at its default.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Once};

use nix::sys::signal::{SigSet, Signal};

use super::process;

/// A program with an empty environment; this thread must start it.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    no_signal_is_ignored_or_blocked();
    let mut command = Command::new(program);
    command.env_clear();
    command
}

/// The words before a command that let another user run it; only root may.
pub const AS_NOBODY: [&str; 4] = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/// A program that another user runs.
pub fn as_nobody(program: impl AsRef<OsStr>) -> Command {
    let mut command = command(AS_NOBODY[0]);
    command.args(&AS_NOBODY[1..]).arg(program);
    command
}

/// Copies the tool for another user.
pub fn copy_tool(to: &Path) {
    copy(env!("CARGO_BIN_EXE_catena-token"), to);
}

/// Copies a program that is then run. `cp` does it, because a child that another thread starts meanwhile would inherit a
/// file that is open here, and a file that is open for writing cannot be run.
pub fn copy(program: impl AsRef<OsStr>, to: &Path) {
    assert!(command("/bin/cp").arg(program).arg(to).status().unwrap().success());
}

/// The parent of the tests may ignore (`nohup`) or block signals, and every child would inherit that.
fn no_signal_is_ignored_or_blocked() {
    static HANDLED: Once = Once::new();
    SigSet::all().thread_unblock().unwrap();
    HANDLED.call_once(|| {
        for signal in Signal::iterator().filter(|signal| process::has("self", "SigIgn:", *signal)) {
            // A signal with a handler here has its default action in a child. std handles SIGPIPE.
            if signal != Signal::SIGPIPE {
                let is_default = Arc::new(AtomicBool::new(true));
                signal_hook::flag::register_conditional_default(signal as i32, is_default).unwrap();
            }
        }
    });
}
