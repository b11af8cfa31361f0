//! The whole process: how it exits and stops, that its memory stays private, and its children: the command of `exec`, a
//! secret's command, and the orphans that PID 1 of a container inherits.

use std::sync::{Mutex, OnceLock};
use std::{fs, io, panic};

use rustix::process::{
    Pid, WaitId, WaitIdOptions, WaitOptions, WaitStatus, getpid, test_kill_process, waitid, waitpid,
};
use rustix::stdio::{dup2_stdin, dup2_stdout};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGSTOP, SIGTERM, SIGTSTP, SIGXFSZ};
use signal_hook::low_level::emulate_default_handler;

use crate::os::signals::{self, Received, SignalHandler};

/// Held while a secret's command runs, because the thread that started it reaps it.
pub static OWN: Mutex<()> = Mutex::new(());

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
        handle_signals();
    }
}

/// Lets signals end or stop the process by a handler, so that it leaves the terminal first, unless there is one.
pub fn handle_signals() {
    if !signals::are_handled() {
        let _ = SignalHandler::of(&[SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP]).and_then(|signals| signals.act(obey));
    }
}

/// The default action of a signal.
pub fn obey(received: Received) {
    match received.signal {
        SIGCONT => {}
        SIGTSTP => stop(),
        signal => die_by(signal),
    }
}

/// Called before a signal ends or stops the process.
pub static LEAVE_TERMINAL: OnceLock<fn()> = OnceLock::new();

fn leave_terminal() {
    LEAVE_TERMINAL.get().iter().for_each(|leave| leave());
}

/// Whether the terminal is not another job's (proc_pid_stat(5)). True if the system does not say.
pub fn is_in_foreground() -> bool {
    let status = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name: state, parent, group, session, terminal, its foreground group or -1.
    let fields: Vec<&str> = status.rsplit(')').flat_map(str::split_whitespace).take(6).collect();
    fields.get(5).is_none_or(|in_front| *in_front == "-1" || *in_front == fields[2])
}

/// Exits from a panic, or from a thread that acts on a signal: neither returns to `main`.
#[allow(clippy::exit, clippy::disallowed_methods, reason = "the one place that ends the process before `main` does")]
pub fn end(code: i32) -> ! {
    leave_terminal();
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
    leave_terminal();
    // PID 1 ignores default actions, so it exits with the shell's code for the signal.
    if !getpid().is_init() {
        let _ = emulate_default_handler(signal);
    }
    end(128 + signal)
}

/// Stops the process until SIGCONT; PID 1 cannot be stopped.
pub fn stop() {
    leave_terminal();
    if !getpid().is_init() {
        let _ = emulate_default_handler(SIGSTOP);
    }
}

/// Makes a write over the file size limit (`ulimit -f`) fail instead of raising SIGXFSZ.
pub fn survive_the_size_limit() -> io::Result<()> {
    // If the parent ignores it, children must inherit that.
    if signals::is_ignored(SIGXFSZ) { Ok(()) } else { signals::silence(SIGXFSZ) }
}

/// `pid` and its descendants. Linux lists children per thread; other systems do not, so there it is `pid` alone.
pub fn family_of(pid: Pid) -> Vec<Pid> {
    let threads = fs::read_dir(format!("/proc/{}/task", pid.as_raw_pid())).into_iter().flatten().flatten();
    let lists: Vec<_> = threads.flat_map(|thread| fs::read_to_string(thread.path().join("children"))).collect();
    let children = lists.iter().flat_map(|list| list.split_whitespace());
    let children = children.filter_map(|child| Pid::from_raw(child.parse().ok()?));
    [pid].into_iter().chain(children.flat_map(family_of)).collect()
}

/// Whether the process `pid` has exited, without reaping it.
pub fn has_ended(pid: Pid) -> bool {
    match waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT) {
        Ok(status) => status.is_some(),
        // Not our child.
        Err(_) => test_kill_process(pid).is_err(),
    }
}

/// The next stop or exit of the child `pid`, which is reaped on exit. PID 1 also reaps orphans.
pub fn next_change(pid: Pid) -> io::Result<Option<WaitStatus>> {
    let guard = OWN.try_lock();
    let which = if getpid().is_init() && guard.is_ok() { None } else { Some(pid) };
    loop {
        match waitpid(which, WaitOptions::UNTRACED | WaitOptions::NOHANG)? {
            Some((orphan, _)) if orphan != pid => {}
            change => return Ok(change.map(|(_, status)| status)),
        }
    }
}

/// Reaps the orphans of a container, which PID 1 inherits.
pub fn reap_orphans() {
    if getpid().is_init()
        && let Ok(_guard) = OWN.try_lock()
    {
        while let Ok(Some(_)) = waitpid(None, WaitOptions::NOHANG) {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[ignore = "is run as a process by another test"]
    #[allow(clippy::print_stdout, reason = "the other test reads it")]
    fn panics() {
        protect(|place| {
            print!("{place}");
            1
        });
        let secret = String::from("correct horse");
        panic!("{secret}");
    }

    /// The message of a panic may hold a secret.
    #[test]
    fn a_panic_says_its_place_alone() {
        let mut itself = std::process::Command::new(std::env::current_exe().unwrap());
        let output = itself.args(["--ignored", "--exact", "--nocapture", "os::process::tests::panics"]).output();
        let output = output.unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(printed.contains("src/os/process.rs:") && !printed.contains("horse"), "{printed}");
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(1), &b""[..]));
    }
}
