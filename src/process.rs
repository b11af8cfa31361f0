//! What holds for the whole process: no core dump, and no panic that shows what it was working on.

use std::panic::{self, UnwindSafe};

use crate::error::{Exit, Failure};
use crate::report;

/// Runs `call`. A defect in it ends as a failure that says where it is and not what was being done there, because a
/// panic's own text could hold a secret.
pub fn protected(call: impl FnOnce() -> Result<(), Failure> + UnwindSafe) -> Result<(), Failure> {
    forbid_core_dumps();
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, |at| format!("{}:{}", at.file(), at.line()));
        report::failure(
            &Failure::new(Exit::Local, "a defect", format!("it broke off at {place}"))
                .hint("please report it with the output of the same call with -vv, which holds no secret"),
        );
    }));
    panic::catch_unwind(call).unwrap_or_else(|_| Err(Failure::told(Exit::Local)))
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
