//! A directory with many files of other clients: a call opens the few that may be its own.

use std::fs;
use std::path::Path;

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer};

use crate::support::cache_files::{file, files};
use crate::support::parallel::{self, within};
use crate::support::{Tool, shell};

const CROWD: usize = 2000;

/// The number of files in the cache that a call opens.
fn opened(issuer: &Issuer, cache: &Path, arguments: &[&str]) -> usize {
    shell::assert_installed("strace");
    let trace = tempfile::NamedTempFile::new().unwrap();
    let mut call = parallel::command(issuer, cache);
    call.args(arguments).env("CATENA_CLIENT_ID", CLIENT_ID).env("CATENA_CLIENT_SECRET", CLIENT_SECRET);
    let words = ["strace", "-f", "-e", "trace=open,openat", "-o", trace.path().to_str().unwrap()];
    let output = within(&words, &call).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::read_to_string(trace.path()).unwrap().matches(".token\"").count()
}

#[test]
#[ignore = "needs strace"]
fn no_call_opens_all_files_of_a_full_directory() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let tool = || Tool::asking(&issuer).keeping_in(cache.path());
    tool().succeeds();
    let entry = fs::read(file(cache.path(), ".token")).unwrap();
    for at in 0..CROWD {
        fs::write(cache.path().join(format!("{at:032x}-{at:016x}.token")), &entry).unwrap();
    }
    let opened = |arguments: &[&str]| opened(&issuer, cache.path(), arguments);
    assert_eq!(opened(&[]), 1);
    assert!(opened(&["--refresh"]) < CROWD / 5);
    assert!(opened(&["cache", "list"]) < 5);
    let token = tool().succeeds();
    assert!(opened(&["revoke", token.trim()]) < 5);
    assert_eq!(files(cache.path(), ".token").len(), CROWD);
    tool().succeeds();
    assert!(opened(&["revoke"]) < 5);
    assert_eq!(files(cache.path(), ".token").len(), CROWD);
}
