//! An nginx of our own on loopback: TLS 1.3, a P-256 chain made anew, and the same token for everybody.
//!
//! It lives in a temporary directory and ends with the value that holds it, by its own process id.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    PKCS_ECDSA_P256_SHA256,
};

pub const CLIENT_ID: &str = "acme";
pub const CLIENT_SECRET: &str = "Zk3vQ9xW7tB2nM5rL8pY1sD4";

/// As long as one of Keycloak's; nobody reads it.
pub const TOKEN: &str = include_str!("token.txt");

/// A server at the other end of a long wire, and a name that has whatever addresses a benchmark gives it.
pub const FAR: &str = "10.9.0.2";
pub const NAME: &str = "realm.test";

/// How long nginx may take to listen.
const START: Duration = Duration::from_secs(5);

/// A running server.
pub struct Nginx {
    process: Child,
    pub port: u16,
    /// The authority that a client has to trust.
    pub ca: PathBuf,
    /// An empty directory, for the clients.
    pub home: PathBuf,
}

impl Nginx {
    /// Listens on loopback, and at `addresses` of this machine.
    pub fn start(program: &Path, directory: &Path, addresses: &[&str]) -> Result<Self> {
        let home = directory.join("home");
        fs::create_dir(&home)?;
        let ca = write_chain(directory)?;
        let port = free_port()?;
        fs::write(directory.join("nginx.conf"), configuration(directory, port, addresses))?;
        let log = fs::File::create(directory.join("nginx.log"))?;
        let process = Command::new(program)
            .args(["-e", "stderr", "-c"])
            .arg(directory.join("nginx.conf"))
            .arg("-p")
            .arg(directory)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("nginx does not start")?;
        let mut server = Self { process, port, ca, home };
        server.wait_until_it_listens().with_context(|| said(directory))?;
        Ok(server)
    }

    pub fn issuer(&self) -> String {
        self.issuer_at("localhost")
    }

    /// The same realm by another name.
    pub fn issuer_at(&self, host: &str) -> String {
        issuer(host, self.port)
    }

    pub fn token_endpoint(&self) -> String {
        self.token_endpoint_at("localhost")
    }

    pub fn token_endpoint_at(&self, host: &str) -> String {
        format!("{}/protocol/openid-connect/token", self.issuer_at(host))
    }

    fn wait_until_it_listens(&mut self) -> Result<()> {
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            if self.process.try_wait()?.is_some() || started.elapsed() > START {
                bail!("nginx does not listen");
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        if let Ok(pid) = i32::try_from(self.process.id()) {
            // The master takes its worker along.
            let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
        }
        let _ = self.process.wait();
    }
}

/// Writes `ca.pem`, `server.pem` and `server.key`; the result is the path of the first.
fn write_chain(directory: &Path) -> Result<PathBuf> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Benchmark authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?)?;

    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let mut params = CertificateParams::new(["localhost", FAR, NAME].map(str::to_owned))?;
    params.distinguished_name.push(DnType::CommonName, "Benchmark server");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let certificate = params.signed_by(&key, &authority)?;

    let ca = directory.join("ca.pem");
    fs::write(&ca, authority.pem())?;
    fs::write(directory.join("server.pem"), certificate.pem())?;
    fs::write(directory.join("server.key"), key.serialize_pem())?;
    Ok(ca)
}

fn configuration(directory: &Path, port: u16, addresses: &[&str]) -> String {
    let directory = directory.display();
    // Where `localhost` is ::1 first, a refusal there must not be part of the figures.
    let v6 = if TcpListener::bind("[::1]:0").is_ok() { format!("listen [::1]:{port} ssl;") } else { String::new() };
    let more: String = addresses.iter().map(|address| format!("listen {address}:{port} ssl;")).collect();
    let token = TOKEN.trim();
    let issuer = issuer("localhost", port);
    let discovery = format!(r#"{{"issuer":"{issuer}","token_endpoint":"{issuer}/protocol/openid-connect/token"}}"#);
    let answer = format!(
        r#"{{"access_token":"{token}","expires_in":300,"refresh_expires_in":0,"token_type":"Bearer","not-before-policy":0,"scope":"organization"}}"#
    );
    format!(
        "daemon off; worker_processes 1; pid {directory}/nginx.pid; error_log stderr;
        events {{ worker_connections 64; }}
        http {{
            access_log off;
            client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;
            fastcgi_temp_path {directory}/fastcgi; uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
            server {{
                listen 127.0.0.1:{port} ssl; {v6} {more}
                server_name localhost;
                ssl_certificate {directory}/server.pem; ssl_certificate_key {directory}/server.key;
                ssl_protocols TLSv1.3;
                location = /realms/catena/protocol/openid-connect/token {{
                    default_type application/json; return 200 '{answer}';
                }}
                location = /realms/catena/.well-known/openid-configuration {{
                    default_type application/json; return 200 '{discovery}';
                }}
            }}
        }}"
    )
}

fn issuer(host: &str, port: u16) -> String {
    format!("https://{host}:{port}/realms/catena")
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn said(directory: &Path) -> String {
    fs::read_to_string(directory.join("nginx.log")).unwrap_or_default().trim().replace('\n', "; ")
}
