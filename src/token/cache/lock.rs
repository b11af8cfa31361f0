//! The lock of a binding: of all processes that need the same token, one requests it and the others wait.
//!
//! It is `flock` on a file per binding, which the kernel releases when the process exits. The file is never deleted, or
//! two processes could hold two locks. Its content describes the holder and bounds the wait:
//!
//! - a waiter spends at most two thirds of its time, so that it has time for a request of its own;
//! - it waits until the holder's deadline at most: after that, the holder is stopped or hangs. On another machine, which
//!   shares the directory, that deadline is unknown;
//! - a holder that stored nothing records that, and the waiters continue at once instead of one after another.

use std::fs::{File, TryLockError};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use rustix::io::retry_on_intr;
use thiserror::Error;

use crate::base::clock::{self, Deadline};
use crate::base::event::{Event, Step, WaitGuard, emit};
use crate::token::cache::directory::{Directory, Problem};

/// How often a waiter reads the holder's record.
const LOOK: Duration = Duration::from_millis(100);

/// Give up if the lock file keeps being replaced.
const MOST_FILES: u32 = 100;

/// The lock, released when it is dropped.
#[must_use]
pub struct Lock {
    file: File,
    /// What the release records.
    left_as: Kind,
}

#[must_use]
pub struct LockAttempt<L = Lock> {
    /// `None` if it cannot be acquired, or the process that held it stored nothing.
    pub lock: Option<L>,
    /// Whether another process held it before, and may have left a result.
    pub waited: bool,
}

/// Why the lock cannot be acquired. `Held`: by another process, for too long.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum NoLock {
    Held(Option<u32>),
    /// The file system has no locks.
    Unsupported(io::Error),
    /// The file cannot be opened or written. Without the record, waiters would fetch one after another.
    File(#[from] io::Error),
}

/// Takes the lock `name` within two thirds of the time to `deadline`, and records that it is held until `deadline`.
pub fn take(directory: &Directory, name: &str, deadline: Deadline) -> Result<LockAttempt, NoLock> {
    let patience = deadline.left().map_or(Deadline::never(), |left| Deadline::after(left / 3 * 2));
    let mut waited = false;
    for _ in 0..MOST_FILES {
        let mut file = directory.open_lock(name)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::Error(error)) => return Err(NoLock::Unsupported(error)),
            Err(TryLockError::WouldBlock) => {
                if !std::mem::replace(&mut waited, true) {
                    emit(Event::Waiting);
                }
                let _wait = WaitGuard::until(deadline, Step::OtherProcess);
                file = wait(&file, patience)?;
            }
        }
        if !directory.is_at(name, &file) {
            continue;
        }
        if has_waited_in_vain(waited, || Record::read(&file)) {
            return Ok(LockAttempt { lock: None, waited });
        }
        let until = deadline.left().map_or(u64::MAX, |left| clock::now().after(left).boot);
        Record::own(Kind::Held, until).write(&file)?;
        return Ok(LockAttempt { lock: Some(Lock { file, left_as: Kind::Free }), waited });
    }
    Err(NoLock::Unsupported(io::Error::other(Problem::LockReplaced)))
}

/// Whether the previous holder stored nothing. Without a wait, the record is old and not read.
fn has_waited_in_vain(waited: bool, read: impl FnOnce() -> Option<Record>) -> bool {
    waited && read().is_some_and(|record| record.kind == Kind::StoredNothing)
}

impl Lock {
    /// Releases the lock and records for the waiters that nothing was stored.
    pub fn release_unstored(mut self) {
        self.left_as = Kind::StoredNothing;
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = Record::own(self.left_as, 0).write(&self.file);
    }
}

/// Waits for the lock until `patience` or the holder's deadline has passed.
///
/// `flock` has no timeout, so a thread waits in it, and releases a lock that it gets too late. There is one such thread
/// at most, also in `renew`: while it waits, this fails at once. If none can be started, this tries again and again.
fn wait(file: &File, patience: Deadline) -> Result<File, NoLock> {
    static IS_WAITING: AtomicBool = AtomicBool::new(false);
    let holder = || Record::read(file).filter(|record| record.kind == Kind::Held);
    let own = |record: &Record| record.boot_id == clock::boot_id();
    let held = || NoLock::Held(holder().filter(own).map(|record| record.process));
    let file_of_thread = file.try_clone()?;
    if IS_WAITING.swap(true, Ordering::Relaxed) {
        return Err(held());
    }
    let (sender, granted) = mpsc::channel();
    let wait_in_flock = move || {
        let result = retry_on_intr(|| flock(&file_of_thread, FlockOperation::LockExclusive));
        IS_WAITING.store(false, Ordering::Relaxed);
        let _ = sender.send(result.map(|()| file_of_thread));
    };
    if thread::Builder::new().name("lock".to_owned()).spawn(wait_in_flock).is_err() {
        IS_WAITING.store(false, Ordering::Relaxed);
    }
    let mut overdue = None;
    loop {
        let look = Deadline::after(LOOK).earlier(patience).left().unwrap_or(LOOK);
        match granted.recv_timeout(look) {
            Ok(result) => return result.map_err(|error| NoLock::Unsupported(error.into())),
            Err(RecvTimeoutError::Timeout) => {}
            // There is no thread.
            Err(RecvTimeoutError::Disconnected) if file.try_lock().is_ok() => return Ok(file.try_clone()?),
            Err(RecvTimeoutError::Disconnected) => thread::sleep(look),
        }
        let now_overdue = holder().filter(|record| own(record) && record.moment < clock::now().boot);
        // Twice the same, because the next holder may not have written its record yet.
        if patience.has_passed() || (now_overdue.is_some() && now_overdue == overdue) {
            return Err(held());
        }
        overdue = now_overdue;
    }
}

/// The content of a lock file. `moment` is the holder's deadline, in microseconds on the boot clock; 0 once released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Record {
    kind: Kind,
    process: u32,
    moment: u64,
    /// The boot of both.
    boot_id: u64,
}

/// The last byte of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The lock was released.
    Free = b' ' as isize,
    /// The lock is held, at most until the moment.
    Held = b'\n' as isize,
    /// The lock was released, and nothing was stored.
    StoredNothing = b'!' as isize,
}

impl Record {
    /// Fixed, so that it can be overwritten in place even on a full disk.
    const LENGTH: usize = 49;

    fn own(kind: Kind, moment: u64) -> Self {
        Self { kind, process: std::process::id(), moment, boot_id: clock::boot_id() }
    }

    fn write(self, file: &File) -> io::Result<()> {
        let Self { kind, process, moment, boot_id } = self;
        let text = format!("{process:>10} {moment:>20} {boot_id:016x}{}", char::from(kind as u8));
        file.write_all_at(text.as_bytes(), 0)
    }

    fn read(file: &File) -> Option<Self> {
        let mut bytes = [0; Self::LENGTH];
        file.read_exact_at(&mut bytes, 0).ok()?;
        let kinds = [Kind::Free, Kind::Held, Kind::StoredNothing];
        let kind = kinds.into_iter().find(|kind| bytes.last() == Some(&(*kind as u8)))?;
        let text = std::str::from_utf8(&bytes[..Self::LENGTH - 1]).ok()?;
        let mut words = text.split_whitespace();
        let (process, moment) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        Some(Self { kind, process, moment, boot_id: u64::from_str_radix(words.next()?, 16).ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "0123456789abcdef0123456789abcdef.lock";

    fn directory(at: &tempfile::TempDir) -> Directory {
        Directory { path: at.path().join("cache"), base: None }
    }

    fn held(turn: LockAttempt) -> (Lock, bool) {
        (turn.lock.expect("the lock is free"), turn.waited)
    }

    fn deadline() -> Deadline {
        Deadline::after(Duration::from_secs(60))
    }

    #[test]
    fn a_free_lock_is_taken_and_released() {
        let at = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            let (_lock, waited) = held(take(&directory(&at), LOCK, deadline()).unwrap());
            assert!(!waited);
        }
    }

    #[test]
    fn a_waiter_gives_up_in_time_and_names_the_holder() {
        let at = tempfile::tempdir().unwrap();
        let _lock = held(take(&directory(&at), LOCK, deadline()).unwrap());
        let turn = take(&directory(&at), LOCK, Deadline::after(Duration::from_millis(30)));
        assert!(matches!(turn, Err(NoLock::Held(Some(holder))) if holder == std::process::id()));
    }

    #[test]
    fn a_waiter_for_a_holder_that_stored_nothing_has_waited_in_vain() {
        for (kind, in_vain) in [(Kind::StoredNothing, true), (Kind::Free, false), (Kind::Held, false)] {
            assert_eq!(has_waited_in_vain(true, || Some(Record::own(kind, 0))), in_vain);
            assert!(!has_waited_in_vain(false, || Some(Record::own(kind, u64::MAX))), "a mark of any age");
        }
    }

    #[test]
    fn a_record_of_nothing_stored_is_ignored_later() {
        let at = tempfile::tempdir().unwrap();
        let directory = directory(&at);
        held(take(&directory, LOCK, deadline()).unwrap()).0.release_unstored();
        let (lock, waited) = held(take(&directory, LOCK, deadline()).unwrap());
        assert!(!waited && Record::read(&lock.file).unwrap().kind == Kind::Held);
    }

    #[test]
    fn a_record_is_read_as_it_was_written_and_nothing_else_is_one() {
        let file = tempfile::tempfile().unwrap();
        assert_eq!(Record::read(&file), None);
        for record in [Record::own(Kind::Held, u64::MAX), Record::own(Kind::StoredNothing, 0)] {
            record.write(&file).unwrap();
            assert_eq!(Record::read(&file), Some(record));
        }
        file.write_all_at(&[b'x'; Record::LENGTH], 0).unwrap();
        assert_eq!(Record::read(&file), None);
    }
}
