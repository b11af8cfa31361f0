//! This machine: the words for files, commands, the cache, and the process itself.

use std::io;
use std::path::Path;

use super::Words;
use crate::base::duration::display;
use crate::exec::ExecError;
use crate::token::cache::directory::Problem;
use crate::token::cache::keyring::KeyringError;
use crate::token::cache::{CacheError, Miss};
use crate::token::file::{FileError, PlaceProblem};

/// Why a call of the system failed, or what we found ourselves.
pub fn reason(error: &io::Error) -> String {
    match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(problem) => found(problem),
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

fn found(problem: &Problem) -> String {
    match problem {
        Problem::NoBase(base) => format!("`{}` is no directory", base.display()),
        Problem::LeadsNowhere(error) => format!("it leads nowhere: {}", reason(error)),
        Problem::TooLarge => "it is larger than anything that is kept".into(),
        Problem::OthersAbove => "the directory above it belongs to another user".into(),
        Problem::NotADirectory => "it is not a directory".into(),
        Problem::NotAFile => "it is not a regular file".into(),
        Problem::OfAnotherUser => "it belongs to another user".into(),
        Problem::LockReplaced => "the lock file is replaced again and again".into(),
        Problem::NoRandomBytes => "the system has no random bytes".into(),
    }
}

pub fn file(error: &FileError) -> Words {
    match error {
        FileError::Unusable(path, problem) => Words::new(
            format!("the token file cannot be `{}`: {}", path.display(), place(problem)),
            "name a file with --token-file, in a directory that only you can write to; a missing last one is made so",
        ),
        FileError::NotWritten(path, problem) => {
            Words::new(format!("cannot write the token file `{}`: {}", path.display(), place(problem)), "")
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

pub fn job(error: &ExecError) -> Words {
    let (name, why, hint) = match error {
        ExecError::NotFound(name) => {
            let hint = match name {
                name if name.contains([' ', '|', '&', ';', '<', '>', '$']) => {
                    "it is the name of one program: a line for a shell is run as exec -- sh -c '...'"
                }
                name if name.contains('/') => "",
                _ => "name it by its path, or have its directory in PATH",
            };
            (name, "it was not found".into(), hint)
        }
        ExecError::NoInterpreter(name, found) => {
            (name, format!("`{}` names an interpreter or a loader that is not there", found.display()), "")
        }
        ExecError::NotExecutable(name, error) => {
            let hint = match error.kind() {
                io::ErrorKind::PermissionDenied => "make it executable with `chmod +x`",
                io::ErrorKind::ArgumentListTooLong => "its arguments and environment, with the token, are too large",
                _ => "",
            };
            (name, reason(error), hint)
        }
    };
    Words::new(format!("cannot run `{name}`: {why}"), hint)
}

pub fn cache(error: &CacheError) -> Words {
    let (what, why) = match error {
        CacheError::Unreadable(path, error) => (format!("cannot read the cache `{}`", path.display()), error),
        CacheError::NotStored(path, error) => (format!("no token is kept in `{}`", path.display()), error),
        CacheError::NotRemoved(path, error) => (format!("cannot remove `{}`", path.display()), error),
        CacheError::CopyNotRemoved(_, error) => ("the kept copy of the token cannot be removed".into(), error),
        CacheError::LockFile(error) => ("the lock file cannot be written".into(), error),
        CacheError::NoLocks(error) => ("files cannot be locked here".into(), error),
    };
    let hint = match error {
        CacheError::CopyNotRemoved(path, _) => format!("remove it from `{}`: calls go on printing it", path.display()),
        _ => String::new(),
    };
    Words::new(format!("{what}: {}", reason(why)), hint)
}

pub fn miss(miss: &Miss) -> String {
    match miss {
        Miss::NoneCached => "none is kept".into(),
        Miss::Unreadable(error) => format!("the kept one cannot be read: {}", reason(error)),
        Miss::DoesNotOpen => "the kept one does not open".into(),
        Miss::NoKeyRemembered => "no key is remembered".into(),
        Miss::Keyring(error) => keyring_error(error),
        Miss::Refresh => "--refresh asks for a new one".into(),
        Miss::FromTheFuture => "the kept one is from the future".into(),
        Miss::Expired => "the kept one has ended".into(),
        Miss::TooShort(left) => format!("the kept one lives only {}", display(*left)),
    }
}

pub fn keyring_error(error: &KeyringError) -> String {
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

pub fn holder(process: Option<u32>) -> String {
    process.map_or_else(|| "another process".to_owned(), |process| format!("process {process}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::error::{CommandError, Exit};
    use crate::cli::message::printed;

    #[test]
    fn an_error_reads_what_then_why_with_its_code_and_hint() {
        for (printed, exit, text, hint) in [
            (
                printed(FileError::Unusable("/a/b".into(), PlaceProblem::WritableByOthers("/a".into()))),
                Exit::Setup,
                "the token file cannot be `/a/b`: others can write to the directory `/a`",
                "name a file with --token-file, in a directory that only you can write to; a missing last one is made so",
            ),
            (
                printed(FileError::NotWritten("/a/b".into(), io::Error::from_raw_os_error(2).into())),
                Exit::Local,
                "cannot write the token file `/a/b`: no such file or directory",
                "",
            ),
            (
                printed(ExecError::NotFound("make all".to_owned())),
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
