//! What holds for the whole process: how it ends and stops, and that its memory stays private.

use std::{fs, io, panic};

use rustix::process::getpid;
use rustix::stdio::{dup2_stdin, dup2_stdout};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGSTOP, SIGTERM, SIGXFSZ};
use signal_hook::low_level::emulate_default_handler;

use crate::os::signals::{self, SignalHandler};

/// Neither a crash nor another process of the same user may read the secret and the token in this process's memory. A
/// kernel that does not know the call leaves things as they were. A panic ends the process as a failure that says where
/// it is, and not what was being done there: its own text could hold a secret. `report` prints that, and returns the exit
/// code.
pub fn protect(report: fn(String) -> i32) {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    // What a command inherits it can raise again.
    #[cfg(not(target_os = "linux"))]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), ..getrlimit(Resource::Core) });
    }
    panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map_or_else(String::new, |at| format!("{}:{}", at.file(), at.line()));
        end(report(place));
    }));
}

/// No signal ends PID 1 unless it handles it. Call this before anything that may block.
pub fn obey_signals() {
    if getpid().is_init() {
        // Where they cannot be handled, they are ignored as before.
        let _ = SignalHandler::of(&[SIGHUP, SIGINT, SIGQUIT, SIGTERM])
            .and_then(|signals| signals.act(|received| die_by(received.signal)));
    }
}

/// For what has no way back to `main`: a panic, or a thread that acts on a signal.
#[allow(clippy::exit, clippy::disallowed_methods, reason = "the one place that ends the process before `main` does")]
pub fn end(code: i32) -> ! {
    std::process::exit(code)
}

/// Leaves standard input and output to a child: the other end of a pipe notices when the child closes it.
pub fn leave_the_streams() {
    if let Ok(nothing) = fs::File::options().read(true).write(true).open("/dev/null") {
        let _ = dup2_stdin(&nothing);
        let _ = dup2_stdout(&nothing);
    }
}

/// Ends the process by `signal`, as its default action does, so that a shell sees it.
pub fn die_by(signal: i32) -> ! {
    // No default action ends PID 1: it exits with a shell's code for the signal.
    if !getpid().is_init() {
        let _ = emulate_default_handler(signal);
    }
    end(128 + signal)
}

/// Stops the process until SIGCONT; PID 1 cannot be stopped.
pub fn stop() {
    if !getpid().is_init() {
        let _ = emulate_default_handler(SIGSTOP);
    }
}

/// A write over the file size limit (`ulimit -f`) fails, instead of ending the process by SIGXFSZ.
pub fn survive_the_size_limit() -> io::Result<()> {
    // Where the parent ignores it, children are to inherit that.
    if signals::is_ignored(SIGXFSZ) { Ok(()) } else { signals::silence(SIGXFSZ) }
}
