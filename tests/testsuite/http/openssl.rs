//! What OpenSSL makes and rcgen does not: PEM labels of its own.

use std::fs;
use std::process::Command;

use catena_token_issuer::Issuer;

use crate::support::Tool;

#[test]
#[ignore = "needs openssl"]
fn the_pem_labels_of_openssl() {
    let issuer = Issuer::https();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ca.pem");
    fs::write(&path, issuer.trusted_pem()).unwrap();
    for (options, is_trusted) in [
        ("-trustout", true),
        ("-trustout -addtrust serverAuth -setalias name", true),
        ("-trustout -addtrust anyExtendedKeyUsage", true),
        ("-trustout -addreject clientAuth", true),
        ("-trustout -addreject serverAuth", false),
        ("-trustout -addtrust emailProtection", false),
    ] {
        let mut command = Command::new("openssl");
        let output = command.args(["x509", "-in"]).arg(&path).args(options.split(' ')).output().unwrap();
        let pem = String::from_utf8(output.stdout).unwrap();
        assert!(pem.contains("BEGIN TRUSTED CERTIFICATE"), "{pem}");
        let tool = Tool::asking(&issuer);
        let bundle = tool.file("bundle.pem", &pem);
        let tool = tool.arg("--ca-cert").arg(bundle);
        if is_trusted {
            tool.succeeds();
        } else {
            assert!(tool.fails(3).error.ends_with("it contains no PEM certificate"));
        }
    }
}
