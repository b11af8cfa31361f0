//! Tests the decision with a fake clock, secret, store and endpoint.
#![cfg(test)]

use std::cell::Cell;
use std::collections::VecDeque;
use std::ffi::OsStr;

use std::time::Duration;

use super::fake::*;
use crate::cli::error::Exit;
use crate::credential::Cost;
use crate::token::cache::Shared;
use crate::token::source::fleet::Turn;

#[test]
fn a_hit_takes_no_lock() {
    let fake = || Fake { cached: Some(token("cached", 900, Some(300))), locks: VecDeque::new(), ..Fake::default() };
    assert_eq!(run(fake(), &wanted()), got("cached", ""));
    let by_key = Fake { has_key: true, cost: Cost::Person, ..fake() };
    assert_eq!(run(by_key, &wanted()), got("cached", ""));
}

#[test]
fn a_miss_is_one_request_that_is_stored() {
    let with = |cached| Fake { cached, answers: [Ok(token("new", 1_000, Some(300)))].into(), ..Fake::default() };
    assert_eq!(run(with(None), &wanted()), got("new", "lock fetch store"));
    assert_eq!(run(with(Some(token("expiring", 729, Some(300)))), &wanted()), got("new", "lock fetch store"));
    assert_eq!(run(with(Some(token("older", 999, Some(300)))), &refresh()), got("new", "lock fetch store"));
}

#[test]
fn a_waiter_uses_what_the_holder_stored() {
    let after = |lifetime| {
        let locks = [Locked::AfterOneThatStored(Box::new(token("theirs", 1_000, Some(lifetime))))].into();
        Fake { locks, ..Fake::default() }
    };
    assert_eq!(run(after(300), &wanted()), got("theirs", "lock"));
    assert_eq!(run(after(300), &refresh()), got("theirs", "lock"));
    // A new one would live for no longer.
    assert_eq!(run(after(300), &one_hour()), ends(Exit::Unusable, "lock"));
    assert_eq!(run(after(2), &wanted()), got("theirs", "lock"));
    // One that has expired meanwhile is no token.
    let expired = Fake { answers: [Ok(token("own", 1_001, Some(300)))].into(), ..after(1) };
    assert_eq!(run(expired, &wanted()), got("own", "lock fetch store"));
}

#[test]
fn waiters_are_released_if_the_token_cannot_be_shared() {
    for (lifetime, can_store, steps) in [
        (Some(300), false, "lock fetch store release"),
        (Some(1), true, "lock fetch release"),
        (None, true, "lock fetch release"),
    ] {
        let answers = [Ok(token("new", 1_000, lifetime))].into();
        assert_eq!(run(Fake { answers, can_store, ..Fake::default() }, &wanted()), got("new", steps));
    }
}

#[test]
fn a_failure_is_shared_or_released() {
    for (can_store, steps) in [(true, "lock fetch share"), (false, "lock fetch share release")] {
        let answers = [Err(refused().into())].into();
        assert_eq!(run(Fake { answers, can_store, ..Fake::default() }, &wanted()), ends(Exit::Refused, steps));
    }
}

#[test]
fn a_failure_of_another_process_is_adopted() {
    let shared = Cell::new(Some(Shared::Failure(refused())));
    let fake = Fake { locks: [Locked::AfterOneThatFailed].into(), shared, ..Fake::default() };
    assert_eq!(run(fake, &wanted()), ends(Exit::Refused, "lock"));
}

#[test]
fn without_a_lock_it_goes_on_and_stores() {
    let answering = |answer| Fake { locks: [Locked::NotAtAll].into(), answers: [answer].into(), ..Fake::default() };
    assert_eq!(run(answering(Ok(token("new", 1_000, Some(300)))), &wanted()), got("new", "lock fetch store"));
    assert_eq!(run(answering(Err(unavailable(None).into())), &wanted()), ends(Exit::Temporary, "lock fetch"));
}

#[test]
fn a_miss_is_looked_for_in_the_shared_cache_before_it_is_requested() {
    let fake = |turn| Fake { turns: Some([turn].into()), ..Fake::default() };
    let found = || Turn::Found(token("theirs", 900, Some(300)));
    assert_eq!(run(fake(found()), &wanted()), got("theirs", "lock turn store"));
    assert_eq!(run(Fake { can_store: false, ..fake(found()) }, &wanted()), got("theirs", "lock turn store release"));
    assert_eq!(run(fake(found()), &one_hour()), ends(Exit::Unusable, "lock turn store"));
    assert_eq!(run(fake(Turn::Shared(Shared::Failure(refused()))), &wanted()), ends(Exit::Refused, "lock turn"));
    let asks = |answer| Fake { answers: [answer].into(), ..fake(Turn::Ask) };
    let steps = "lock turn fetch publish store";
    assert_eq!(run(asks(Ok(token("new", 1_000, Some(300)))), &wanted()), got("new", steps));
    assert_eq!(run(asks(Err(refused().into())), &wanted()), ends(Exit::Refused, "lock turn fetch publish share"));
    let wait = Turn::Shared(Shared::Wait { left: Duration::from_secs(1), cause: unavailable(None).cause });
    let fake =
        Fake { locks: [Locked::Free, Locked::Free].into(), turns: Some([wait, found()].into()), ..fake(Turn::Ask) };
    assert_eq!(run(fake, &wanted()), got("theirs", "lock turn wait lock turn store"));
}

#[test]
fn a_hit_leaves_the_shared_cache_alone() {
    let cached = Some(token("cached", 900, Some(300)));
    let fake = Fake { cached, locks: VecDeque::new(), turns: Some(VecDeque::new()), ..Fake::default() };
    assert_eq!(run(fake, &wanted()), got("cached", ""));
}

#[test]
fn a_wait_is_waited_for_without_the_lock() {
    let asked = || Cell::new(Some(Shared::Wait { left: Duration::from_secs(1), cause: unavailable(None).cause }));
    let twice = || [Locked::Free, Locked::Free].into();
    let answers = [Ok(token("new", 1_000, Some(300)))].into();
    let fake = Fake { locks: twice(), shared: asked(), answers, ..Fake::default() };
    assert_eq!(run(fake, &wanted()), got("new", "lock wait lock fetch store"));
    let answers = [Err(unavailable(Some(1)).into()), Ok(token("new", 1_001, Some(300)))].into();
    let fake = Fake { locks: twice(), answers, ..Fake::default() };
    assert_eq!(run(fake, &wanted()), got("new", "lock fetch share wait lock fetch store"));
    let fake = Fake { shared: asked(), may_wait: false, ..Fake::default() };
    assert_eq!(run(fake, &wanted()), ends(Exit::Temporary, "lock wait"));
    let answers = [Err(unavailable(Some(60)).into())].into();
    let fake = Fake { answers, may_wait: false, ..Fake::default() };
    assert_eq!(run(fake, &wanted()), ends(Exit::Temporary, "lock fetch share wait"));
}

#[test]
fn a_person_is_asked_before_the_lock_and_a_command_runs_under_it() {
    for (cost, steps) in
        [(Cost::Person, "secret lock fetch store"), (Cost::Command(OsStr::new("op read")), "lock secret fetch store")]
    {
        let answers = [Ok(token("new", 1_000, Some(300)))].into();
        assert_eq!(run(Fake { cost, answers, ..Fake::default() }, &wanted()), got("new", steps));
    }
}

#[test]
fn a_waiter_runs_its_command_only_if_no_key_opens_the_entry() {
    let cost = Cost::Command(OsStr::new("op read"));
    let stored = || Locked::AfterOneThatStored(Box::new(token("theirs", 1_000, Some(300))));
    let fake = Fake { cost, has_key: true, locks: [stored()].into(), ..Fake::default() };
    assert_eq!(run(fake, &wanted()), got("theirs", "lock"));
    let fake = Fake { cost, locks: [stored(), Locked::Free].into(), ..Fake::default() };
    assert_eq!(run(fake, &wanted()), got("theirs", "lock secret lock"));
}
