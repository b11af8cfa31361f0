//! What the commands do with the cache that machines share.

use std::fs;
use std::net::TcpListener;

use catena_token_issuer::{Issuer, Reply, Setup};

use crate::support::Tool;
use crate::support::cache_files::files;
use crate::support::doctor::{examine, warns_at};
use crate::support::job::Job;
use crate::support::parallel;
use crate::support::revoking::paths;
use crate::support::store::{Conduct, Store};
use crate::support::wait::until;

/// A call on a machine of its own.
fn machine(issuer: &Issuer, store: &Store) -> Tool {
    Tool::asking(issuer).env("CATENA_CACHE", store.url()).env("CATENA_RETRIES", "0")
}

#[test]
fn revoke_takes_the_token_from_all_machines() {
    let (issuer, store, cache) = (Issuer::http(), Store::start(), tempfile::tempdir().unwrap());
    let token = machine(&issuer, &store).keeping_in(cache.path()).succeeds();
    // Another machine, without a copy, revokes it.
    machine(&issuer, &store).arg("revoke").succeeds();
    assert_eq!(issuer.requests()[1].field("token").as_deref(), Some(token.trim_end()));
    assert!(store.value(":token").is_none());
    assert_ne!(machine(&issuer, &store).succeeds(), token);
    assert_eq!(paths(&issuer), ["token", "revoke", "token"]);
}

#[test]
fn one_token_in_both_tiers_is_revoked_once() {
    let (issuer, store, cache) = (Issuer::http(), Store::start(), tempfile::tempdir().unwrap());
    let call = || machine(&issuer, &store).keeping_in(cache.path());
    call().succeeds();
    let (_, said) = call().args(["revoke", "-v"]).succeeds_saying();
    assert!(said.contains("the cached token was revoked"), "{said}");
    assert!(said.contains("other machines may print their cached copies until those expire"), "{said}");
    call().succeeds();
    assert_eq!(paths(&issuer), ["token", "revoke", "token"]);
}

#[test]
fn revoke_finds_all_tokens_of_this_machine_in_the_store() {
    for given in [false, true] {
        let (issuer, store, cache) = (Issuer::http(), Store::start(), tempfile::tempdir().unwrap());
        let call = || machine(&issuer, &store).keeping_in(cache.path());
        let token = call().args(["--client-auth", "basic"]).succeeds();
        if given {
            call().args(["revoke", "-"]).given(token.trim_end()).succeeds();
        } else {
            call().args(["revoke", "--all"]).succeeds();
        }
        assert!(store.value(":token").is_none(), "{given}");
        assert_ne!(call().args(["--client-auth", "basic"]).succeeds(), token);
    }
}

#[test]
fn revoke_without_the_store_is_temporary() {
    let (issuer, store, cache) = (Issuer::http(), Store::start(), tempfile::tempdir().unwrap());
    let call = || machine(&issuer, &store).keeping_in(cache.path());
    call().succeeds();
    store.state().conduct = Conduct::Error("DEL", "NOPERM no");
    let failed = call().arg("revoke").fails(5);
    assert!(failed.error.starts_with("other machines may get the token: cannot use the shared cache"), "{failed:?}");
    assert!(failed.hint.contains("revoke it again"), "{failed:?}");
    assert_eq!(paths(&issuer), ["token", "revoke"]);
    assert!(files(cache.path(), ".token").is_empty());
}

#[test]
fn a_token_that_is_not_revoked_is_put_back() {
    let replies = vec![Reply::Keycloak, Reply::http(503, "", "")];
    let (issuer, store) = (Issuer::start(Setup { replies, ..Setup::default() }), Store::start());
    let token = machine(&issuer, &store).succeeds();
    let before = store.value(":token").unwrap().1;
    machine(&issuer, &store).arg("revoke").fails(5);
    let (_, after, left) = store.value(":token").unwrap();
    assert!(after == before && left.is_some());
    machine(&issuer, &store).args(["revoke", "-"]).given(token.trim_end()).fails(5);
    assert!(store.value(":token").is_some());
    assert_eq!(machine(&issuer, &store).succeeds(), token);
    // Another token than the given one stays.
    machine(&issuer, &store).args(["revoke", "-"]).given("another-token").fails(5);
    assert!(store.value(":token").is_some());
}

#[test]
fn cache_list_and_clear_know_the_token_of_this_client() {
    let (issuer, store) = (Issuer::http(), Store::start());
    machine(&issuer, &store).succeeds();
    let listed = machine(&issuer, &store).args(["cache", "list"]).succeeds();
    assert!(listed.contains(" (shared)\n") && listed.contains("acme"), "{listed}");
    let (_, said) = Tool::bare().args(["cache", "clear", "--cache", &store.url()]).succeeds_saying();
    assert!(said.contains("warning: the shared cache was not cleared: this needs the client's id"), "{said}");
    assert!(store.value(":token").is_some());
    let tool = machine(&issuer, &store);
    let config = tool.file("config", format!("cache = \"{}\"\n", store.url()));
    tool.env("CATENA_CACHE", "").args(["cache", "clear", "--config", config.to_str().unwrap()]).succeeds();
    assert!(store.value(":token").is_none());
    let (listed, said) = machine(&issuer, &store).args(["cache", "list", "-v"]).succeeds_saying();
    assert!(listed.is_empty() && said.contains("no tokens are cached in"), "{listed}{said}");
}

#[test]
fn clear_without_the_store_is_temporary_and_clears_this_machine() {
    let (issuer, store, cache) = (Issuer::http(), Store::start(), tempfile::tempdir().unwrap());
    let call = || machine(&issuer, &store).keeping_in(cache.path());
    call().succeeds();
    store.state().conduct = Conduct::Error("DEL", "NOPERM no");
    let failed = call().args(["cache", "clear"]).fails(5);
    let expected = format!("cleared this machine's cache alone: cannot use the shared cache at {}:", store.address);
    assert!(failed.error.starts_with(&expected), "{failed:?}");
    assert!(files(cache.path(), ".token").is_empty());
}

#[test]
fn the_doctor_tries_each_command() {
    let (issuer, store) = (Issuer::http(), Store::start());
    let call = || machine(&issuer, &store);
    let report = examine(call());
    assert_eq!(report.status("shared cache"), "ok", "{report}");
    let seen = report.seen("shared cache");
    assert_eq!((&seen["address"], &seen["shared_token"]), (&store.url().into(), &"none".into()));
    assert!(seen["round_trip_ms"].is_number(), "{report}");
    assert!(store.content().is_empty(), "a probe stays behind");
    call().succeeds();
    assert!(examine(call()).seen("shared cache")["shared_token"].as_str().unwrap().starts_with("expires in "));
    for (conduct, what, hint) in [
        (Conduct::Error("DEL", "NOPERM no"), "it answers NOPERM", "+mget +pttl +set +del"),
        (Conduct::Error("SET", "READONLY You"), "it answers READONLY", "name the primary"),
        (Conduct::Error("PTTL", "ERR unknown command 'PTTL'"), "it answers ERR", "is this a Sentinel"),
        (Conduct::Close, "it closed the connection", "rediss://"),
    ] {
        store.state().conduct = conduct;
        warns_at(call(), "shared cache", what, hint);
    }
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let call = Tool::asking(&issuer).env("CATENA_CACHE", format!("redis://{closed}"));
    warns_at(call, "shared cache", "connection refused", "is the store running?");
    // Without a store there is no such step.
    let report = examine(Tool::asking(&issuer));
    assert!(report.json["steps"].as_array().unwrap().iter().all(|step| step["name"] != "shared cache"));
}

#[test]
fn renew_on_two_machines_makes_one_request() {
    let (issuer, store) = (Issuer::http(), Store::start());
    let places: Vec<_> = (0..2).map(|_| tempfile::tempdir().unwrap()).collect();
    let jobs: Vec<_> = places
        .iter()
        .map(|place| {
            let mut command = parallel::command(&issuer, &place.path().join("cache"));
            command.env("CATENA_CACHE", store.url()).args(["renew", "--token-file"]);
            Job::of({
                command.arg(place.path().join("token"));
                command
            })
        })
        .collect();
    let token = |place: &tempfile::TempDir| fs::read_to_string(place.path().join("token")).ok();
    until(|| places.iter().all(|place| token(place).is_some()));
    assert_eq!(token(&places[0]), token(&places[1]));
    assert_eq!(issuer.requests().len(), 1);
    jobs.into_iter().for_each(|job| drop(job.end_by(nix::sys::signal::Signal::SIGTERM)));
}
