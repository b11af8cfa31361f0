//! `renew`: the first token, renewals, refusals, and removed files.

use std::fs;
use std::time::Instant;

use catena_token_issuer::{CLIENT_SECRET, Issuer, Reply, Setup};
use nix::sys::signal::Signal;

use crate::support::job::Job;
use crate::support::renewing::{Manager, Renewing, no_manager};
use crate::support::wait::until;
use crate::support::{Tool, parallel};

#[test]
fn verbose_is_one_line_a_renewal() {
    let directory = tempfile::tempdir().unwrap();
    let manager = Manager::at(&directory.path().join("notify"));
    let issuer = Issuer::start(Setup { expires_in: "2", ..Setup::default() });
    let renewing = Renewing::ready(&issuer, &manager, &["-v"]);
    let mut token = renewing.token();
    for _ in 0..2 {
        token = renewing.until_another(&token);
    }
    parallel::until_asked(&issuer, 3);
    let file = renewing.file.display().to_string();
    let said = renewing.end();
    let renewals: Vec<&str> = said.lines().collect();
    assert!((2..=3).contains(&renewals.len()), "{said}");
    for line in renewals {
        assert_eq!(line, format!("catena-token: the token in '{file}' is valid for 1s, renewal in 1s"));
    }
}

/// A cached token is the first one, unless it is too old or `--refresh` is set.
#[test]
fn the_first_token_may_be_a_cached_one() {
    let directory = tempfile::tempdir().unwrap();
    let manager = Manager::at(&directory.path().join("notify"));
    let issuer = Issuer::http();
    let cache = directory.path().join("cache");
    let kept = Tool::asking(&issuer).keeping_in(&cache).succeeds();
    let options = ["--cache-dir", cache.to_str().unwrap()];
    let renewing = Renewing::ready(&issuer, &manager, &options);
    assert_eq!(renewing.token(), kept.trim_end());
    renewing.end();
    assert_eq!(manager.hears(), "STOPPING=1");
    let renewing = Renewing::ready(&issuer, &manager, &[&options[..], &["--refresh"]].concat());
    assert_ne!(renewing.token(), kept.trim_end());
    renewing.end();
    assert_eq!(issuer.requests().len(), 2);
}

#[test]
fn a_refusal_ends_it() {
    let issuer = Issuer::http();
    let tool = Tool::asking(&issuer).env("CATENA_CLIENT_SECRET", "not-the-secret");
    let failed = tool.args(["renew", "--token-file", "tokens/token"]).fails(4);
    assert!(failed.error.contains("HTTP 401"), "{}", failed.error);
}

/// A client that is disabled later: it tries again until its token has expired. The file stays, and the exit code is that
/// of a refusal.
#[test]
fn a_later_refusal_ends_it_once_the_token_has_expired() {
    let refused = Reply::json(401, r#"{"error":"invalid_client","error_description":"Invalid client"}"#);
    let issuer = Issuer::start(Setup { expires_in: "6", replies: vec![Reply::Keycloak, refused], ..Setup::default() });
    let started = Instant::now();
    let renewing = Renewing::start(&issuer, &no_manager(), &[]);
    let file = renewing.file.clone();
    let (status, printed, said) = renewing.job.end();
    assert_eq!((status.code(), printed.as_str()), (Some(4), ""));
    assert_eq!((started.elapsed().as_secs() >= 6, issuer.requests().len()), (true, 4), "{said}");
    assert_eq!(said.matches("error: ").count(), 1, "{said}");
    assert!(said.starts_with("catena-token: error: cannot get a token: the realm at localhost:"), "{said}");
    assert!(fs::read_to_string(file).unwrap().starts_with("eyJ"));
}

/// The service has a new secret some seconds before the secret's file has it (Kubernetes), or the file is away.
#[test]
fn a_secret_that_comes_late_is_read_again() {
    let directory = tempfile::tempdir().unwrap();
    let manager = Manager::at(&directory.path().join("notify"));
    let secret = directory.path().join("secret");
    fs::write(&secret, CLIENT_SECRET).unwrap();
    let issuer = Issuer::http();
    let mut renewing = Renewing::ready(&issuer, &manager, &["-v", "--client-secret-file", secret.to_str().unwrap()]);
    assert!(renewing.job.said().contains("renewal in"));
    for (bad, why) in [(Some("the-old-secret"), "HTTP 401"), (None, "cannot read the client secret")] {
        let token = renewing.token();
        bad.map_or_else(|| fs::remove_file(&secret), |bad| fs::write(&secret, bad)).unwrap();
        renewing.job.signal(Signal::SIGHUP);
        for pause in ["1s", "2s"] {
            let said = renewing.job.said();
            assert!(said.contains(&format!("retrying in {pause}: ")) && said.contains(why), "{said}");
        }
        assert_eq!(renewing.token(), token);
        fs::write(&secret, CLIENT_SECRET).unwrap();
        renewing.until_another(&token);
        while !renewing.job.said().contains("renewal in") {}
    }
    renewing.end();
}

#[test]
fn a_secret_that_stays_away_ends_it_with_its_code() {
    let directory = tempfile::tempdir().unwrap();
    let manager = Manager::at(&directory.path().join("notify"));
    let secret = directory.path().join("secret");
    fs::write(&secret, CLIENT_SECRET).unwrap();
    let issuer = Issuer::start(Setup { expires_in: "4", ..Setup::default() });
    let renewing = Renewing::ready(&issuer, &manager, &["--client-secret-file", secret.to_str().unwrap()]);
    fs::remove_file(&secret).unwrap();
    let (status, _, said) = renewing.job.end();
    assert_eq!((status.code(), issuer.requests().len()), (Some(3), 1), "{said}");
}

/// At boot the network may come later: `renew` waits, reports it once, and is not ready before.
#[test]
fn the_first_token_may_take_its_time() {
    let directory = tempfile::tempdir().unwrap();
    let manager = Manager::at(&directory.path().join("notify"));
    let replies = vec![Reply::Close, Reply::http(503, "text/plain", ""), Reply::Keycloak];
    let issuer = Issuer::start(Setup { replies, ..Setup::default() });
    let renewing = Renewing::ready(&issuer, &manager, &[]);
    assert_eq!(issuer.requests().len(), 3);
    let file = renewing.file.display().to_string();
    let said = renewing.end();
    assert!(
        said.starts_with(&format!(
            "catena-token: error: no valid token in '{file}', still trying: cannot get a token: "
        )),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
}

/// Before the first token, an error that a retry cannot fix is fatal.
#[test]
fn a_wrong_set_up_ends_it_with_its_code() {
    let issuer = Issuer::idle();
    let renew = || Tool::without_secret(&issuer).args(["renew", "--token-file", "tokens/token"]);
    renew().env("CATENA_CLIENT_SECRET_FILE", "/nonexistent").fails(3);
    renew().env("CATENA_CLIENT_SECRET_COMMAND", "exit 1").fails(3);
    renew().env("CATENA_CLIENT_SECRET", CLIENT_SECRET).env("CATENA_RETRIES", "many").fails(2);
    let told = Tool::asking(&issuer).arg("renew").refused_by_clap();
    assert!(told.contains("--token-file <PATH>"), "{told}");
    for mode in ["0644", "0666", "777", "rw", ""] {
        let arguments = ["renew", "--token-file", "tokens/token", "--token-file-mode", mode];
        let told = Tool::asking(&issuer).args(arguments).refused_by_clap();
        assert!(told.contains("it is 0600 or 0640"), "{told}");
    }
    Tool::asking(&Issuer::http()).args(["renew", "--token-file", "tokens/token", "--min-ttl", "1h"]).fails(7);
}

/// Fetched for each token, a replaced secret takes effect; one from standard input is read once and held.
#[test]
fn the_secret_is_fetched_for_each_token_if_possible() {
    let directory = tempfile::tempdir().unwrap();
    let manager = Manager::at(&directory.path().join("notify"));
    let count = directory.path().join("count");
    let command = format!("echo >> {}; echo {CLIENT_SECRET}", count.display());
    let ways =
        [["--client-secret-command", &command], ["--client-secret-file", "-"], ["--client-secret-file", "/dev/stdin"]];
    for (options, runs) in ways.into_iter().zip([2, 0, 0]) {
        let issuer = Issuer::http();
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("token");
        let mut call = parallel::command(&issuer, home.path());
        call.env_remove("CATENA_CLIENT_SECRET").env("NOTIFY_SOCKET", &manager.name);
        call.args(["renew", "--no-cache", "--token-file"]).arg(&file).args(options);
        let mut job = Job::of(call);
        job.types(CLIENT_SECRET);
        assert_eq!(manager.hears(), "READY=1");
        job.signal(Signal::SIGHUP);
        parallel::until_asked(&issuer, 2);
        assert_eq!((job.end_by(Signal::SIGTERM).0.code(), manager.hears().as_str()), (Some(0), "STOPPING=1"));
        assert_eq!(fs::read_to_string(&count).unwrap_or_default().lines().count(), runs);
        let _ = fs::remove_file(&count);
    }
}

#[test]
fn a_file_that_was_removed_comes_back_with_the_same_token() {
    let directory = tempfile::tempdir().unwrap();
    let manager = Manager::at(&directory.path().join("notify"));
    let issuer = Issuer::http();
    let renewing = Renewing::ready(&issuer, &manager, &["--no-cache"]);
    let token = renewing.token();
    fs::remove_file(&renewing.file).unwrap();
    until(|| renewing.file.exists());
    assert_eq!((renewing.token(), issuer.requests().len()), (token, 1));
    assert_eq!(renewing.end(), "");
}

/// A service that hangs must not keep the file away.
#[test]
fn a_file_that_is_removed_during_a_request_comes_back_with_its_directory() {
    let directory = tempfile::tempdir().unwrap();
    let manager = Manager::at(&directory.path().join("notify"));
    let issuer = Issuer::start(Setup { replies: vec![Reply::Keycloak, Reply::Hang], ..Setup::default() });
    let renewing = Renewing::ready(&issuer, &manager, &["--timeout", "1h"]);
    let token = renewing.token();
    renewing.job.signal(Signal::SIGHUP);
    parallel::until_asked(&issuer, 2);
    for _ in 0..2 {
        let removed = Instant::now();
        fs::remove_dir_all(renewing.file.parent().unwrap()).unwrap();
        until(|| renewing.file.exists());
        assert!(removed.elapsed().as_secs() < 8, "within five seconds, on a busy machine");
        assert_eq!((renewing.token(), issuer.requests().len()), (token.clone(), 2));
    }
    assert_eq!(renewing.end(), "");
}

/// Another program may put its file there while `renew` runs.
#[test]
fn what_is_no_token_is_not_replaced_later_either() {
    let directory = tempfile::tempdir().unwrap();
    let manager = Manager::at(&directory.path().join("notify"));
    let issuer = Issuer::http();
    let mut renewing = Renewing::ready(&issuer, &manager, &["-v"]);
    fs::write(&renewing.file, "some notes").unwrap();
    renewing.job.signal(Signal::SIGHUP);
    while !renewing.job.said().contains("does not contain a token, and will not be overwritten") {}
    assert_eq!(renewing.token(), "some notes");
    fs::remove_file(&renewing.file).unwrap();
    until(|| renewing.file.exists());
    assert!(renewing.token().starts_with("eyJ"));
    renewing.end();
}

/// A token that has expired meanwhile is not restored: a new one is requested.
#[test]
fn a_removed_file_with_an_expired_token_waits_for_the_next_one() {
    let unavailable = Reply::http(503, "text/plain", "");
    let replies = vec![Reply::Keycloak, unavailable.header("Retry-After", "8"), Reply::Keycloak];
    let issuer = Issuer::start(Setup { expires_in: "2", replies, ..Setup::default() });
    let mut renewing = Renewing::start(&issuer, &no_manager(), &[]);
    assert!(renewing.job.said().contains(", still trying: "));
    fs::remove_file(&renewing.file).unwrap();
    until(|| renewing.file.exists());
    assert_eq!(issuer.requests().len(), 3);
    assert_eq!(renewing.end(), "");
}
