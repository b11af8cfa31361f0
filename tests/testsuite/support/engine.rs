//! A real Redis or Valkey on loopback, which the test starts and stops.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tempfile::TempDir;

use super::wait::{LIMIT, until};

pub const PASSWORD: &str = "hunter2-of-the-store";

/// Both engines, by the variables of `tests/redis/run`.
pub const ENGINES: [&str; 2] = ["REDIS_SERVER", "VALKEY_SERVER"];

/// A user with the documented rights.
const USER: [&str; 11] = [
    "--user",
    "catena",
    "on",
    ">hunter2-of-the-store",
    "~catena-token:*",
    "resetchannels",
    "-@all",
    "+mget",
    "+pttl",
    "+set",
    "+del",
];

pub struct Engine {
    child: Child,
    program: PathBuf,
    options: Vec<String>,
    directory: TempDir,
    pub port: u16,
    pub tls_port: u16,
    pub bus_port: u16,
}

impl Engine {
    /// # Panics
    /// If the tests were not started by `tests/redis/run`: a test that cannot run fails.
    pub fn start(variable: &str, options: &[&str]) -> Self {
        let program: PathBuf =
            env::var_os(variable).expect("start this by 'tests/redis/run cargo test … -- --ignored'").into();
        let [port, tls_port, bus_port] = free_ports();
        let directory = tempfile::tempdir().unwrap();
        certificates(directory.path());
        let mut all: Vec<String> = format!(
            "--bind 127.0.0.1 --port {port} --tls-port {tls_port} --tls-cert-file server.pem --tls-key-file server.key \
             --tls-ca-cert-file ca.pem --tls-auth-clients no --save --loglevel warning --logfile log --dir"
        )
        .split(' ')
        .map(str::to_owned)
        .collect();
        // `--save` takes an empty text.
        let save = all.iter().position(|word| word == "--save").unwrap();
        all.insert(save + 1, String::new());
        all.push(directory.path().to_str().unwrap().to_owned());
        all.extend(USER.iter().chain(options).map(|word| (*word).to_owned()));
        if options.contains(&"--cluster-enabled") {
            all.extend(["--cluster-port".to_owned(), bus_port.to_string()]);
        }
        let child = spawn(&program, &all, directory.path());
        let engine = Self { child, program, options: all, directory, port, tls_port, bus_port };
        engine.until_ready();
        engine
    }

    fn until_ready(&self) {
        until(|| TcpStream::connect(("127.0.0.1", self.port)).is_ok());
        until(|| self.ask("PING").starts_with("+PONG"));
    }

    /// Kills it, and starts an empty one at the same port.
    pub fn restart(&mut self) {
        self.stop();
        self.child = spawn(&self.program, &self.options, self.directory.path());
        self.until_ready();
    }

    pub fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// With TLS and the user, whose password is in no URL.
    pub fn tls_url(&self) -> String {
        format!("rediss://catena@localhost:{}", self.tls_port)
    }

    pub fn ca(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The first line of the reply to a command, in one line.
    pub fn ask(&self, command: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.write_all(format!("{command}\r\n").as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).unwrap();
        line
    }

    /// The whole reply to a command.
    pub fn hear(&self, command: &str) -> String {
        self.hear_until(&format!("{command}\r\nPING\r\n"), "+PONG\r\n", || {})
    }

    /// What `MONITOR` shows of `act`.
    pub fn monitor(&self, act: impl FnOnce()) -> String {
        self.hear_until("MONITOR\r\n", "\"the-end\"", || {
            act();
            self.ask("ECHO the-end");
        })
    }

    fn hear_until(&self, commands: &str, end: &str, act: impl FnOnce()) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream.write_all(commands.as_bytes()).unwrap();
        let (mut heard, mut chunk, mut act) = (String::new(), [0; 4096], Some(act));
        while !heard.contains(end) {
            let count = stream.read(&mut chunk).unwrap();
            heard += &String::from_utf8_lossy(&chunk[..count]);
            // It has the command.
            act.take().into_iter().for_each(|act| act());
        }
        heard
    }

    /// The names of its keys that end with this.
    pub fn keys(&self, what: &str) -> Vec<String> {
        self.hear(&format!("KEYS *:{what}")).lines().filter(|line| line.ends_with(what)).map(str::to_owned).collect()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Three nodes, each with a third of the slots, known to each other by TLS.
pub fn cluster(variable: &str, options: &[&str]) -> [Engine; 3] {
    let options = [&["--cluster-enabled", "yes"], options].concat();
    let nodes = [0, 1, 2].map(|_| Engine::start(variable, &options));
    for (node, slots) in nodes.iter().zip(["0 5460", "5461 10922", "10923 16383"]) {
        assert!(node.ask(&format!("CLUSTER ADDSLOTSRANGE {slots}")).starts_with("+OK"));
        let is_tls = options.contains(&"--tls-cluster");
        let port = if is_tls { node.tls_port } else { node.port };
        let meet = nodes[0].ask(&format!("CLUSTER MEET 127.0.0.1 {port} {}", node.bus_port));
        assert!(meet.starts_with("+OK"), "{meet}");
    }
    until(|| nodes.iter().all(|node| node.hear("CLUSTER INFO").contains("cluster_state:ok")));
    nodes
}

fn spawn(program: &Path, options: &[String], directory: &Path) -> Child {
    let mut command = Command::new(program);
    command.args(options).current_dir(directory).stdin(Stdio::null()).stdout(Stdio::null());
    command.spawn().unwrap()
}

fn free_ports() -> [u16; 3] {
    let listeners = [0, 1, 2].map(|_| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

/// A CA and a certificate for `localhost` alone, for all engines: a cluster that names addresses is checked for the name.
fn certificates(directory: &Path) {
    static MADE: LazyLock<[(&str, String); 3]> = LazyLock::new(|| {
        let mut ca = CertificateParams::default();
        ca.distinguished_name.push(DnType::CommonName, "Store authority");
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let server = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &ca).unwrap();
        [("ca.pem", ca.pem()), ("server.pem", server.pem()), ("server.key", key.serialize_pem())]
    });
    MADE.iter().for_each(|(name, text)| fs::write(directory.join(name), text).unwrap());
}
