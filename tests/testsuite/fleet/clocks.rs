//! Machines with other clocks: a token is never used after its end, and each clock costs one more request at most.

use std::path::Path;
use std::process::Command;

use catena_token_issuer::Issuer;

use crate::support::machine::Machine;
use crate::support::parallel::{command, run, tokens, within};
use crate::support::shell;
use crate::support::store::Store;

fn call(issuer: &Issuer, store: &Store, cache: &Path) -> Command {
    let mut command = command(issuer, cache);
    command.env("CATENA_CACHE", store.url());
    command
}

fn token(command: Command) -> String {
    let mut command = Some(command);
    tokens(run(1, || command.take().unwrap())).remove(0)
}

#[test]
#[ignore = "needs root, for clocks of their own"]
fn the_time_since_boot_of_another_machine_has_no_effect() {
    let (issuer, store) = (Issuer::http(), Store::start());
    for (number, uptime) in [0, 1_000_000, 9_000_000, 10, 500_000].into_iter().enumerate() {
        let cache = tempfile::tempdir().unwrap();
        token(Machine::new(number as u32, uptime).call(&call(&issuer, &store, cache.path())));
    }
    assert_eq!(issuer.requests().len(), 1);
}

#[test]
#[ignore = "needs faketime"]
fn a_wall_clock_that_is_wrong_costs_one_request() {
    shell::assert_installed("faketime");
    let (issuer, store) = (Issuer::http(), Store::start());
    let at = |offset: &str| {
        let cache = tempfile::tempdir().unwrap();
        let mut command = within(&["faketime", "-f", offset], &call(&issuer, &store, cache.path()));
        command.env("DONT_FAKE_MONOTONIC", "1");
        token(command)
    };
    let first = at("+0s");
    assert_eq!([at("-3600s"), at("+60s"), at("-60s")], [&*first; 3]);
    // There the token has ended an hour ago.
    let second = at("+3600s");
    assert_ne!(second, first);
    assert_eq!([at("+0s"), at("+3600s"), at("-3600s")], [&*second; 3]);
    assert_eq!(issuer.requests().len(), 2);
}
