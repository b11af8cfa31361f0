//! The released, statically linked program: in an otherwise empty root directory, and in one of another Debian release.

use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Output;

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer};

use crate::support::name_server::NameServer;
use crate::support::network;
use crate::support::plain_command;

/// Set by `.ci/run`: the path of the program.
const PROGRAM: &str = "LINKED_STATICALLY";

/// Set by `.ci/run`: a root directory of another Debian release, with its modules for `/etc/nsswitch.conf`.
const ROOT: &str = "OTHER_ROOT";

fn put(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Sets up `root` so that the issuer is found by the name server, and trusted.
fn prepare(root: &Path, issuer: &Issuer) {
    put(root, "etc/resolv.conf", "nameserver 127.0.0.1\n");
    put(root, "etc/ssl/certs/ca-certificates.crt", issuer.trusted_pem());
    fs::copy(named(PROGRAM), root.join("catena-token")).unwrap();
}

fn named(variable: &str) -> PathBuf {
    std::env::var_os(variable).unwrap_or_else(|| panic!("{variable} is not set")).into()
}

/// A call for a token of the realm at `url`, in `root`.
fn call(root: &Path, url: &str) -> Output {
    let mut command = plain_command::command("/usr/sbin/chroot");
    command.arg(root).arg("/catena-token").env("CATENA_ISSUER", url).env("HOME", "/").env("CATENA_RETRIES", "0");
    command.env("CATENA_CLIENT_ID", CLIENT_ID).env("CATENA_CLIENT_SECRET", CLIENT_SECRET);
    command.output().unwrap()
}

fn token(root: &Path, url: &str) -> String {
    let output = call(root, url);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), said.as_str()), (Some(0), ""), "{:?}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[ignore = "needs root, ip, chroot, and the program that LINKED_STATICALLY names"]
fn it_finds_a_name_in_an_empty_root() {
    network::within(|_network| {
        let names = NameServer::start(Ipv4Addr::LOCALHOST);
        let issuer = Issuer::https_at("realm.test");
        let root = tempfile::tempdir().unwrap();
        prepare(root.path(), &issuer);
        let first = token(root.path(), issuer.url().as_str());
        assert!(names.was_asked_for("realm.test"), "it knew the address without asking");
        assert_eq!(token(root.path(), issuer.url().as_str()), first, "it was not cached");
        assert_eq!(issuer.requests().len(), 1);
    });
}

/// The `/etc/nsswitch.conf` of Ubuntu and Fedora names modules of the machine's C library, which crash a program with
/// another one.
#[test]
#[ignore = "needs root, ip, chroot, the program that LINKED_STATICALLY names, and the root directory that OTHER_ROOT names"]
fn it_finds_names_beside_another_c_library() {
    network::within(|_network| {
        let names = NameServer::start(Ipv4Addr::LOCALHOST);
        let root = named(ROOT);
        for (name, hosts) in [
            ("a.test", "files dns"),
            ("b.test", "files ldap dns"),
            ("c.test", "files mdns4_minimal [NOTFOUND=return] dns"),
            ("d.test", "files myhostname resolve [!UNAVAIL=return] dns"),
        ] {
            put(&root, "etc/nsswitch.conf", &format!("passwd: files\nhosts: {hosts}\n"));
            let issuer = Issuer::https_at(name);
            prepare(&root, &issuer);
            token(&root, issuer.url().as_str());
            assert!(names.was_asked_for(name), "{hosts}: it knew the address without asking");
            let unknown = call(&root, "https://unknown.test/realms/catena");
            let said = String::from_utf8_lossy(&unknown.stderr).into_owned();
            assert_eq!(unknown.status.code(), Some(5), "{hosts}: {:?}: {said}", unknown.status);
            assert!(said.contains("cannot resolve 'unknown.test': name or service not known"), "{hosts}: {said}");
        }
    });
}

/// No dynamic linker is loaded: there is no interpreter in the ELF header (`PT_INTERP`).
#[test]
#[ignore = "needs readelf, and the program that LINKED_STATICALLY names"]
fn it_needs_no_loader() {
    let mut command = plain_command::command("/usr/bin/readelf");
    let output = command.args(["--program-headers", "--dynamic", "--wide"]).arg(named(PROGRAM)).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("DYN"), "{said}");
    assert!(!said.contains("INTERP") && !said.contains("NEEDED"), "{said}");
}
