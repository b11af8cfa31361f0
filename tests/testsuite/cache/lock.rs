//! A lock that another program holds, with a record that is forged or no record at all.

use std::fs::{self, File};
use std::time::{Duration, Instant};

use catena_token_issuer::{Issuer, Setup};

use crate::support::Tool;
use crate::support::cache_files::file;

#[test]
fn a_lock_that_another_program_holds_ends_no_call() {
    let boot_id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().replace('-', "");
    let boot_id = boot_id.get(..16).unwrap_or("0000000000000000");
    let forged = |boot_id, kind: char| format!("{:>10} {:>20} {boot_id}{kind}", 1, u64::MAX).into_bytes();
    let (issuer, cache) = (Issuer::start(Setup::default()), tempfile::tempdir().unwrap());
    let tool = || Tool::asking(&issuer).keeping_in(cache.path()).args(["--timeout", "1500ms"]);
    tool().succeeds();
    let path = file(cache.path(), ".lock");
    for (what, record) in [
        ("the end of time", forged(boot_id, '\n')),
        ("another machine", format!("{:>10} {:>20} {:016x}\n", 1, 1, 1).into_bytes()),
        ("a mark that nothing was stored", forged(boot_id, '!')),
        ("released", forged(boot_id, ' ')),
        ("no numbers", vec![b'x'; 49]),
        ("no UTF-8", vec![0xff; 49]),
        ("empty", Vec::new()),
        ("too long", vec![b'9'; 1 << 20]),
    ] {
        fs::write(&path, record).unwrap();
        let lock = File::open(&path).unwrap();
        lock.lock().unwrap();
        let started = Instant::now();
        let (token, said) = tool().arg("--refresh").succeeds_saying();
        assert!(token.starts_with("eyJ"), "{what}");
        assert!(said.starts_with("catena-token: warning: ") && said.lines().count() == 1, "{what}: {said}");
        assert!(said.contains("has held the lock of this token for too long"), "{what}: {said}");
        // Two thirds of the time-out, which bounds the call anyway.
        assert!(started.elapsed() >= Duration::from_millis(900), "{what}: it has not waited");
        // A cached token needs no lock.
        assert_eq!(tool().succeeds(), token, "{what}");
    }
}
