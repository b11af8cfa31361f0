//! The children of this process, beside the command that `exec` runs: a secret's command, and in a container what
//! others leave behind.

use std::fs;
use std::sync::Mutex;

use rustix::process::{Pid, WaitOptions, getpid, waitpid};

/// Held by who has started one, until it was waited for.
pub static OWN: Mutex<()> = Mutex::new(());

/// The pids of the children of `id`, each thread having its own; none where the system does not list them.
pub fn of(id: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
    let lists = threads.map(|thread| fs::read_to_string(thread.path().join("children")).unwrap_or_default());
    lists.flat_map(|list| list.split_whitespace().filter_map(|child| child.parse().ok()).collect::<Vec<_>>()).collect()
}

/// The first process of a container inherits whatever its processes leave behind, and nobody else takes leave of it.
/// `own` is a child that somebody waits for.
pub fn reap_orphans(own: Option<Pid>) {
    if !getpid().is_init() {
        return;
    }
    let Ok(_guard) = OWN.try_lock() else { return };
    for child in of(std::process::id()) {
        let child = i32::try_from(child).ok().and_then(Pid::from_raw).filter(|child| Some(*child) != own);
        if let Some(child) = child {
            let _ = waitpid(Some(child), WaitOptions::NOHANG);
        }
    }
}
