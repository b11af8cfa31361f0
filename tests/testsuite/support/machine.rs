//! A machine of its own: another boot clock, and another boot id of the kernel.

use std::io::Write as _;
use std::process::Command;

use tempfile::NamedTempFile;

use super::parallel;

pub struct Machine {
    boot_id: NamedTempFile,
    /// Seconds that it has run longer than this one.
    uptime: u32,
}

impl Machine {
    /// Its `call`s need root and `unshare`.
    pub fn new(number: u32, uptime: u32) -> Self {
        let mut boot_id = NamedTempFile::new().unwrap();
        writeln!(boot_id, "{number:08x}-0000-4000-8000-000000000000").unwrap();
        Self { boot_id, uptime }
    }

    /// The call on this machine, with the same files and network.
    pub fn call(&self, call: &Command) -> Command {
        const SCRIPT: &str = "mount --bind \"$0\" /proc/sys/kernel/random/boot_id && exec \"$@\"";
        let (uptime, boot_id) = (self.uptime.to_string(), self.boot_id.path().to_str().unwrap());
        let words = ["unshare", "--time", "--boottime", &uptime, "--mount", "--fork", "sh", "-c", SCRIPT, boot_id];
        parallel::within(&words, call)
    }
}
