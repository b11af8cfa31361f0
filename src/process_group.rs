//! Groups of processes, as a terminal and a shell with job control see them.
//!
//! In a PID namespace, a group or a session that began outside of it has the number 0 (`unshare`, `nsenter`, `bwrap`).
//! rustix has no pid for that, and takes it for one all the same; nix has.

use std::os::fd::AsFd;

use nix::unistd::{Pid, getpgid, getpgrp, getpid, getppid, getsid, tcgetpgrp};

/// The number of every group that is not seen from here.
const OUTSIDE: Pid = Pid::from_raw(0);

/// Whether the process `pid` is in our group, which a terminal's signals reach as a whole.
pub fn is_shared_with(pid: i32) -> bool {
    getpgid(Some(Pid::from_raw(pid))) == Ok(getpgrp())
}

/// Whether the process `pid` has a group of its own, and that one the terminal.
pub fn has_the_terminal(terminal: impl AsFd, pid: i32) -> bool {
    let group = getpgid(Some(Pid::from_raw(pid)));
    group.is_ok() && group != Ok(getpgrp()) && tcgetpgrp(terminal) == group
}

/// Whether another group than ours has the terminal; no where that cannot be seen from here.
pub fn is_in_the_background(terminal: impl AsFd) -> bool {
    tcgetpgrp(terminal).is_ok_and(|group| group != OUTSIDE && group != getpgrp())
}

/// Whether we are the first process of our session.
pub fn leads_the_session() -> bool {
    getsid(None) == Ok(getpid())
}

/// Whether we were started by a shell that has us go on when we stop: it gives a job a process group of its own.
pub fn has_job_control() -> bool {
    let parent = getppid();
    parent != OUTSIDE && getpgid(Some(parent)).is_ok_and(|group| group != getpgrp())
}
