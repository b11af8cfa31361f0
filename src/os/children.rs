//! Waits for children: the command of `exec`, a secret's command, and orphans that PID 1 of a container inherits.

use std::fs;
use std::io;
use std::sync::Mutex;

use rustix::process::{
    Pid, WaitId, WaitIdOptions, WaitOptions, WaitStatus, getpid, test_kill_process, waitid, waitpid,
};

/// Held while a secret's command runs, because the thread that started it reaps it.
pub static OWN: Mutex<()> = Mutex::new(());

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
