//! The cache: whether tokens can be kept, and what a call would find. What is wrong with it stops no call.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::Duration;

use rustix::process::geteuid;
use serde_json::json;

use crate::cache::lock::Turn;
use crate::cache::{self, Cache, NONE_KEPT, remembered};
use crate::command::doctor::step::Step;
use crate::command::doctor::witness::Seen;
use crate::deadline::Deadline;
use crate::duration::display;
use crate::error::reason;
use crate::settings::NO_HOME;
use crate::token_source::Kept;

/// A lock that is held is known at once; two thirds of this are waited for it.
const PATIENCE: Duration = Duration::from_millis(300);

/// `cache` is where tokens are kept, and what a call would find there.
pub fn step(cache: Option<(&Cache, Kept)>, seen: &Seen, deadline: Deadline) -> Step {
    let mut step = Step::new("cache");
    let Some((cache, kept)) = cache else {
        return match seen.without_cache.as_deref() {
            Some(NO_HOME) => {
                step.warn(NO_HOME, "name a directory with --cache-dir: each call asks for a token of its own");
                step
            }
            why => Step::skipped("cache", why.unwrap_or("there is none")),
        };
    };
    let path = cache.directory.path.as_path();
    step.saw("directory", path.to_string_lossy());
    let was_there = path.exists();
    look_at(&mut step, path);
    if try_to_keep(&mut step, cache) {
        try_lock(&mut step, cache, deadline);
    }
    if !was_there && path.exists() {
        step.saw("state", "made now, as the first call would");
    }
    if let Some(name) = file_system(path) {
        step.saw("file system", name);
    }
    tell_kept(&mut step, cache, &kept);
    step
}

fn look_at(step: &mut Step, path: &Path) {
    let Ok(found) = fs::metadata(path) else { return };
    let own = geteuid().as_raw();
    let whose = if found.uid() == own { "this user" } else { "another user" };
    step.saw_as("owner", found.uid(), [format!("{} ({whose})", found.uid())]);
    let mode = found.mode() & 0o7777;
    step.saw("mode", format!("{mode:04o}"));
    if found.is_dir() && mode & 0o022 != 0 {
        step.warn(
            format!("others can write to the cache directory (mode {mode:04o}), and take tokens out of it"),
            format!("`chmod 700 {}`", path.display()),
        );
    }
}

/// Makes the directory and room for an entry, as a call does before it asks for a token; the room is given back.
fn try_to_keep(step: &mut Step, cache: &Cache) -> bool {
    match cache.directory.reserve() {
        Ok(_) => {
            step.saw("room for a token", true);
            true
        }
        Err(error) => {
            step.saw("room for a token", false);
            let directory = cache.directory.path.display();
            step.warn(
                format!("no token can be kept in `{directory}`: {}", reason(&error)),
                "--cache-dir names another place, --no-cache does without",
            );
            // A home that is not there is no place to try a lock in.
            error.kind() != io::ErrorKind::NotFound
        }
    }
}

fn try_lock(step: &mut Step, cache: &Cache, deadline: Deadline) {
    match cache.take_lock(Deadline::after(PATIENCE).earlier(deadline)) {
        Ok(Turn::Mine { .. }) => step.saw("lock", "works"),
        Ok(Turn::GivenUp { holder }) => {
            let who = holder.map_or_else(|| "another process".to_owned(), |pid| format!("the process {pid}"));
            step.saw("lock", format!("held by {who}, which asks for this token now"));
        }
        Ok(Turn::Impossible(error)) => step.warn(
            format!("files cannot be locked in the cache: {}: processes that start together each ask", reason(&error)),
            "--cache-dir names a place on another file system",
        ),
        // Where there is no room either, that has been said.
        Err(error) => step.saw("lock", format!("cannot be tried: {}", reason(&error))),
    }
}

fn tell_kept(step: &mut Step, cache: &Cache, kept: &Kept) {
    let files = cache.directory.files().unwrap_or_default();
    let files = files.iter().filter(|(name, _)| cache.has(name) && cache::is_token(name)).count();
    let (mut is_hit, mut command_is_run) = (false, false);
    if let Some(found) = &kept.by_secret {
        is_hit = found.is_ok();
        let lives = found.as_ref().ok().map(|left| left.as_secs());
        let text = match found {
            Ok(left) => format!("lives {}", display(*left)),
            Err(why) if why == NONE_KEPT && files > 0 => format!("none by this secret, {files} by another one"),
            Err(why) => why.clone(),
        };
        step.saw_as("kept token", json!({"lives_seconds": lives, "why": found.as_ref().err()}), [text]);
    }
    if let Some(found) = &kept.by_remembered_key {
        command_is_run = is_hit && found.is_err();
        is_hit |= found.is_ok();
        step.saw("remembered key", found.as_ref().map_or_else(String::clone, |_| "opens it".to_owned()));
    }
    step.saw("files for this client and scope", files);
    step.saw("keyring", remembered::is_there().map_or_else(|why| why, |()| "there".to_owned()));
    let words = match (is_hit, command_is_run) {
        (true, true) => "prints the kept token, after it got the secret",
        (true, false) => "prints the kept token, and asks nobody",
        (false, _) => "asks for a new token",
    };
    step.saw_as("a call", json!({"hit": is_hit}), [words.to_owned()]);
}

/// What kind of file system the nearest directory above is on, by the kernel's number for it.
#[cfg(target_os = "linux")]
fn file_system(path: &Path) -> Option<String> {
    const KNOWN: [(u32, &str); 15] = [
        (0xef53, "ext4"),
        (0x5846_5342, "xfs"),
        (0x9123_683e, "btrfs"),
        (0x2fc1_2fc1, "zfs"),
        (0xf2f5_2010, "f2fs"),
        (0x0102_1994, "tmpfs"),
        (0x8584_58f6, "ramfs"),
        (0x794c_7630, "overlay"),
        (0x6969, "nfs"),
        (0xff53_4d42, "cifs"),
        (0xfe53_4d42, "smb2"),
        (0x6573_5546, "fuse"),
        (0x0102_1997, "9p"),
        (0x00c3_6400, "ceph"),
        (0x7371_7368, "squashfs"),
    ];
    // As wide as the machine's words, and never longer than this.
    let kind = path.ancestors().find_map(|above| rustix::fs::statfs(above).ok())?.f_type as u32;
    let name = KNOWN.iter().find(|(number, _)| *number == kind).map(|(_, name)| (*name).to_owned());
    Some(name.unwrap_or_else(|| format!("type {kind:#x}")))
}

#[cfg(not(target_os = "linux"))]
fn file_system(_: &Path) -> Option<String> {
    None
}
