//! Waiting for children: the one that `exec` runs, a secret's command, and what PID 1 of a container inherits.

use std::fs;
use std::io;
use std::process::Child;
use std::sync::Mutex;

use rustix::process::{
    Pid, WaitId, WaitIdOptions, WaitOptions, WaitStatus, getpid, test_kill_process, waitid, waitpid,
};

/// Held while a secret's command runs: the thread that started it reaps it.
pub static OWN: Mutex<()> = Mutex::new(());

pub fn pid_of(child: &Child) -> Option<Pid> {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw)
}

/// `pid` and its descendants, as Linux lists them, each thread having children of its own; elsewhere `pid` alone.
pub fn family_of(pid: Pid) -> Vec<Pid> {
    let threads = fs::read_dir(format!("/proc/{}/task", pid.as_raw_pid())).into_iter().flatten().flatten();
    let lists = threads
        .map(|thread| fs::read_to_string(thread.path().join("children")).unwrap_or_default())
        .collect::<Vec<_>>();
    let children =
        lists.iter().flat_map(|list| list.split_whitespace()).filter_map(|child| Pid::from_raw(child.parse().ok()?));
    [pid].into_iter().chain(children.flat_map(family_of)).collect()
}

/// Whether the process `pid` has ended, without reaping it.
pub fn has_ended(pid: Pid) -> bool {
    match waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT) {
        Ok(status) => status.is_some(),
        // It is not our child.
        Err(_) => test_kill_process(pid).is_err(),
    }
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
