//! A cache directory that machines share (NFS, EFS, a volume of Kubernetes): each has another boot clock.

use std::time::Duration;

use catena_token_issuer::{Issuer, Reply, Setup};

use crate::support::machine::Machine;
use crate::support::parallel::{command, different, run, tokens};

/// Uptimes from now to 115 days, in no order.
fn machines(count: u32) -> Vec<Machine> {
    (0..count).map(|number| Machine::new(number, number * 7_919 % 1_000 * 10_000)).collect()
}

#[test]
#[ignore = "needs root, for clocks of their own"]
fn machines_that_start_together_make_one_request() {
    let delay = Duration::from_secs(1);
    let issuer = Issuer::start(Setup { replies: vec![Reply::Keycloak], delay, ..Setup::default() });
    let (cache, machines) = (tempfile::tempdir().unwrap(), machines(40));
    let mut next = machines.iter();
    let got = tokens(run(40, || next.next().unwrap().call(&command(&issuer, cache.path()))));
    assert_eq!((different(got), issuer.requests().len()), (1, 1));
}

#[test]
#[ignore = "needs root, for clocks of their own"]
fn machines_in_turn_use_one_token() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    for machine in machines(20) {
        tokens(run(1, || machine.call(&command(&issuer, cache.path()))));
    }
    assert_eq!(issuer.requests().len(), 1);
}
