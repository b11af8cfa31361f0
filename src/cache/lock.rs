//! The single flight: of all processes that want the same token, one asks for it and the others wait for that.
//!
//! A file for each binding is locked by `flock` while its token is looked for, fetched and stored; the kernel lets it
//! go with the process, however that ends. The file is never removed: two processes would then hold two locks. What
//! stands in it says who holds it and until when, for those who wait:
//!
//! - they wait no longer than two thirds of the time that they have left, so that enough is left to fetch alone;
//! - nor longer than the holder's own deadline, behind which it is stopped or hangs;
//! - who could not store what it got leaves a mark, so that those who waited do not ask one after the other.

use std::fs::{File, TryLockError};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::cache::directory::Directory;
use crate::clock::{self, Moment};
use crate::deadline::Deadline;
use crate::event::{Event, tell};

/// How often a waiter looks at what the holder says.
const LOOK: Duration = Duration::from_millis(100);

/// A file that is another one each time is no lock: somebody removes it again and again, or the file system numbers
/// its files anew.
const MOST_FILES: u32 = 100;

/// The lock, held.
pub struct Lock {
    file: File,
    is_announced: bool,
}

/// How the waiting for a lock ended.
pub enum Turn {
    /// It is held. Somebody may have held it before: then there is something to look at.
    Mine { lock: Lock, waited: bool },
    /// Whoever holds it takes too long.
    GivenUp { holder: Option<u32> },
    /// The file system knows no locks.
    Impossible(io::Error),
}

/// Takes the lock `name`, by `deadline` less a third.
pub fn take(directory: &Directory, name: &str, deadline: Deadline) -> io::Result<Turn> {
    let patience = deadline.left().map_or(Deadline::never(), |left| Deadline::after(left / 3 * 2));
    let mut waited = false;
    for _ in 0..MOST_FILES {
        let mut file = directory.open_lock(name)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::Error(error)) => return Ok(Turn::Impossible(error)),
            Err(TryLockError::WouldBlock) => {
                if !waited {
                    tell(Event::Waiting);
                }
                waited = true;
                match wait(file, patience) {
                    Ok(Ok(locked)) => file = locked,
                    Ok(Err(holder)) => return Ok(Turn::GivenUp { holder }),
                    Err(error) => return Ok(Turn::Impossible(error)),
                }
            }
        }
        if directory.is_at(name, &file) {
            return Ok(Turn::Mine { lock: Lock { file, is_announced: false }, waited });
        }
    }
    Ok(Turn::Impossible(io::Error::other("the lock's file does not stay the same")))
}

impl Lock {
    /// Tells those who wait how long this may take.
    pub fn announce(&mut self, deadline: Deadline) {
        let until = deadline.left().map_or(u64::MAX, |left| clock::now().after(left).boot);
        self.is_announced = Record { holder: std::process::id(), until }.write(&self.file, Record::HELD).is_ok();
    }

    /// Lets it go, and tells those who wait that what was got could not be stored.
    pub fn let_go_in_vain(mut self) {
        self.is_announced = false;
        let record = Record { holder: std::process::id(), until: clock::now().boot };
        let _ = record.write(&self.file, Record::IN_VAIN);
    }

    /// Whether somebody held it in vain since `since`.
    pub fn was_held_in_vain(&self, since: Moment) -> bool {
        Record::read(&self.file, Record::IN_VAIN).is_some_and(|record| record.until >= since.boot)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.is_announced {
            let _ = self.file.write_all_at(&[b' '; Record::LENGTH], 0);
        }
    }
}

/// The locked file, or who holds it for too long.
///
/// `flock` knows no time-out, so that a thread waits in it. If it is granted too late, nobody takes what the thread
/// has got, and the lock is let go with it.
fn wait(file: File, patience: Deadline) -> io::Result<Result<File, Option<u32>>> {
    /// Whether a thread waits, which may be one that nobody waits for any more: a process that goes on and on has one
    /// of them at most.
    static IS_WAITED_FOR: AtomicBool = AtomicBool::new(false);
    if IS_WAITED_FOR.swap(true, Ordering::Relaxed) {
        return wait_for(&file, patience, |look| {
            thread::sleep(look);
            match file.try_lock() {
                Ok(()) => Some(file.try_clone()),
                Err(TryLockError::WouldBlock) => None,
                Err(TryLockError::Error(error)) => Some(Err(error)),
            }
        });
    }
    let (sender, granted) = mpsc::channel();
    let held = file.try_clone()?;
    thread::Builder::new().name("lock".to_owned()).spawn(move || {
        let result = loop {
            match held.lock() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        IS_WAITED_FOR.store(false, Ordering::Relaxed);
        let _ = sender.send(result.map(|()| held));
    })?;
    wait_for(&file, patience, |look| match granted.recv_timeout(look) {
        Ok(result) => Some(result),
        Err(RecvTimeoutError::Disconnected) => Some(Err(io::Error::other("the waiting broke off"))),
        Err(RecvTimeoutError::Timeout) => None,
    })
}

/// Looks at what the holder says as often as `granted`, which waits for as long as it is told, says nothing.
fn wait_for(
    file: &File,
    patience: Deadline,
    granted: impl Fn(Duration) -> Option<io::Result<File>>,
) -> io::Result<Result<File, Option<u32>>> {
    let mut overdue = None;
    loop {
        let look = Deadline::after(LOOK).earlier(patience).left().unwrap_or(LOOK);
        if let Some(result) = granted(look) {
            return result.map(Ok);
        }
        let record = Record::read(file, Record::HELD);
        let holder = record.map(|record| record.holder);
        // The same at two looks: the next holder may not have written its own yet.
        let is_overdue = record.filter(|record| record.until < clock::now().boot);
        if patience.has_passed() || (is_overdue.is_some() && is_overdue == overdue) {
            return Ok(Err(holder));
        }
        overdue = is_overdue;
    }
}

/// Who holds the lock, and until when at most: microseconds of the boot clock.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Record {
    holder: u32,
    until: u64,
}

impl Record {
    /// Fixed, so that it is written over in place, which a full disk allows.
    const LENGTH: usize = 32;

    /// What it ends with tells what it says: until when the lock is held at most, or when it was held in vain.
    const HELD: u8 = b'\n';
    const IN_VAIN: u8 = b'!';

    fn write(self, file: &File, kind: u8) -> io::Result<()> {
        let text = format!("{:>10} {:>20}{}", self.holder, self.until, char::from(kind));
        file.write_all_at(text.as_bytes(), 0)
    }

    fn read(file: &File, kind: u8) -> Option<Self> {
        let mut bytes = [0; Self::LENGTH];
        file.read_exact_at(&mut bytes, 0).ok()?;
        if bytes[Self::LENGTH - 1] != kind {
            return None;
        }
        bytes[Self::LENGTH - 1] = b' ';
        let mut words = std::str::from_utf8(&bytes).ok()?.split_whitespace();
        Some(Self { holder: words.next()?.parse().ok()?, until: words.next()?.parse().ok()? })
    }
}
