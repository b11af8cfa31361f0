//! What holds for the whole process: no core dump, and no panic that shows what it was working on.

use std::panic;

use crate::error::{Exit, Failure};
use crate::report;

/// From here on, a defect ends the process as a failure that says where it is, and not what was being done there: a
/// panic's own text could hold a secret.
pub fn protect() {
    forbid_core_dumps();
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, |at| format!("{}:{}", at.file(), at.line()));
        report::failure(
            &Failure::new(Exit::Local, "a defect", format!("it broke off at {place}"))
                .hint("please report it with the output of the same call with -vv, which holds no secret"),
        );
        end(Exit::Local as i32);
    }));
}

/// For what has no way back to `main`: a panic, or a thread that acts on a signal.
#[allow(clippy::exit, clippy::disallowed_methods, reason = "the one place that ends the process before `main` does")]
pub fn end(code: i32) -> ! {
    std::process::exit(code)
}

/// The secret and the token are in this process's memory: neither a crash nor another process of the same user may
/// read them. A kernel that does not know the call leaves things as they were.
fn forbid_core_dumps() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    #[cfg(not(target_os = "linux"))]
    let _ = rustix::process::setrlimit(
        rustix::process::Resource::Core,
        rustix::process::Rlimit { current: Some(0), maximum: Some(0) },
    );
}
