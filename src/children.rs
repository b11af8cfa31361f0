//! Waiting for children: the one that `exec` runs, a secret's command, and what PID 1 of a container inherits.

use std::fs;
use std::io;
use std::process::Child;
use std::sync::Mutex;

use rustix::process::{Pid, WaitOptions, WaitStatus, getpid, waitpid};

/// Held while a secret's command runs: the thread that started it reaps it.
pub static OWN: Mutex<()> = Mutex::new(());

pub fn pid_of(child: &Child) -> Option<Pid> {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw)
}

/// The pids of the children of `id`, each thread having its own; none where the system does not list them.
pub fn of(id: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
    let lists = threads.map(|thread| fs::read_to_string(thread.path().join("children")).unwrap_or_default());
    lists.flat_map(|list| list.split_whitespace().filter_map(|child| child.parse().ok()).collect::<Vec<_>>()).collect()
}

/// The next stop or end of the child `pid`, or, as PID 1, the end of an orphan. Who has ended is reaped.
pub fn next_change(pid: Pid) -> io::Result<Option<(Pid, WaitStatus)>> {
    let guard = OWN.try_lock();
    let takes_any = getpid().is_init() && guard.is_ok();
    let which = if takes_any { None } else { Some(pid) };
    Ok(waitpid(which, WaitOptions::UNTRACED | WaitOptions::NOHANG)?)
}

/// PID 1 inherits what the container's processes leave behind, and must reap it.
pub fn reap_orphans() {
    if getpid().is_init()
        && let Ok(_guard) = OWN.try_lock()
    {
        while let Ok(Some(_)) = waitpid(None, WaitOptions::NOHANG) {}
    }
}
