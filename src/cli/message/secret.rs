//! The words for the client secret: where it is, and why it cannot be read.

use std::io;
use std::path::Path;

use super::Words;
use super::local::reason;
use crate::base::secret::UnusableSecret;
use crate::credential::{Missing, Problem, SecretError, SecretSource, may_be_a_secret};

pub fn words(error: &SecretError) -> Words {
    let text = match error {
        SecretError::File(path, problem) => unreadable(&format!("'{}'", shown(path)), problem),
        SecretError::Stdin(problem) => unreadable("standard input", problem),
        SecretError::Command(Problem::Io(error)) if error.kind() == io::ErrorKind::TimedOut => {
            "the client secret command timed out (--timeout)".to_owned()
        }
        SecretError::Command(problem) => unreadable("its command", problem),
        SecretError::Terminal(problem) => unreadable("the terminal", problem),
        SecretError::Shell(error) => format!("cannot start '/bin/sh' for the client secret: {}", reason(error)),
        SecretError::Exited(status) => format!("the client secret command failed: {status}"),
        SecretError::NoTerminal(state) => {
            format!("no client secret: {}, and there is no terminal to prompt on", missing(*state))
        }
    };
    Words::new(text, hint(error))
}

fn unreadable(source: &str, problem: &Problem) -> String {
    let why = match problem {
        Problem::Io(error) => reason(error),
        Problem::Unusable(why) => unusable(*why).into(),
    };
    format!("cannot read the client secret from {source}: {why}")
}

/// Names of standard input that cannot be opened if it is a socket, or another user's terminal.
const STDIN: [&str; 3] = ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"];

fn hint(error: &SecretError) -> &'static str {
    match error {
        SecretError::File(path, _) if path.starts_with("~") => "the shell did not expand '~': write the full path",
        SecretError::File(path, Problem::Io(_)) if STDIN.contains(&path.to_str().unwrap_or_default()) => {
            "use '-' for standard input: a socket cannot be opened by its path"
        }
        SecretError::File(path, _) if may_be_a_secret(path) => {
            "is this the secret itself? Set CATENA_CLIENT_SECRET instead; write a file name as ./NAME"
        }
        SecretError::Exited(_) => "run it by hand to see why; it must print only the secret",
        SecretError::Terminal(_) | SecretError::NoTerminal(_) => {
            "use --client-secret-file or --client-secret-command, set CATENA_CLIENT_SECRET, \
             CATENA_CLIENT_SECRET_FILE or CATENA_CLIENT_SECRET_COMMAND, or load the systemd credential \
             'catena-client-secret'"
        }
        _ => "",
    }
}

pub fn unusable(why: UnusableSecret) -> &'static str {
    match why {
        UnusableSecret::Empty => "it is empty",
        UnusableSecret::NotUtf8 => "it is not UTF-8",
        UnusableSecret::ByteOrderMark => "it starts with a byte order mark: save it as UTF-8 without one",
        UnusableSecret::EndsInLineBreak => "it ends with a line break: remove it",
        UnusableSecret::Control => "it contains a line break or another control character",
        UnusableSecret::LineTooLong => "the line is too long for a terminal: use a file",
    }
}

fn missing(state: Missing) -> String {
    match state {
        Missing::EmptyVariable(name) => format!("{name} is set but empty"),
        Missing::NoCredential => "CREDENTIALS_DIRECTORY contains no 'catena-client-secret'".into(),
        Missing::NotGiven => "none was given".into(),
    }
}

/// The setting that gives the secret, or why none does.
pub fn origin(source: &SecretSource) -> String {
    match source {
        SecretSource::Prompt(state) => missing(*state),
        source => source.by().unwrap_or("read before").into(),
    }
}

/// Where the secret is, never the secret. A command is not shown: it may contain a password.
pub fn place(source: &SecretSource) -> String {
    match source {
        SecretSource::Given { .. } => "set".into(),
        SecretSource::File { path, .. } => format!("in '{}'", shown(path)),
        SecretSource::Stdin { .. } => "on standard input".into(),
        SecretSource::Command { .. } => "from a command".into(),
        SecretSource::Held { .. } => "read before".into(),
        SecretSource::Prompt(_) => "prompted for on the terminal".into(),
    }
}

/// The path of a file, unless the path may be the secret itself.
pub fn shown(path: &Path) -> String {
    if may_be_a_secret(path) { "[path not shown]".into() } else { path.display().to_string() }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::ExitStatus;

    use super::*;

    #[test]
    fn every_error_has_its_sentence_and_what_a_user_can_mend_has_a_hint() {
        let unusable = || Problem::Unusable(UnusableSecret::Empty);
        let missing = || Problem::Io(io::ErrorKind::NotFound.into());
        for (error, line, hint) in [
            (SecretError::File("/s".into(), unusable()), "cannot read the client secret from '/s': it is empty", ""),
            (
                SecretError::File("~/s".into(), missing()),
                "cannot read the client secret from '~/s': entity",
                "full path",
            ),
            (
                SecretError::File("Zk3vQ9xW7tB2nM5rL8pY1sD4".into(), missing()),
                "cannot read the client secret from '[path not shown]': ",
                "is this the secret itself?",
            ),
            (SecretError::Stdin(unusable()), "cannot read the client secret from standard input: it is empty", ""),
            (SecretError::Shell(io::ErrorKind::NotFound.into()), "cannot start '/bin/sh' for the client secret: ", ""),
            (SecretError::Command(unusable()), "cannot read the client secret from its command: it is empty", ""),
            (
                SecretError::Command(Problem::Io(crate::os::input::too_long(65_536))),
                "from its command: it is longer than 64 KiB",
                "",
            ),
            (SecretError::Command(Problem::Io(io::ErrorKind::TimedOut.into())), "command timed out (--timeout)", ""),
            (SecretError::Exited(ExitStatus::from_raw(127 << 8)), "command failed: exit status: 127", "by hand"),
            (SecretError::Exited(ExitStatus::from_raw(3 << 8)), "command failed: exit status: 3", "by hand"),
            (SecretError::Exited(ExitStatus::from_raw(9)), "command failed: signal: 9", "by hand"),
            (
                SecretError::Terminal(missing()),
                "cannot read the client secret from the terminal: ",
                "--client-secret-file",
            ),
            (SecretError::Terminal(unusable()), "from the terminal: it is empty", "--client-secret-file"),
            (SecretError::NoTerminal(Missing::NotGiven), "none was given, and there is no terminal", "systemd"),
            (SecretError::NoTerminal(Missing::EmptyVariable("A")), "A is set but empty, and there", "systemd"),
            (SecretError::NoTerminal(Missing::NoCredential), "CREDENTIALS_DIRECTORY contains no", "systemd"),
        ] {
            let words = words(&error);
            assert!(words.text.contains(line), "{}", words.text);
            assert!(words.hint.contains(hint) && words.hint.is_empty() == hint.is_empty(), "{error}");
        }
    }
}
