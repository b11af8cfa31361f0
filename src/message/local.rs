//! This machine: the words for files, commands, the cache, and the process itself.

use std::io;
use std::path::Path;

use super::Words;
use super::settings::no_cache;
use crate::cache::directory::Problem;
use crate::cache::remembered::KeyringError;
use crate::cache::{CacheError, Miss};
use crate::command::CommandError;
use crate::duration::display;
use crate::error::{self, Exit, Failure};
use crate::job::JobError;
use crate::output::OutputError;
use crate::process::Defect;
use crate::renewal::RenewalError;
use crate::settings::NoCache;
use crate::token_file::{FileError, PlaceProblem};

/// The words of the system, or ours for what the cache finds itself.
pub fn reason(error: &io::Error) -> String {
    let problem = error.get_ref().and_then(|inner| inner.downcast_ref::<Problem>());
    let why = match problem {
        None => return error::reason(error),
        Some(Problem::NoBase(base)) => return format!("`{}` is no directory", base.display()),
        Some(Problem::LeadsNowhere(error)) => return format!("it leads nowhere: {}", error::reason(error)),
        Some(Problem::TooLarge) => "it is larger than anything that is kept",
        Some(Problem::OthersAbove) => "the directory above it belongs to another user",
        Some(Problem::NotADirectory) => "it is not a directory",
        Some(Problem::NotAFile) => "it is not a regular file",
        Some(Problem::OfAnotherUser) => "it belongs to another user",
        Some(Problem::NoRandomBytes) => "the system has no random bytes",
        Some(Problem::LockReplaced) => "the lock file is replaced again and again",
        Some(Problem::WaiterEnded) => "the waiting thread ended",
    };
    why.to_owned()
}

pub fn file(error: &FileError) -> Words {
    match error {
        FileError::Unusable(path, problem) => words(
            format!("the token file cannot be `{}`", path.display()),
            place(problem),
            "name a file in a directory that only you can write to; where the last one is missing, it is made so",
        ),
        FileError::NoPrivateDirectory(place, error) => {
            let what = format!("cannot make a private directory for the token file in `{}`", place.display());
            words(what, reason(error), "name a place with --token-file")
        }
        FileError::NotWritten(path, problem) => {
            words(format!("cannot write the token file `{}`", path.display()), place(problem), "")
        }
    }
}

pub fn file_exit(error: &FileError) -> Exit {
    if let FileError::NotWritten(..) = error { Exit::Local } else { Exit::Setup }
}

fn place(problem: &PlaceProblem) -> String {
    let shown = |path: &Path| format!("the directory `{}`", path.display());
    match problem {
        PlaceProblem::NoName => "it names no file".into(),
        PlaceProblem::LinkedDirectory(path) => {
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
    let cannot = |name: &str, why: String, hint| words(format!("cannot run `{name}`"), why, hint);
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
        JobError::Directory(name) => cannot(name, "it is a directory".into(), ""),
        JobError::NotExecutable(name, error) => cannot(name, reason(error), "make it executable with `chmod +x`"),
        JobError::Other(name, error) if error.kind() == io::ErrorKind::ArgumentListTooLong => {
            cannot(name, reason(error), "its arguments and environment, with the token, are too large")
        }
        JobError::Other(name, error) => cannot(name, reason(error), ""),
    }
}

/// As in shells and `env`.
pub fn job_exit(error: &JobError) -> Exit {
    if let JobError::NotFound(_) = error { Exit::NotFound } else { Exit::NotExecutable }
}

pub fn cache(error: &CacheError) -> Words {
    match error {
        CacheError::Unreadable(path, error) => {
            words(format!("cannot read the cache `{}`", path.display()), reason(error), "")
        }
        CacheError::NotStored(path, error) => {
            words(format!("no token is kept in `{}`", path.display()), reason(error), "")
        }
        CacheError::NotRemoved(path, error) => words(format!("cannot remove `{}`", path.display()), reason(error), ""),
        CacheError::CopyNotRemoved(path, error) => words(
            "the kept copy of the token cannot be removed",
            reason(error),
            format!("remove it from `{}`: calls go on printing it", path.display()),
        ),
        CacheError::LockFile(error) => words("the lock file cannot be written", reason(error), ""),
        CacheError::NoLocks(error) => words("files cannot be locked here", reason(error), ""),
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
        CommandError::StdinTwice(by) => words(
            "two want the standard input",
            format!("{by} and the command"),
            "give the secret another way: exec leaves the standard input to the command",
        ),
        CommandError::EnvName(name) => {
            words("--env-name cannot be used", format!("with --renew, {name} names the token file"), "")
        }
        CommandError::SecretFile(by, path) => {
            let why = format!("{by} and --token-file are both `{}`", path.display());
            words("the token would replace the client secret", why, "")
        }
        CommandError::Signals(error) => words("cannot watch for signals", reason(error), ""),
        CommandError::Wait(name, error) => words(format!("cannot wait for `{name}`"), reason(error), ""),
        CommandError::NoCache => words("no cache", no_cache(NoCache::NoHome), "name a directory with --cache-dir"),
        CommandError::NoToken => {
            words("there is no token to revoke", "--no-cache leaves the kept ones alone, and none is given", "")
        }
    }
}

pub fn command_exit(error: &CommandError) -> Exit {
    match error {
        CommandError::NoCache => Exit::Setup,
        CommandError::Signals(_) | CommandError::Wait(..) => Exit::Local,
        _ => Exit::Usage,
    }
}

fn words(what: impl Into<String>, why: impl Into<String>, hint: impl Into<String>) -> Words {
    Words { what: what.into(), why: why.into(), hint: hint.into() }
}

fn failure(exit: Exit, Words { what, why, hint }: Words) -> Failure {
    Failure::new(exit, what, why).hint(hint)
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        failure(file_exit(&error), file(&error))
    }
}

impl From<JobError> for Failure {
    fn from(error: JobError) -> Self {
        failure(job_exit(&error), job(&error))
    }
}

impl From<CacheError> for Failure {
    fn from(error: CacheError) -> Self {
        failure(Exit::Local, cache(&error))
    }
}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        failure(command_exit(&error), command(&error))
    }
}

impl From<OutputError> for Failure {
    fn from(OutputError(error): OutputError) -> Self {
        Self::new(Exit::Local, "cannot write to stdout", reason(&error))
    }
}

impl From<Defect> for Failure {
    fn from(Defect(place): Defect) -> Self {
        Self::new(Exit::Local, "a defect", format!("it broke off at {place}"))
            .hint("please report it with the output of the same call with -vv, which holds no secret")
    }
}

impl From<RenewalError> for Failure {
    fn from(error: RenewalError) -> Self {
        match error {
            RenewalError::Token(error) => error.into(),
            RenewalError::File(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_reads_what_then_why_with_its_code_and_hint() {
        for (failure, exit, text, hint) in [
            (
                Failure::from(FileError::Unusable("/a/b".into(), PlaceProblem::WritableByOthers("/a".into()))),
                Exit::Setup,
                "the token file cannot be `/a/b`: others can write to the directory `/a`",
                Some(
                    "name a file in a directory that only you can write to; where the last one is missing, it is made \
                     so",
                ),
            ),
            (
                FileError::NotWritten("/a/b".into(), io::Error::from_raw_os_error(2).into()).into(),
                Exit::Local,
                "cannot write the token file `/a/b`: no such file or directory",
                None,
            ),
            (
                JobError::NotFound("make all".to_owned()).into(),
                Exit::NotFound,
                "cannot run `make all`: it was not found",
                Some("it is the name of one program: a line for a shell is run as exec -- sh -c '...'"),
            ),
            (
                CacheError::CopyNotRemoved("/c".into(), io::Error::other(Problem::OfAnotherUser)).into(),
                Exit::Local,
                "the kept copy of the token cannot be removed: it belongs to another user",
                Some("remove it from `/c`: calls go on printing it"),
            ),
            (
                CommandError::NoCache.into(),
                Exit::Setup,
                "no cache: tokens are not kept: neither HOME nor --cache-dir says where",
                Some("name a directory with --cache-dir"),
            ),
        ] {
            assert_eq!(failure.text().as_deref(), Some(text));
            assert_eq!((failure.exit(), failure.remedy()), (exit, hint), "{text}");
        }
    }
}
