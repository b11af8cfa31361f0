//! `renew --check`: the probe of a token file.

use catena_token_issuer::{Issuer, Signer};
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use crate::support::Tool;
use crate::support::clock::now;
use crate::support::renewing::{Manager, Renewing};

/// Without a client id, a secret, an issuer or a network.
fn probe(content: &str, options: &[&str]) -> Tool {
    let tool = Tool::bare();
    let file = tool.file("token", content);
    tool.args(["renew", "--check", "--token-file"]).arg(file).args(options)
}

fn expiring(at: u64) -> String {
    Signer::new("ES256", "key").sign(&format!(r#"{{"exp":{at}}}"#))
}

#[test]
fn a_valid_token_is_0_and_nothing_is_printed() {
    for content in [expiring(now() + 300), format!("{}\n", expiring(now() + 300))] {
        assert_eq!(probe(&content, &[]).succeeds(), "");
        assert_eq!(probe(&content, &["--min-ttl", "4m", "-q"]).succeeds(), "");
        assert_eq!(probe(&content, &["-vvv"]).env("CATENA_MIN_TTL", "4m").run().0, Some(0));
    }
}

#[test]
fn an_expired_token_or_none_is_5() {
    let failed = probe(&expiring(now() - 60), &[]).fails(5);
    assert!(failed.error.starts_with("the token in '/") && failed.error.contains("/token' expired at 2"), "{failed:?}");
    assert!(failed.hint.contains("'catena-token renew'"), "{failed:?}");
    assert!(probe(&expiring(now() - 60), &["--min-ttl", "0s"]).fails(5).error.contains(" expired at "));
    let short = || probe(&expiring(now() + 60), &[]);
    for failed in [short().args(["--min-ttl", "5m"]).fails(5), short().env("CATENA_MIN_TTL", "5m").fails(5)] {
        assert!(failed.error.ends_with("Z, but --min-ttl is 5m"), "{failed:?}");
    }
    assert!(probe("", &[]).fails(5).error.starts_with("no token in '/"));
    let nowhere = Tool::bare().args(["renew", "--check", "--token-file", "made/token"]);
    let home = nowhere.home().to_owned();
    assert_eq!(nowhere.fails(5).error, "no token in 'made/token'");
    assert!(!home.join("made").exists());
}

#[test]
fn a_token_that_is_no_jwt_is_0_and_with_min_ttl_7() {
    for content in ["an-opaque-token", "a.b.c", &Signer::new("ES256", "key").sign("{}")] {
        assert_eq!(probe(content, &[]).succeeds(), "");
        assert!(probe(content, &["--min-ttl", "1s"]).fails(7).error.starts_with("cannot check --min-ttl: "));
    }
    for content in ["<html>no token</html>", "\u{fc}", "two words"] {
        assert!(probe(content, &[]).fails(7).error.starts_with("not a token"), "{content}");
    }
}

#[test]
fn an_unreadable_file_is_3() {
    let tool = Tool::bare();
    let fifo = tool.home().join("fifo");
    mkfifo(&fifo, Mode::S_IRWXU).unwrap();
    for path in [tool.home(), &tool.file("token", "x".repeat(1024 * 1024 + 1)), &tool.file("a", "").join("b"), &fifo] {
        let failed = Tool::bare().args(["renew", "--check", "--token-file"]).arg(path).fails(3);
        assert!(failed.error.starts_with("cannot read the token file '/"), "{failed:?}");
    }
}

#[test]
fn only_the_file_and_its_token_are_of_interest() {
    for option in ["--client-id=a", "--issuer=https://a", "--timeout=1s", "--no-cache", "--token-file-mode=0640"] {
        let said = probe("a", &[option]).refused_by_clap();
        assert!(said.contains(option.split('=').next().unwrap()) && said.contains("--check"), "{said}");
    }
    assert!(Tool::bare().args(["renew", "--check"]).refused_by_clap().contains("--token-file"));
    assert!(probe("a", &[]).env("CATENA_MIN_TTL", "soon").fails(2).error.contains("CATENA_MIN_TTL"));
    assert_eq!(probe("a", &[]).env("CATENA_ISSUER", "no-url").env("CATENA_TIMEOUT", "soon").succeeds(), "");
}

#[test]
fn the_file_of_renew_passes() {
    let (issuer, home) = (Issuer::http(), tempfile::tempdir().unwrap());
    let manager = Manager::at(&home.path().join("notify"));
    let renewing = Renewing::ready(&issuer, &manager, &[]);
    let check = ["renew", "--check", "--min-ttl", "1m", "--token-file"];
    assert_eq!(Tool::bare().args(check).arg(&renewing.file).succeeds(), "");
    assert_eq!(issuer.requests().len(), 1);
    renewing.end();
}
