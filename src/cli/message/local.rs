//! The words for errors of this machine: files, child commands, and the cache.

use std::io;
use std::path::Path;

use super::Words;
use crate::base::duration::display;
use crate::exec::ExecError;
use crate::token::cache::directory::Problem;
use crate::token::cache::keyring::KeyringError;
use crate::token::cache::{CacheError, Miss};
use crate::token::file::FileError;
use crate::token::place::PlaceProblem;

/// Why a system call failed, or what this program found wrong itself.
pub fn reason(error: &io::Error) -> String {
    match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(problem) => found(problem),
        None if error.kind() == io::ErrorKind::TimedOut && error.raw_os_error().is_none() => {
            "timed out (--timeout)".into()
        }
        None => system(&error.to_string()),
    }
}

/// The system's message in our style, without the error number: `no such file or directory`.
pub fn system(text: &str) -> String {
    let words = text.split_once(" (os error").map_or(text, |(words, _)| words);
    let mut rest = words.chars();
    rest.next().map_or_else(String::new, |first| first.to_lowercase().chain(rest).collect())
}

fn found(problem: &Problem) -> String {
    match problem {
        Problem::NoBase(base) => format!("'{}' is not a directory", base.display()),
        Problem::TooLarge => "it is too large for a cache file".into(),
        Problem::Place(problem) => place(problem),
        Problem::NotADirectory => "it is not a directory".into(),
        Problem::NotAFile => "it is not a regular file".into(),
        Problem::OfAnotherUser => "it belongs to another user".into(),
        Problem::LockReplaced => "the lock file keeps being replaced".into(),
        Problem::NoRandomBytes => "the system provides no random bytes".into(),
    }
}

pub fn file(error: &FileError) -> Words {
    let hint = "choose a --token-file in a directory that only you can write to, and whose parent exists";
    match error {
        FileError::Unusable(path, problem) => {
            let taken = matches!(problem, PlaceProblem::NotAToken);
            let hint = if taken { "choose another --token-file, or remove this file" } else { hint };
            Words::new(format!("cannot use '{}' as the token file: {}", path.display(), place(problem)), hint)
        }
        FileError::NoPlace(path, problem) => {
            Words::new(format!("cannot create a token file in '{}': {}", path.display(), place(problem)), hint)
        }
        FileError::NotWritten(path, problem) => {
            Words::new(format!("cannot write the token file '{}': {}", path.display(), place(problem)), "")
        }
    }
}

fn place(problem: &PlaceProblem) -> String {
    let shown = |path: &Path| format!("the directory '{}'", path.display());
    match problem {
        PlaceProblem::NoName => "it has no file name".into(),
        PlaceProblem::Directory(path, error) => format!("{} cannot be used: {}", shown(path), reason(error)),
        PlaceProblem::OfAnotherUser(path) => format!("'{}' belongs to another user", path.display()),
        PlaceProblem::WritableByOthers(path, mode) => {
            // A sticky directory (/tmp) is shared on purpose.
            let fix = if mode & 0o1000 == 0 { "; fix it with 'chmod go-w'" } else { "" };
            format!("{} is writable by other users (mode {mode:04o}{fix})", shown(path))
        }
        PlaceProblem::NotAFile => "it exists and is not a regular file".into(),
        PlaceProblem::NotAToken => "it exists, does not contain a token, and will not be overwritten".into(),
        PlaceProblem::System(error) => reason(error),
    }
}

pub fn job(error: &ExecError) -> Words {
    let (name, why, hint) = match error {
        ExecError::NotFound(name) => {
            let hint = match name {
                name if name.contains([' ', '|', '&', ';', '<', '>', '$']) => {
                    "CMD is the name of one program: run a shell command line with exec -- sh -c '...'"
                }
                name if name.contains('/') => "",
                _ => "use its path, or add its directory to PATH",
            };
            (name, "not found".into(), hint)
        }
        ExecError::NoInterpreter(name, found) => {
            (name, format!("the interpreter or loader named in '{}' does not exist", found.display()), "")
        }
        ExecError::NotExecutable(name, error) => {
            let hint = match error.kind() {
                io::ErrorKind::PermissionDenied => "make it executable with 'chmod +x'",
                io::ErrorKind::ArgumentListTooLong => "its arguments and environment, with the token, are too large",
                _ => "",
            };
            (name, reason(error), hint)
        }
    };
    Words::new(format!("cannot run '{name}': {why}"), hint)
}

pub fn cache(error: &CacheError) -> Words {
    let (what, why) = match error {
        CacheError::Unusable(path, error) => (format!("cannot use the cache '{}'", path.display()), error),
        CacheError::NotStored(path, error) => (format!("cannot write to the token cache '{}'", path.display()), error),
        CacheError::NotRemoved(path, error) => {
            (format!("cannot remove a file from the cache '{}'", path.display()), error)
        }
        CacheError::CopyNotRemoved(_, error) => ("cannot remove the cached token".into(), error),
        CacheError::LockFile(error) => ("cannot write the lock file".into(), error),
        CacheError::NoLocks(error) => ("cannot lock files in the cache directory".into(), error),
    };
    let hint = match error {
        CacheError::CopyNotRemoved(path, _) => {
            format!("delete the files in '{}'; otherwise later calls print the token again", path.display())
        }
        _ => String::new(),
    };
    Words::new(format!("{what}: {}", reason(why)), hint)
}

pub fn none_cached(directory: &Path) -> String {
    format!("no tokens are cached in '{}'", directory.display())
}

pub fn cleared(tokens: usize, keys: usize) -> String {
    format!("tokens removed: {tokens}, keys forgotten: {keys}")
}

pub fn miss(miss: &Miss) -> String {
    match miss {
        Miss::NoneCached => "no token is cached".into(),
        Miss::Unreadable(error) => format!("the cached token cannot be read: {}", reason(error)),
        Miss::DoesNotOpen => "the cached token cannot be decrypted".into(),
        Miss::NoKeyRemembered => "the kernel keyring has no key for this token".into(),
        Miss::Keyring(error) => keyring_error(error),
        Miss::Refresh => "--refresh requests a new one".into(),
        Miss::FromTheFuture => "the cached token was issued in the future (was the clock set back?)".into(),
        Miss::Expired => "the cached token has expired".into(),
        Miss::TooShort(left) => format!("the cached token is valid for only {}", display(*left)),
    }
}

pub fn keyring_error(error: &KeyringError) -> String {
    let why = match error {
        KeyringError::NoKeyring if cfg!(not(target_os = "linux")) => {
            return "no key is remembered: only Linux has a kernel keyring".to_owned();
        }
        KeyringError::QuotaUsedUp => "its quota is exhausted",
        KeyringError::NotAllowed => "access is denied",
        KeyringError::NoKeyring => "this system has none",
        KeyringError::Other(name) => name,
    };
    format!("cannot use the kernel keyring: {why}")
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
                printed(FileError::Unusable("/a/b".into(), PlaceProblem::WritableByOthers("/a".into(), 0o777))),
                Exit::Setup,
                "cannot use '/a/b' as the token file: the directory '/a' is writable by other users (mode 0777; fix it with 'chmod go-w')",
                "choose a --token-file in a directory that only you can write to, and whose parent exists",
            ),
            (
                printed(FileError::NotWritten("/a/b".into(), io::Error::from_raw_os_error(2).into())),
                Exit::Local,
                "cannot write the token file '/a/b': no such file or directory",
                "",
            ),
            (
                printed(ExecError::NotFound("make all".to_owned())),
                Exit::NotFound,
                "cannot run 'make all': not found",
                "CMD is the name of one program: run a shell command line with exec -- sh -c '...'",
            ),
            (
                printed(CacheError::CopyNotRemoved("/c".into(), io::Error::other(Problem::OfAnotherUser))),
                Exit::Local,
                "cannot remove the cached token: it belongs to another user",
                "delete the files in '/c'; otherwise later calls print the token again",
            ),
            (
                printed(CacheError::NotRemoved("/c".into(), io::Error::from_raw_os_error(13))),
                Exit::Local,
                "cannot remove a file from the cache '/c': permission denied",
                "",
            ),
            (
                printed(FileError::NotWritten("/f".into(), io::Error::other(Problem::NoRandomBytes).into())),
                Exit::Local,
                "cannot write the token file '/f': the system provides no random bytes",
                "",
            ),
            (
                printed(CacheError::LockFile(io::Error::other(Problem::LockReplaced))),
                Exit::Local,
                "cannot write the lock file: the lock file keeps being replaced",
                "",
            ),
            (
                printed(ExecError::NotExecutable("x".to_owned(), io::ErrorKind::ArgumentListTooLong.into())),
                Exit::NotExecutable,
                "cannot run 'x': argument list too long",
                "its arguments and environment, with the token, are too large",
            ),
            (
                printed(CommandError::NoCache),
                Exit::Setup,
                "no cache directory: none of --cache-dir, XDG_CACHE_HOME and HOME is set",
                "name a directory with --cache-dir",
            ),
        ] {
            assert_eq!(printed, (exit, text.to_owned(), hint.to_owned()));
        }
    }
}
