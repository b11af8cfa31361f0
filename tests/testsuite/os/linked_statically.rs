//! The released, statically linked program: in an otherwise empty root directory, in those of other distributions, and
//! on another machine.

use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Output;

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer};

use crate::support::name_server::{EMPTY, NOTIMP, NXDOMAIN, NameServer, REFUSED, Rule, SERVFAIL};
use crate::support::network;
use crate::support::plain_command;

/// Set by `dist/verify`: the path of the program.
const PROGRAM: &str = "LINKED_STATICALLY";

/// Set by `dist/verify`: a directory of root directories, with their modules for `/etc/nsswitch.conf`.
const ROOTS: &str = "OTHER_ROOTS";

/// Set by `dist/verify`: the path of the program for aarch64.
const FOREIGN: &str = "LINKED_FOR_AARCH64";

fn put(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Sets up `root` so that the issuer is found by the name server, and trusted.
fn prepare(root: &Path, issuer: &Issuer) {
    put(root, "etc/resolv.conf", "nameserver 127.0.0.1\n");
    put(root, "etc/ssl/certs/ca-certificates.crt", issuer.trusted_pem());
    plain_command::copy(named(PROGRAM), &root.join("catena-token"));
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

fn printed(output: Output) -> String {
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
        let first = printed(call(root.path(), &issuer.url()));
        assert!(names.was_asked_for("realm.test"), "it knew the address without asking");
        assert_eq!(printed(call(root.path(), &issuer.url())), first, "it was not cached");
        assert_eq!(issuer.requests().len(), 1);
    });
}

/// The `/etc/nsswitch.conf` of Ubuntu and Fedora names modules of the machine's C library, which crash a program with
/// another one. Alpine has none.
#[test]
#[ignore = "needs root, ip, chroot, the program that LINKED_STATICALLY names, and the root directories in OTHER_ROOTS"]
fn it_finds_names_beside_another_c_library() {
    let roots: Vec<_> = fs::read_dir(named(ROOTS)).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(roots.len() >= 3, "{roots:?}");
    for root in roots {
        network::within(|_network| finds_names(&root));
    }
}

fn finds_names(root: &Path) {
    let names = NameServer::start(Ipv4Addr::LOCALHOST);
    for (name, hosts) in [
        ("a.test", "files dns"),
        ("b.test", "files ldap dns"),
        ("c.test", "files mdns4_minimal [NOTFOUND=return] dns"),
        ("d.test", "files myhostname resolve [!UNAVAIL=return] dns"),
        ("e.test", ""),
    ] {
        let case = format!("{}: {hosts}", root.display());
        put(root, "etc/nsswitch.conf", &format!("passwd: files\nhosts: {hosts}\n"));
        if hosts.is_empty() {
            fs::remove_file(root.join("etc/nsswitch.conf")).unwrap();
        }
        let issuer = Issuer::https_at(name);
        prepare(root, &issuer);
        let output = call(root, &issuer.url());
        assert_eq!(output.status.code(), Some(0), "{case}: {output:?}");
        printed(output);
        assert!(names.was_asked_for(name), "{case}: it knew the address without asking");
        let unknown = call(root, "https://unknown.test/realms/catena");
        let said = String::from_utf8_lossy(&unknown.stderr).into_owned();
        assert_eq!(unknown.status.code(), Some(5), "{case}: {:?}: {said}", unknown.status);
        assert!(said.contains("cannot resolve 'unknown.test': name or service not known"), "{case}: {said}");
    }
}

/// Name servers of clusters have faults that other C libraries do not forgive. `NAME` is the realm's.
#[test]
#[ignore = "needs root, ip, chroot, and the program that LINKED_STATICALLY names"]
fn it_finds_a_name_by_a_name_server_with_faults() {
    const CLUSTER: &str = "search default.svc.cluster.local svc.cluster.local cluster.local a.test b.test\n\
                           options ndots:5\n";
    const NAME: &str = "realm.example";
    let rules: [(&str, &str, Rule); 10] = [
        ("no fault", CLUSTER, |name, _| if name == NAME { 0 } else { NXDOMAIN }),
        ("no fault, the root as search list", "search .\noptions ndots:5\n", |_, _| 0),
        ("no fault, no search list", "", |_, _| 0),
        ("no AAAA", CLUSTER, |name, is_a| if name == NAME && is_a { 0 } else { NXDOMAIN }),
        ("no AAAA, no search list", "", |_, is_a| if is_a { 0 } else { NXDOMAIN }),
        ("AAAA fails", CLUSTER, |name, is_a| match (name == NAME, is_a) {
            (true, false) => SERVFAIL,
            (true, true) => 0,
            _ => NXDOMAIN,
        }),
        ("AAAA is not implemented", CLUSTER, |name, is_a| match (name == NAME, is_a) {
            (true, false) => NOTIMP,
            (true, true) => 0,
            _ => NXDOMAIN,
        }),
        ("a search domain fails", CLUSTER, |name, _| match name {
            NAME => 0,
            name if name.ends_with("a.test") => SERVFAIL,
            _ => NXDOMAIN,
        }),
        ("a search domain is refused", CLUSTER, |name, _| match name {
            NAME => 0,
            name if name.ends_with("a.test") => REFUSED,
            _ => NXDOMAIN,
        }),
        ("a search domain is empty", CLUSTER, |name, _| match name {
            NAME => 0,
            name if name.ends_with("a.test") => EMPTY,
            _ => NXDOMAIN,
        }),
    ];
    for (fault, lines, rule) in rules {
        network::within(|_network| {
            let names = NameServer::with(Ipv4Addr::LOCALHOST, rule);
            let (issuer, root) = (Issuer::https_at(NAME), tempfile::tempdir().unwrap());
            prepare(root.path(), &issuer);
            put(root.path(), "etc/resolv.conf", &format!("nameserver 127.0.0.1\n{lines}"));
            let output = call(root.path(), &issuer.url());
            assert_eq!(output.status.code(), Some(0), "{fault}: {output:?}");
            assert!(names.was_asked_for(NAME), "{fault}: it knew the address without asking");
        });
    }
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

#[test]
#[ignore = "needs qemu-aarch64, and the program that LINKED_FOR_AARCH64 names"]
fn it_gets_a_token_on_another_machine() {
    let (issuer, home) = (Issuer::https(), tempfile::tempdir().unwrap());
    put(home.path(), "trusted.pem", issuer.trusted_pem());
    let mut command = plain_command::command("qemu-aarch64");
    command.arg(named(FOREIGN)).env("PATH", "/usr/bin").env("HOME", home.path()).env("CATENA_ISSUER", issuer.url());
    command.env("CATENA_CLIENT_ID", CLIENT_ID).env("CATENA_CLIENT_SECRET", CLIENT_SECRET);
    let output = command.env("SSL_CERT_FILE", home.path().join("trusted.pem")).output().unwrap();
    assert!(printed(output).starts_with("eyJ"));
}
