//! A network namespace for a test, in which the test chooses the addresses of a host.

use std::io::Write as _;
use std::net::IpAddr;
use std::panic;
use std::thread;

use nix::sched::{CloneFlags, unshare};
use tempfile::NamedTempFile;

use super::plain_command;

/// The network of a thread that has left the machine's, and of its child processes.
pub struct Network {
    hosts: NamedTempFile,
}

/// Runs `test` in a thread whose network has only loopback, and its own host names. Needs root, `ip` and `mount`.
pub fn within(test: impl FnOnce(Network) + Send) {
    let ran = thread::scope(|scope| scope.spawn(|| test(Network::enter())).join());
    ran.unwrap_or_else(|panicked| panic::resume_unwind(panicked));
}

impl Network {
    /// The interface of every address but loopback.
    pub const WIRE: &str = "wire";

    fn enter() -> Self {
        unshare(CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWNS).unwrap();
        let network = Self { hosts: NamedTempFile::new().unwrap() };
        run("mount --make-rprivate /");
        run(&format!("mount --bind {} /etc/hosts", network.hosts.path().display()));
        run("ip link set lo up");
        // Two ends of a wire: packets into one come out of the other.
        run("ip link add wire type veth peer name end");
        run("ip address add 192.0.2.254/24 dev wire");
        // Without `nodad`, the address could be used only after duplicate address detection.
        run("ip address add 2001:db8::ffff/64 dev wire nodad");
        run("ip link set wire up");
        run("ip link set end up");
        network
    }

    /// Adds an address to the name; the resolver chooses the order (RFC 6724).
    pub fn name(&self, host: &str, address: &str) {
        writeln!(self.hosts.as_file(), "{address} {host}").unwrap();
    }

    /// Gives [`Self::WIRE`] this link-local address.
    pub fn link_local(&self, address: &str) {
        run(&format!("ip address add {address}/64 dev {} nodad", Self::WIRE));
    }

    /// An address in 2001:db8::/64 or 192.0.2.0/24 that neither accepts nor refuses: packets go to a machine that does
    /// not exist.
    pub fn black_hole(&self, address: &str) {
        assert!(address.parse::<IpAddr>().is_ok());
        run(&format!("ip neighbour add {address} lladdr 02:00:00:00:00:01 dev wire nud permanent"));
    }
}

fn run(words: &str) {
    let mut words = words.split(' ');
    let mut command = plain_command::command(words.next().unwrap());
    let status = command.args(words).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
}
