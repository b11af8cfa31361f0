//! This machine: the words for files, commands, the cache, and the process itself.

use std::io;
use std::path::Path;

use super::Words;
use super::settings::no_cache;
use crate::cache::directory::Problem;
use crate::cache::remembered::KeyringError;
use crate::cache::{CacheError, Miss};
use crate::duration::display;
use crate::error::CommandError;
use crate::input::TooLong;
use crate::job::JobError;
use crate::settings::NoCache;
use crate::token_file::{FileError, PlaceProblem};

/// Why a call of the system failed, or what we found ourselves.
pub fn reason(error: &io::Error) -> String {
    let own = error.get_ref().and_then(|inner| inner.downcast_ref::<Problem>());
    match own {
        Some(problem) => found(problem),
        None if too_long(error).is_some() => format!("it is longer than {} KiB", too_long(error).unwrap_or_default()),
        None if error.kind() == io::ErrorKind::TimedOut && error.raw_os_error().is_none() => {
            "nothing came before the time of --timeout was used up".into()
        }
        None => system(&error.to_string()),
    }
}

/// The system's words in our style: `no such file or directory`, without the number.
pub fn system(text: &str) -> String {
    let words = text.split_once(" (os error").map_or(text, |(words, _)| words);
    let mut rest = words.chars();
    rest.next().map_or_else(String::new, |first| first.to_lowercase().chain(rest).collect())
}

/// The limit of what is read, in KiB.
pub fn too_long(error: &io::Error) -> Option<usize> {
    error.get_ref()?.downcast_ref().map(|TooLong(most)| most / 1024)
}

fn found(problem: &Problem) -> String {
    match problem {
        Problem::NoBase(base) => format!("`{}` is no directory", base.display()),
        Problem::LeadsNowhere(error) => format!("it leads nowhere: {}", reason(error)),
        Problem::TooLarge => "it is larger than anything that is kept".into(),
        Problem::OthersAbove => "the directory above it belongs to another user".into(),
        Problem::NotADirectory => "it is not a directory".into(),
        Problem::NotAFile => "it is not a regular file".into(),
        Problem::OfAnotherUser => "it belongs to another user".into(),
        Problem::NoRandomBytes => "the system has no random bytes".into(),
        Problem::LockReplaced => "the lock file is replaced again and again".into(),
        Problem::WaiterEnded => "the waiting thread ended".into(),
    }
}

pub fn file(error: &FileError) -> Words {
    match error {
        FileError::Unusable(path, problem) => Words::new(
            format!("the token file cannot be `{}`", path.display()),
            place(problem),
            "name a file in a directory that only you can write to; where the last one is missing, it is made so",
        ),
        FileError::NotWritten(path, problem) => {
            Words::new(format!("cannot write the token file `{}`", path.display()), place(problem), "")
        }
    }
}

fn place(problem: &PlaceProblem) -> String {
    let shown = |path: &Path| format!("the directory `{}`", path.display());
    match problem {
        PlaceProblem::NoName => "it names no file".into(),
        PlaceProblem::Directory(path, _) if path.is_symlink() => {
            format!("{} cannot be used: it is a link: name what it leads to", shown(path))
        }
        PlaceProblem::Directory(path, error) => format!("{} cannot be used: {}", shown(path), reason(error)),
        PlaceProblem::OfAnotherUser(path) => format!("{} belongs to another user", shown(path)),
        PlaceProblem::WritableByOthers(path) => format!("others can write to {}", shown(path)),
        PlaceProblem::NotAFile => "what is there is not a regular file".into(),
        PlaceProblem::NotAToken => "what is there is something else than a token, and would be lost".into(),
        PlaceProblem::System(error) => reason(error),
    }
}

pub fn job(error: &JobError) -> Words {
    let cannot = |name: &str, why: String, hint| Words::new(format!("cannot run `{name}`"), why, hint);
    match error {
        JobError::NotFound(name) => {
            let hint = match name {
                name if name.contains([' ', '|', '&', ';', '<', '>', '$']) => {
                    "it is the name of one program: a line for a shell is run as exec -- sh -c '...'"
                }
                name if name.contains('/') => "",
                _ => "name it by its path, or have its directory in PATH",
            };
            cannot(name, "it was not found".into(), hint)
        }
        JobError::NoInterpreter(name, found) => {
            cannot(name, format!("`{}` names an interpreter or a loader that is not there", found.display()), "")
        }
        JobError::NotExecutable(name, error) => {
            let hint = match error.kind() {
                io::ErrorKind::PermissionDenied => "make it executable with `chmod +x`",
                io::ErrorKind::ArgumentListTooLong => "its arguments and environment, with the token, are too large",
                _ => "",
            };
            cannot(name, reason(error), hint)
        }
    }
}

pub fn cache(error: &CacheError) -> Words {
    match error {
        CacheError::Unreadable(path, error) => {
            Words::new(format!("cannot read the cache `{}`", path.display()), reason(error), "")
        }
        CacheError::NotStored(path, error) => {
            Words::new(format!("no token is kept in `{}`", path.display()), reason(error), "")
        }
        CacheError::NotRemoved(path, error) => {
            Words::new(format!("cannot remove `{}`", path.display()), reason(error), "")
        }
        CacheError::CopyNotRemoved(path, error) => Words::new(
            "the kept copy of the token cannot be removed",
            reason(error),
            format!("remove it from `{}`: calls go on printing it", path.display()),
        ),
        CacheError::LockFile(error) => Words::new("the lock file cannot be written", reason(error), ""),
        CacheError::NoLocks(error) => Words::new("files cannot be locked here", reason(error), ""),
    }
}

pub fn miss(miss: &Miss) -> String {
    let why = match miss {
        Miss::NoneCached => "none is kept",
        Miss::Unreadable(error) => return format!("the kept one cannot be read: {}", reason(error)),
        Miss::DoesNotOpen => "the kept one does not open",
        Miss::NoKeyRemembered => "no key is remembered",
        Miss::Keyring(error) => return keyring(error),
        Miss::Refresh => "--refresh asks for a new one",
        Miss::FromTheFuture => "the kept one is from the future",
        Miss::Expired => "the kept one has ended",
        Miss::TooShort(left) => return format!("the kept one lives only {}", display(*left)),
    };
    why.to_owned()
}

pub fn keyring(error: &KeyringError) -> String {
    let why = match error {
        KeyringError::NoKeyring if cfg!(not(target_os = "linux")) => {
            return "nothing is remembered: only Linux has a keyring for it".to_owned();
        }
        KeyringError::QuotaUsedUp => "its quota is used up",
        KeyringError::NotAllowed => "it may not be used here",
        KeyringError::NoKeyring => "this system has none",
        KeyringError::Other(name) => name,
    };
    format!("the kernel's keyring remembers nothing: {why}")
}

/// Who holds a lock.
pub fn holder(process: Option<u32>) -> String {
    process.map_or_else(|| "another process".to_owned(), |process| format!("process {process}"))
}

pub fn cleared(tokens: usize, keys: usize) -> String {
    format!("tokens removed: {tokens}, keys forgotten: {keys}")
}

pub fn command(error: &CommandError) -> Words {
    match error {
        CommandError::StdinTwice(by, other) => {
            Words::new("two want the standard input", format!("{by} and {other}"), "give the secret another way")
        }
        CommandError::EnvName(name) => {
            Words::new("--env-name cannot be used", format!("with --renew, {name} names the token file"), "")
        }
        CommandError::SecretFile(by, path) => {
            let why = format!("{by} and --token-file are both `{}`", path.display());
            Words::new("the token would replace the client secret", why, "")
        }
        CommandError::Signals(error) => Words::new("cannot watch for signals", reason(error), ""),
        CommandError::Wait(name, error) => Words::new(format!("cannot wait for `{name}`"), reason(error), ""),
        CommandError::NoCache => Words::new("no cache", no_cache(NoCache::NoHome), "name a directory with --cache-dir"),
        CommandError::NoToken => {
            Words::new("there is no token to revoke", "--no-cache leaves the kept ones alone, and none is given", "")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Exit;
    use crate::message::printed;

    #[test]
    fn an_error_reads_what_then_why_with_its_code_and_hint() {
        for (printed, exit, text, hint) in [
            (
                printed(FileError::Unusable("/a/b".into(), PlaceProblem::WritableByOthers("/a".into()))),
                Exit::Setup,
                "the token file cannot be `/a/b`: others can write to the directory `/a`",
                "name a file in a directory that only you can write to; where the last one is missing, it is made so",
            ),
            (
                printed(FileError::NotWritten("/a/b".into(), io::Error::from_raw_os_error(2).into())),
                Exit::Local,
                "cannot write the token file `/a/b`: no such file or directory",
                "",
            ),
            (
                printed(JobError::NotFound("make all".to_owned())),
                Exit::NotFound,
                "cannot run `make all`: it was not found",
                "it is the name of one program: a line for a shell is run as exec -- sh -c '...'",
            ),
            (
                printed(CacheError::CopyNotRemoved("/c".into(), io::Error::other(Problem::OfAnotherUser))),
                Exit::Local,
                "the kept copy of the token cannot be removed: it belongs to another user",
                "remove it from `/c`: calls go on printing it",
            ),
            (
                printed(CommandError::NoCache),
                Exit::Setup,
                "no cache: tokens are not kept: neither HOME nor --cache-dir says where",
                "name a directory with --cache-dir",
            ),
        ] {
            assert_eq!(printed, (exit, text.to_owned(), hint.to_owned()));
        }
    }
}
