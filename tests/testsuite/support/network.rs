//! A network of a test's own, in which a host has the addresses that the test gives it.

use std::io::Write as _;
use std::net::IpAddr;
use std::panic;
use std::thread;

use nix::sched::{CloneFlags, unshare};
use tempfile::NamedTempFile;

use super::plain_command;

/// What a thread has that has left the machine's network, and whatever it starts.
pub struct Network {
    hosts: NamedTempFile,
}

/// Runs `test` in a thread with a network in which there is loopback and nothing else, and names that it gives itself.
/// It needs root, `ip` and `mount`.
pub fn within(test: impl FnOnce(Network) + Send) {
    let ran = thread::scope(|scope| scope.spawn(|| test(Network::enter())).join());
    ran.unwrap_or_else(|panicked| panic::resume_unwind(panicked));
}

impl Network {
    fn enter() -> Self {
        unshare(CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWNS).unwrap();
        let network = Self { hosts: NamedTempFile::new().unwrap() };
        run("mount --make-rprivate /");
        run(&format!("mount --bind {} /etc/hosts", network.hosts.path().display()));
        run("ip link set lo up");
        // Two ends of a wire: what is sent into one of them ends in the other.
        run("ip link add wire type veth peer name end");
        run("ip address add 192.0.2.254/24 dev wire");
        // Without `nodad`, it could not be used before the machine had made sure that it is nobody else's.
        run("ip address add 2001:db8::ffff/64 dev wire nodad");
        run("ip link set wire up");
        run("ip link set end up");
        network
    }

    /// The name has that address, too; the resolver's order is its own (RFC 6724).
    pub fn name(&self, host: &str, address: &str) {
        writeln!(self.hosts.as_file(), "{address} {host}").unwrap();
    }

    /// An address in 2001:db8::/64 or 192.0.2.0/24 at which nobody answers, neither yes nor no: packets go to a machine
    /// that is not there.
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
