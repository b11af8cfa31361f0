//! The program without a shared library, as README's command links it: in a directory that holds nothing else.

use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer};

use crate::support::by_hand;
use crate::support::name_server::NameServer;
use crate::support::network;

/// Where `.ci/run` says that it built it.
const PROGRAM: &str = "LINKED_STATICALLY";

#[test]
#[ignore = "needs root, ip, chroot, and the program that LINKED_STATICALLY names"]
fn it_finds_a_name_in_an_empty_root() {
    let program = std::env::var_os(PROGRAM).expect("LINKED_STATICALLY names the program");
    network::within(|_network| {
        let names = NameServer::start(Ipv4Addr::LOCALHOST);
        let issuer = Issuer::https_at("realm.test");
        let root = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        put("etc/resolv.conf", "nameserver 127.0.0.1\n");
        put("etc/ssl/certs/ca-certificates.crt", issuer.trusted_pem());
        fs::copy(&program, root.path().join("catena-token")).unwrap();

        let call = || {
            let mut command = by_hand::command("/usr/sbin/chroot");
            command.arg(root.path()).arg("/catena-token").env("CATENA_ISSUER", issuer.url());
            command.env("CATENA_CLIENT_ID", CLIENT_ID).env("CATENA_CLIENT_SECRET", CLIENT_SECRET).env("HOME", "/");
            let output = command.output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!((output.status.code(), said.as_str()), (Some(0), ""));
            String::from_utf8(output.stdout).unwrap()
        };
        let token = call();
        assert!(names.was_asked_for("realm.test"), "it knew the address without asking");
        assert_eq!(call(), token, "it was not kept");
        assert_eq!(issuer.requests().len(), 1);
    });
}

/// Nothing is loaded beside it: there is no interpreter in its head (ELF, `PT_INTERP`).
#[test]
#[ignore = "needs readelf, and the program that LINKED_STATICALLY names"]
fn it_needs_no_loader() {
    let program = std::env::var_os(PROGRAM).expect("LINKED_STATICALLY names the program");
    let mut command = by_hand::command("/usr/bin/readelf");
    let output = command.args(["--program-headers", "--dynamic", "--wide"]).arg(Path::new(&program)).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("DYN"), "{said}");
    assert!(!said.contains("INTERP") && !said.contains("NEEDED"), "{said}");
}
