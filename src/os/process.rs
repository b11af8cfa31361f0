//! The whole process: how it exits and stops, and that its memory stays private.

use std::{fs, io, panic};

use rustix::process::getpid;
use rustix::stdio::{dup2_stdin, dup2_stdout};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGSTOP, SIGTERM, SIGXFSZ};
use signal_hook::low_level::emulate_default_handler;

use crate::os::signals::{self, SignalHandler};

/// Disables core dumps and, on Linux, ptrace, because memory holds the secret and the token. On a panic, `report` gets
/// the source location, prints it and returns the exit code; the panic's message could hold a secret.
pub fn protect(report: fn(String) -> i32) {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    // A command can raise the soft limit again.
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

/// Lets signals end PID 1, which ignores those without a handler. Call this before anything that may block.
pub fn obey_signals() {
    if getpid().is_init() {
        // If this fails, they stay ignored.
        let _ = SignalHandler::of(&[SIGHUP, SIGINT, SIGQUIT, SIGTERM])
            .and_then(|signals| signals.act(|received| die_by(received.signal)));
    }
}

/// Exits from a panic, or from a thread that acts on a signal: neither returns to `main`.
#[allow(clippy::exit, clippy::disallowed_methods, reason = "the one place that ends the process before `main` does")]
pub fn end(code: i32) -> ! {
    std::process::exit(code)
}

/// Leaves stdin and stdout to a child, so that the other end of a pipe notices when the child closes it.
pub fn leave_the_streams() {
    if let Ok(nothing) = fs::File::options().read(true).write(true).open("/dev/null") {
        let _ = dup2_stdin(&nothing);
        let _ = dup2_stdout(&nothing);
    }
}

/// Ends the process with the default action of `signal`, so that a shell sees the signal.
pub fn die_by(signal: i32) -> ! {
    // PID 1 ignores default actions, so it exits with the shell's code for the signal.
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

/// Makes a write over the file size limit (`ulimit -f`) fail instead of raising SIGXFSZ.
pub fn survive_the_size_limit() -> io::Result<()> {
    // If the parent ignores it, children must inherit that.
    if signals::is_ignored(SIGXFSZ) { Ok(()) } else { signals::silence(SIGXFSZ) }
}
