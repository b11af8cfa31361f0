//! `renew` as a service: notifications to its manager, signals, and wake-ups.

use std::fs;

use catena_token_issuer::{Issuer, Reply, Setup};
use nix::sys::signal::Signal;

use crate::support::job::Job;
use crate::support::renewing::{Manager, Renewing, no_manager};
use crate::support::wait::until;
use crate::support::{parallel, shell};

#[test]
fn a_service_manager_is_notified_of_the_first_token_and_of_the_end() {
    let directory = tempfile::tempdir().unwrap();
    let name = format!("catena-token-test-{}", std::process::id());
    for manager in [Manager::at(&directory.path().join("notify")), Manager::without_a_path(&name)] {
        let issuer = Issuer::http();
        let renewing = Renewing::ready(&issuer, &manager, &[]);
        let token = renewing.token();
        assert!(token.starts_with("eyJ") && !token.ends_with('\n'), "{token}");
        assert_eq!(renewing.job.end_by(Signal::SIGTERM).0.code(), Some(0));
        assert_eq!(manager.hears(), "STOPPING=1");
        assert_eq!(fs::read_to_string(&renewing.file).unwrap(), token, "it is left");
    }
}

#[test]
fn a_manager_that_is_not_there_is_a_warning() {
    let issuer = Issuer::http();
    let mut renewing = Renewing::start(&issuer, &"/nonexistent/notify".into(), &[]);
    let said = renewing.job.said();
    let start = "catena-token: warning: cannot notify the service manager at NOTIFY_SOCKET: no such";
    assert!(said.starts_with(start), "{said}");
    assert_eq!(renewing.end(), "");
}

#[test]
fn both_signals_that_end_a_service_are_a_success() {
    let directory = tempfile::tempdir().unwrap();
    let manager = Manager::at(&directory.path().join("notify"));
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let issuer = Issuer::http();
        let renewing = Renewing::ready(&issuer, &manager, &[]);
        assert_eq!(renewing.job.end_by(signal).0.code(), Some(0));
        assert_eq!(manager.hears(), "STOPPING=1");
        assert!(renewing.file.exists());
    }
}

/// At once, not after the timeout.
#[test]
fn a_signal_ends_it_whatever_it_waits_for() {
    let issuer = Issuer::start(Setup { replies: vec![Reply::Hang], ..Setup::default() });
    let renewing = Renewing::start(&issuer, &no_manager(), &["--timeout", "1h"]);
    parallel::until_asked(&issuer, 1);
    let file = renewing.file.clone();
    assert_eq!(renewing.end(), "");
    assert!(!file.exists());
}

#[test]
fn sighup_renews_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let manager = Manager::at(&directory.path().join("notify"));
    let issuer = Issuer::http();
    let renewing = Renewing::ready(&issuer, &manager, &[]);
    let mut token = renewing.token();
    for asked in 2..4 {
        renewing.job.signal(Signal::SIGHUP);
        token = renewing.until_another(&token);
        assert_eq!(issuer.requests().len(), asked);
    }
    assert_eq!(renewing.end(), "");
}

/// SIGHUP requests a new token, even if it takes a second try.
#[test]
fn a_failure_does_not_cancel_a_sighup() {
    let directory = tempfile::tempdir().unwrap();
    let manager = Manager::at(&directory.path().join("notify"));
    let replies = vec![Reply::Keycloak, Reply::http(503, "text/plain", ""), Reply::Keycloak];
    let issuer = Issuer::start(Setup { replies, ..Setup::default() });
    let renewing = Renewing::ready(&issuer, &manager, &[]);
    let token = renewing.token();
    renewing.job.signal(Signal::SIGHUP);
    renewing.until_another(&token);
    assert_eq!(renewing.end(), "");
    assert_eq!(issuer.requests().len(), 3);
}

/// Many signals cause one renewal, and SIGTERM still works.
#[test]
fn many_sighups_are_one() {
    let directory = tempfile::tempdir().unwrap();
    let manager = Manager::at(&directory.path().join("notify"));
    let issuer = Issuer::start(Setup { replies: vec![Reply::Keycloak, Reply::Hang], ..Setup::default() });
    let renewing = Renewing::ready(&issuer, &manager, &["--timeout", "1h"]);
    renewing.job.signal(Signal::SIGHUP);
    parallel::until_asked(&issuer, 2);
    // More than a pipe holds.
    for _ in 0..100_000 {
        renewing.job.signal(Signal::SIGHUP);
    }
    assert_eq!(renewing.end(), "");
    assert_eq!(issuer.requests().len(), 2);
}

/// Between two renewals it only checks the clocks and the file.
#[test]
#[ignore = "needs strace"]
fn it_wakes_up_twelve_times_a_minute_at_most() {
    shell::assert_installed("strace");
    let home = tempfile::tempdir().unwrap();
    let (trace, file) = (home.path().join("trace"), home.path().join("token"));
    let issuer = Issuer::start(Setup { expires_in: "16", ..Setup::default() });
    let mut call = parallel::command(&issuer, &home.path().join("cache"));
    call.args(["renew", "--token-file"]).arg(&file);
    let job = Job::of(parallel::within(&["strace", "-D", "-f", "-ttt", "-o", trace.to_str().unwrap()], &call));
    parallel::until_asked(&issuer, 3);
    job.end_by(Signal::SIGTERM);
    // strace is not our child; it has written everything once it has seen the exit.
    until(|| fs::read_to_string(&trace).unwrap().contains("+++ exited with 0"));
    let trace = fs::read_to_string(&trace).unwrap();
    let calls: Vec<(f64, &str)> = trace.lines().filter_map(moment_and_call).collect();
    let is_put = |call: &str| call.starts_with("rename") && call.contains("\"token\"");
    // After the second one the start is complete.
    let put = (0..calls.len()).filter(|at| is_put(calls[*at].1)).nth(1).unwrap();
    let until_next = calls[put + 1..].iter().take_while(|(_, call)| !call.contains(".token\""));
    let between: Vec<(f64, &str)> = until_next.copied().collect();
    let seconds = between.last().unwrap().0 - between[0].0;
    let waits = between.iter().filter(|(_, call)| call.contains("ETIMEDOUT")).count();
    // The last wait ends with the next renewal.
    let most = (seconds / 5.0) as usize + 1;
    assert!(seconds > 10.0 && (3..=most).contains(&waits), "{waits} in {seconds} s: {between:#?}");
    assert!(between.len() < 20 + 5 * waits, "{between:#?}");
}

/// What `strace -f -ttt` writes: the thread, the time, the call.
fn moment_and_call(line: &str) -> Option<(f64, &str)> {
    let mut words = line.splitn(2, char::is_whitespace);
    let (moment, call) = words.nth(1)?.trim_start().split_once(' ')?;
    Some((moment.parse().ok()?, call))
}
