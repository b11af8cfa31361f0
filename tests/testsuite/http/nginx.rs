//! nginx, which speaks TLS with any client and refuses a missing or wrong certificate by an HTTP response.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};

use tempfile::TempDir;

use crate::support::openssl::made;
use crate::support::shell::assert_installed;
use crate::support::wait::until;
use crate::support::{Tool, plain_command};

const TOKEN: &str = r#"{"access_token":"a-token","token_type":"Bearer","expires_in":300}"#;

struct Nginx {
    server: Child,
    directory: TempDir,
    port: u16,
}

impl Nginx {
    /// With its own authority, whose certificate `own.pem` is the server's and, as its clients', `client.pem`.
    fn start(protocol: &str) -> Self {
        let directory = made(
            "ca ec ec_paramgen_curve:P-256 sha256; own -sha256 -extfile own.ext
             client() { # CA FILE
                 openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $2 -out c.csr -subj /CN=acme
                 openssl x509 -req -in c.csr -CA $1.pem -CAkey $1.key -CAcreateserial -days 9 >>$2
             }
             client ca client.pem
             openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout x.key -out x.pem -subj /CN=X
             client x other.pem",
        );
        // Free a moment ago.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let at = directory.path().display();
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let temporary: String = temporary.iter().map(|name| format!("{name}_temp_path {at};")).collect();
        let configuration = format!(
            "daemon off; pid {at}/pid; error_log {at}/log; events {{}}
             http {{ access_log off; default_type application/json; {temporary}
             server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {at}/own.pem; ssl_certificate_key {at}/own.key;
             ssl_protocols {protocol}; ssl_client_certificate {at}/ca.pem; ssl_verify_client on;
             location / {{ return 200 '{TOKEN}'; }} }} }}"
        );
        fs::write(directory.path().join("nginx.conf"), configuration).unwrap();
        let mut nginx = plain_command::command("/usr/sbin/nginx");
        nginx.arg("-c").arg(directory.path().join("nginx.conf")).stderr(Stdio::null());
        let server = nginx.spawn().unwrap();
        until(|| TcpStream::connect(("127.0.0.1", port)).is_ok());
        Self { server, directory, port }
    }

    fn call(&self) -> Tool {
        let tool = Tool::at(&format!("https://localhost:{}/realms/a", self.port), "acme", "secret-of-nobody");
        tool.arg("--ca-cert").arg(self.directory.path().join("ca.pem"))
    }

    fn certified(&self, file: &str) -> Tool {
        self.call().arg("--client-cert").arg(self.directory.path().join(file))
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = nix::sys::signal::kill(
            nix::unistd::Pid::from_raw(self.server.id().cast_signed()),
            nix::sys::signal::Signal::SIGTERM,
        );
        let _ = self.server.wait();
    }
}

#[test]
#[ignore = "needs nginx and openssl"]
fn it_says_by_http_that_it_needs_a_certificate() {
    assert_installed("../sbin/nginx");
    for protocol in ["TLSv1.2", "TLSv1.3"] {
        let nginx = Nginx::start(protocol);
        assert_eq!(nginx.certified("client.pem").succeeds(), "a-token\n");
        let failed = nginx.call().fails(4);
        assert!(failed.error.contains("HTTP 400") && failed.hint.contains("use --client-cert"), "{failed:?}");
        let failed = nginx.certified("other.pem").fails(4);
        assert!(failed.error.contains("HTTP 400") && failed.hint.contains("check --client-cert"), "{failed:?}");
    }
}
