//! `renew` with a token file, and a service manager that it notifies.

use std::ffi::OsString;
use std::fs;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::{Path, PathBuf};

use catena_token_issuer::Issuer;
use nix::sys::signal::Signal;

use super::job::Job;
use super::parallel;
use super::wait::until;

/// A service manager: a socket, and its name in `NOTIFY_SOCKET`.
pub struct Manager {
    socket: UnixDatagram,
    pub name: OsString,
}

impl Manager {
    pub fn at(path: &Path) -> Self {
        Self { socket: UnixDatagram::bind(path).unwrap(), name: path.into() }
    }

    /// An abstract socket, as systemd's in a container.
    pub fn without_a_path(name: &str) -> Self {
        let socket = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(name).unwrap()).unwrap();
        Self { socket, name: format!("@{name}").into() }
    }

    pub fn hears(&self) -> String {
        let mut bytes = [0; 64];
        let count = self.socket.recv(&mut bytes).unwrap();
        String::from_utf8(bytes[..count].to_vec()).unwrap()
    }
}

pub struct Renewing {
    pub job: Job,
    pub file: PathBuf,
    _home: tempfile::TempDir,
}

impl Renewing {
    /// A call that has notified `manager` of its first token.
    pub fn ready(issuer: &Issuer, manager: &Manager, options: &[&str]) -> Self {
        let renewing = Self::start(issuer, &manager.name, options);
        assert_eq!(manager.hears(), "READY=1");
        renewing
    }

    pub fn start(issuer: &Issuer, socket: &OsString, options: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("tokens/token");
        let mut command = parallel::command(issuer, &home.path().join("cache"));
        command.env("NOTIFY_SOCKET", socket).args(["renew", "--retries", "0", "--token-file"]).arg(&file).args(options);
        Self { job: Job::of(command), file, _home: home }
    }

    pub fn token(&self) -> String {
        fs::read_to_string(&self.file).unwrap()
    }

    pub fn until_another(&self, before: &str) -> String {
        until(|| self.token() != before);
        self.token()
    }

    /// Ends it by SIGTERM, which is a success. Returns stderr.
    pub fn end(self) -> String {
        let (status, printed, said) = self.job.end_by(Signal::SIGTERM);
        assert_eq!((status.code(), printed.as_str()), (Some(0), ""));
        said
    }
}

/// No service manager.
pub fn no_manager() -> OsString {
    OsString::new()
}
