//! Files that OpenSSL makes.

use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Runs a script that makes files in a new directory.
pub fn made(script: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let prelude = "
        ca() { # KEY HASH: an authority
            openssl req -x509 -newkey $1 -pkeyopt $2 -nodes -$3 -keyout ca.key -out ca.pem -subj /CN=Authority -days 9
        }
        own() { # HASH [OPTION]: the server's certificate
            openssl req -newkey ${KEY:-ec} -pkeyopt ${KEY_OPTION:-ec_paramgen_curve:P-256} -nodes -keyout own.key \
                -out own.csr -subj /CN=localhost
            echo subjectAltName=DNS:localhost > own.ext
            openssl x509 -req -in own.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out own.pem -days 9 \"$@\"
        }
        set -e";
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{prelude}\n{script}")]).current_dir(&directory).stdin(Stdio::null());
    let output = shell.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    directory
}
