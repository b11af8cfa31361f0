//! The cache and assertions: each assertion opens its own entry alone, and what changes is read anew.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::symlink;
use std::path::Path;

use catena_token_issuer::{Issuer, Reply};
use nix::sys::signal::Signal;
use tempfile::TempDir;

use crate::support::Tool;
use crate::support::assertion::{self, CI, Claims, OTHER, client_of, command, job, received};
use crate::support::parallel::{self, different, tokens, until_asked};

fn directory() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn call(issuer: &Issuer, cache: &TempDir, jwt: &str) -> Tool {
    Tool::nameless(issuer).keeping_in(cache.path()).assertion_file(jwt)
}

#[test]
fn a_single_use_assertion_is_enough_for_fifty_processes() {
    let (issuer, directory) = (assertion::issuer(), directory());
    let file = directory.path().join("assertion");
    fs::write(&file, job(&issuer).signed()).unwrap();
    let got = tokens(parallel::run(50, || command(&issuer, &directory.path().join("cache"), &file)));
    assert_eq!((got.len(), different(got), issuer.requests().len()), (50, 1, 1));
}

#[test]
fn a_second_call_needs_no_request_and_a_refresh_a_new_assertion() {
    let (issuer, cache) = (assertion::issuer(), directory());
    let jwt = job(&issuer).signed();
    let token = call(&issuer, &cache, &jwt).succeeds();
    assert_eq!(call(&issuer, &cache, &jwt).succeeds(), token);
    assert_eq!(issuer.requests().len(), 1);
    let failed = call(&issuer, &cache, &jwt).arg("--refresh").fails(4);
    assert!(failed.error.contains("Token reuse detected"), "{}", failed.error);
    assert!(failed.hint.contains("used before"), "{}", failed.hint);
    assert_ne!(call(&issuer, &cache, &job(&issuer).signed()).arg("--refresh").succeeds(), token);
}

#[test]
fn a_rotated_file_is_a_miss() {
    let (issuer, cache) = (assertion::issuer(), directory());
    let [old, new] = [(); 2].map(|()| job(&issuer).signed());
    let first = call(&issuer, &cache, &old).succeeds();
    let second = call(&issuer, &cache, &new).succeeds();
    assert_eq!((first == second, received(&issuer)), (false, vec![old.clone(), new.clone()]));
    // Neither displaces the other.
    assert_eq!(call(&issuer, &cache, &new).succeeds(), second);
    assert_eq!(call(&issuer, &cache, &old).succeeds(), first);
    assert_eq!(issuer.requests().len(), 2);
}

/// As the kubelet rotates: a link to a directory is replaced.
#[test]
fn the_file_is_read_behind_the_lock() {
    let (issuer, directory) = (assertion::replying(vec![Reply::Hang, Reply::Keycloak]), directory());
    let at = |name: &str| directory.path().join(name);
    let [old, new] = [(); 2].map(|()| job(&issuer).signed());
    for (name, jwt) in [("1", &old), ("2", &new)] {
        fs::create_dir(at(name)).unwrap();
        fs::write(at(name).join("token"), jwt).unwrap();
    }
    let point = |to: &str| {
        symlink(to, at("new")).unwrap();
        fs::rename(at("new"), at("..data")).unwrap();
    };
    point("1");
    symlink("..data/token", at("token")).unwrap();
    let call = || command(&issuer, &at("cache"), &at("token"));
    let mut leader = call().spawn().unwrap();
    until_asked(&issuer, 1);
    let mut waiting = call().arg("-v").spawn().unwrap();
    let mut lines = BufReader::new(waiting.stderr.take().unwrap()).lines();
    while !lines.next().unwrap().unwrap().ends_with("waiting for it") {}
    point("2");
    parallel::signal(&leader, Signal::SIGKILL);
    leader.wait().unwrap();
    assert!(waiting.wait_with_output().unwrap().status.success());
    assert_eq!(received(&issuer), [old, new]);
    // What it stored is for the new assertion.
    tokens(vec![call().output().unwrap()]);
    assert_eq!(issuer.requests().len(), 2);
}

/// Two jobs of one user have equal settings, one cache directory and one kernel keyring. What differs is the assertion.
#[test]
fn equal_settings_of_two_jobs_get_each_its_own_token() {
    type Source = fn(Tool, &Path, &str) -> Tool;
    let sources: [Source; 3] = [
        |tool, directory, _| tool.env("CATENA_CLIENT_ASSERTION_FILE", directory.join("assertion")),
        |tool, _, jwt| tool.env("CATENA_CLIENT_ASSERTION", jwt),
        // One text: the working directory differs.
        |tool, directory, _| {
            tool.env("PWD_OF_JOB", directory).args(["--client-assertion-command", "cat \"$PWD_OF_JOB/assertion\""])
        },
    ];
    for source in sources {
        for order in [["job", "other", "job", "other"], ["other", "job", "job", "other"]] {
            let (issuer, cache) = (assertion::issuer(), directory());
            let of_other = Claims::new(CI, OTHER, &issuer.url());
            let jobs = [("job", job(&issuer).signed(), directory()), ("other", of_other.signed(), directory())];
            for (_, jwt, directory) in &jobs {
                fs::write(directory.path().join("assertion"), jwt).unwrap();
            }
            for client in order {
                let (_, jwt, directory) = jobs.iter().find(|(name, ..)| *name == client).unwrap();
                let tool = Tool::nameless(&issuer).keeping_in(cache.path()).hiding(jwt);
                assert_eq!(client_of(&source(tool, directory.path(), jwt).succeeds()), client);
            }
            assert_eq!(issuer.requests().len(), 2, "each assertion is used once");
        }
    }
}

/// `revoke` needs an assertion of its own.
#[test]
fn revoke_with_a_used_assertion_keeps_the_entry() {
    let (issuer, cache) = (assertion::issuer(), directory());
    let jwt = job(&issuer).signed();
    let token = call(&issuer, &cache, &jwt).succeeds();
    let failed = call(&issuer, &cache, &jwt).arg("revoke").fails(4);
    assert!(failed.hint.contains("used before"), "{}", failed.hint);
    assert_eq!(call(&issuer, &cache, &jwt).succeeds(), token);
    assert_eq!(issuer.requests().len(), 2);
    let reusing = assertion::reusing();
    let jwt = job(&reusing).signed();
    call(&reusing, &cache, &jwt).succeeds();
    call(&reusing, &cache, &jwt).arg("revoke").succeeds();
    call(&reusing, &cache, &jwt).succeeds();
    let paths: Vec<_> =
        reusing.requests().iter().map(|request| request.path.rsplit('/').next().unwrap().to_owned()).collect();
    assert_eq!(paths, ["token", "revoke", "token"]);
}
