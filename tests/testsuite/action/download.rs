//! How the action gets the program: from where it may, with the checksum of its own commit, and once.

use std::fs;
use std::process::Command;

use catena_token_issuer::{Certificate, Issuer, Proxy, ProxyReply, Reply, Setup};

use crate::support::action::{VERSION, archive_of_script, serve, write_script};
use crate::support::action_step::Step;
use crate::support::pages;

fn program() -> Vec<u8> {
    archive_of_script("echo the-token")
}

fn redirect(to: &str) -> Issuer {
    Issuer::replying(Reply::http(302, "text/plain", "").header("Location", to))
}

#[test]
#[ignore = "needs node, jq and tar: tests/action/run"]
fn it_asks_for_the_archive_of_this_machine() {
    let (issuer, releases) = (Issuer::idle(), serve(program()));
    let step = Step::new(&program(), &issuer, &releases);
    let step = step.input("download-url", &format!("{}/mirror/", releases.origin()));
    assert_eq!(step.main().code, 0);
    let name = format!("catena-token-v{VERSION}-{}-unknown-linux-gnu.tar.gz", std::env::consts::ARCH);
    assert_eq!(releases.requests()[0].path, format!("/mirror/v{VERSION}/{name}"));
    let step = step.input("version", &format!("v{VERSION}"));
    assert_eq!((step.main().code, releases.requests().len()), (0, 1));
}

#[test]
#[ignore = "needs node, jq and tar: tests/action/run"]
fn it_follows_redirects() {
    let (issuer, releases) = (Issuer::idle(), serve(program()));
    let first = redirect(&format!("{}/other?signature=x", releases.origin()));
    assert_eq!(Step::new(&program(), &issuer, &first).main().code, 0);
    assert_eq!(releases.requests()[0].path, "/other?signature=x");
}

#[test]
#[ignore = "needs node, jq and tar: tests/action/run"]
fn it_says_why_it_cannot_download() {
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut".to_vec();
    let endless = Reply::Endless { head: b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), piece: vec![0; 1 << 20] };
    for (releases, why) in [
        (Issuer::replying(Reply::http(404, "text/plain", "")), "answers with HTTP 404"),
        (Issuer::replying(Reply::http(302, "text/plain", "")), "answers with HTTP 302"),
        (redirect("/again?signature=x"), "more than 5 redirects"),
        (redirect("http://releases.test/?signature=x"), "http://releases.test/ is not an https URL"),
        (Issuer::replying(Reply::Raw(cut)), "aborted"),
        (Issuer::replying(endless), "it has more than 67108864 bytes"),
    ] {
        let issuer = Issuer::idle();
        let step = Step::new(&program(), &issuer, &releases);
        let error = step.fails(1);
        assert!(error.starts_with("::error title=catena-token%3A not installed::cannot download http://"), "{error}");
        assert!(error.contains(why) && !error.contains("signature"), "{why}: {error}");
        assert!(step.tools().is_empty());
    }
    for (address, why) in [
        ("http://releases.test", "is not an https URL"),
        ("ftp://releases.test", "is not an https URL"),
        ("releases", "is not a URL"),
        ("https://user:pass@localhost:1", "cannot download https://localhost:1/v"),
    ] {
        let (issuer, releases) = (Issuer::idle(), Issuer::idle());
        let error = Step::new(&program(), &issuer, &releases).input("download-url", address).fails(1);
        assert!(error.contains(why), "{error}");
    }
}

/// From a runner behind a proxy, with a company's authority.
#[test]
#[ignore = "needs node 24.5, jq and tar: tests/action/run"]
fn it_uses_the_proxy() {
    let reply = Reply::http(200, "application/gzip", program());
    let host = "releases.test";
    let setup = Setup { certificate: Some(Certificate::Good), host, replies: vec![reply], ..Setup::default() };
    let (issuer, releases, proxy) = (Issuer::idle(), Issuer::start(setup), Proxy::start(ProxyReply::Connect));
    let step = Step::new(&program(), &issuer, &releases);
    let trusted = step.path("trusted.pem");
    fs::write(&trusted, releases.trusted_pem()).unwrap();
    let step = step.variable("NODE_EXTRA_CA_CERTS", trusted.to_str().unwrap());
    let step = step.variable("HTTPS_PROXY", &format!("http://{}", proxy.address()));
    assert_eq!(step.main().printed.lines().last().unwrap(), format!("catena-token {VERSION} got a token"));
    assert_eq!(proxy.requests()[0].path, format!("{host}:{}", releases.port()));
}

#[test]
#[ignore = "needs node, jq and tar: tests/action/run"]
fn a_wrong_archive_is_not_installed() {
    let (issuer, releases) = (Issuer::idle(), serve(archive_of_script("echo changed")));
    let step = Step::new(&program(), &issuer, &releases);
    assert!(step.fails(1).contains("::wrong checksum: the SHA-256 of catena-token-v"));
    assert!(step.tools().is_empty());

    let (issuer, releases) = (Issuer::idle(), serve(b"no archive".to_vec()));
    let step = Step::new(b"no archive", &issuer, &releases);
    assert!(step.fails(1).contains("cannot unpack catena-token-v"));
    assert!(step.tools().iter().all(|path| path.ends_with("catena-token") || path.ends_with(VERSION)));
}

/// `tar` needs none of what the runner gave the step, least of all the secret.
#[test]
#[ignore = "needs node, jq and tar: tests/action/run"]
fn tar_gets_the_path_alone() {
    let (issuer, releases) = (Issuer::idle(), serve(program()));
    let step = Step::new(&program(), &issuer, &releases);
    let (tar, seen) = (step.path("tar"), step.path("seen"));
    write_script(&tar, &format!("env >'{}'; PATH=${{PATH#*:}}; exec tar \"$@\"", seen.display()));
    let path = format!("{}:{}", tar.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let step = step.variable("PATH", &path);
    assert_eq!(step.main().code, 0);
    let environment = fs::read_to_string(seen).unwrap();
    let names: Vec<&str> = environment.lines().map(|line| line.split('=').next().unwrap()).collect();
    assert!(names.contains(&"PATH") && !names.iter().any(|name| name.starts_with("INPUT_")), "{names:?}");
}

/// Before any request.
#[test]
#[ignore = "needs node, jq and tar: tests/action/run"]
fn a_version_without_a_checksum_is_refused() {
    for (version, text) in [
        ("9.9.9", "no checksum of version 9.9.9 for "),
        ("constructor", "no checksum of version constructor for "),
        ("../../x", "no checksum of version ../../x for "),
    ] {
        let (issuer, releases) = (Issuer::idle(), Issuer::idle());
        let error = Step::new(&program(), &issuer, &releases).input("version", version).fails(1);
        assert!(error.contains(text) && error.ends_with(&format!("one of these versions: {VERSION}")), "{error}");
    }
    let (issuer, releases) = (Issuer::idle(), Issuer::idle());
    let step = Step::new(&program(), &issuer, &releases);
    fs::write(step.path("action/checksums.json"), "{}\n").unwrap();
    assert!(step.fails(1).contains("has no checksum of a release: use a later commit of the action"));
}

/// `dist/action-checksums`, by which a release gets into the action.
#[test]
#[ignore = "needs jq: tests/action/run"]
fn a_release_is_added_before_the_others_and_never_changed() {
    let work = tempfile::tempdir().unwrap();
    let file = work.path().join("checksums.json");
    fs::write(&file, "{}\n").unwrap();
    let add = |version: &str, sum: char| {
        let sum = sum.to_string().repeat(64);
        let archives = ["x86_64", "aarch64", "riscv64"].map(|machine| {
            format!(
                "{sum}  catena-token-v{version}-{machine}-unknown-linux-gnu.tar.gz\n{sum}  catena-token_1_amd64.deb\n"
            )
        });
        fs::write(work.path().join("SHA256SUMS"), archives.concat()).unwrap();
        let script = pages::root().join("dist/action-checksums");
        let output = Command::new(script).arg(work.path().join("SHA256SUMS")).arg(&file).output().unwrap();
        (output.status.success(), fs::read_to_string(&file).unwrap())
    };
    assert!(add("0.9.0", 'a').0 && add("0.10.0", 'b').0);
    let (again, text) = add("0.9.0", 'a');
    let of = |version: &str, sum: &str| {
        let sum = sum.repeat(64);
        let targets = ["x86_64", "aarch64"].map(|machine| format!("\"{machine}-unknown-linux-gnu\": \"{sum}\""));
        format!("  \"{version}\": {{\n    {}\n  }}", targets.join(",\n    "))
    };
    assert_eq!((again, text.as_str()), (true, &*format!("{{\n{},\n{}\n}}\n", of("0.9.0", "a"), of("0.10.0", "b"))));
    assert_eq!(add("0.10.0", 'c'), (false, text));
}
