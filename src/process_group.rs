//! Whether the terminal is ours.
//!
//! In a PID namespace, a group that began outside of it has the number 0 (`unshare`, `nsenter`, `bwrap`). rustix has no
//! pid for that, and takes it for one all the same; nix has.

use std::os::fd::AsFd;

use nix::unistd::{Pid, getpgrp, tcgetpgrp};

/// The number of every group that is not seen from here.
const OUTSIDE: Pid = Pid::from_raw(0);

/// Whether another group than ours has the terminal; no where that cannot be seen from here.
pub fn is_in_the_background(terminal: impl AsFd) -> bool {
    tcgetpgrp(terminal).is_ok_and(|group| group != OUTSIDE && group != getpgrp())
}
