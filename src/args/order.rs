//! Options of the bare command may stand before a subcommand that takes them.
//!
//! clap would read them as the bare command's. They are moved behind the subcommand's name, so that the subcommand's own
//! definition says whether it takes them, and nothing is parsed and ignored.

use std::ffi::{OsStr, OsString};

use clap::{CommandFactory as _, Parser};

use super::{Cli, TokenArgs};

/// The bare command's options alone.
#[derive(Parser)]
#[command(disable_help_flag = true, disable_version_flag = true)]
struct Options {
    #[command(flatten)]
    _options: TokenArgs,
}

/// The words of the command line, the program's name first, with the options behind the names of the subcommands.
pub fn options_last(words: Vec<OsString>) -> Vec<OsString> {
    // Most calls name no subcommand, or name it first, and then nothing is built or parsed for this.
    if words.get(1).is_some_and(|word| is_subcommand(word)) {
        return words;
    }
    let Some(start) = first_subcommand(&words) else { return words };
    let end = start + names(&words[start..]);
    [&words[..1], &words[start..end], &words[1..start], &words[end..]].concat()
}

const SUBCOMMANDS: [&str; 8] = ["exec", "renew", "inspect", "revoke", "doctor", "cache", "completions", "man"];

pub fn is_subcommand(word: &OsStr) -> bool {
    SUBCOMMANDS.iter().any(|name| word == *name)
}

/// The first word that is a subcommand's name and not the value of an option before it.
fn first_subcommand(words: &[OsString]) -> Option<usize> {
    let mut candidates = (1..words.len()).take_while(|at| words[*at] != "--").filter(|at| is_subcommand(&words[*at]));
    candidates.find(|at| Options::try_parse_from(&words[..*at]).is_ok())
}

/// How many words at the start of `words` name subcommands, each one of the one before.
fn names(words: &[OsString]) -> usize {
    let mut command = Cli::command();
    let is_next = |word: &&OsString| {
        let next = word.to_str().and_then(|word| command.find_subcommand(word)).cloned();
        next.map(|next| command = next).is_some()
    };
    words.iter().take_while(is_next).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(line: &str) -> String {
        let words = std::iter::once("catena-token").chain(line.split(' ')).map(OsString::from).collect();
        options_last(words)[1..].join(OsStr::new(" ")).into_string().unwrap()
    }

    #[test]
    fn options_move_behind_the_last_name() {
        assert_eq!(ordered("--cache-dir d cache list -v"), "cache list --cache-dir d -v");
        assert_eq!(ordered("--client-id cache -q cache path"), "cache path --client-id cache -q");
        assert_eq!(ordered("--json completions bash"), "completions --json bash");
        assert_eq!(ordered("--client-id a exec -v -- cache list"), "exec --client-id a -v -- cache list");
    }

    #[test]
    fn other_lines_stay_as_they_are() {
        for line in [
            "--client-id cache",
            "cache list --cache-dir man",
            "--json",
            "--nonsense cache list",
            "-- cache",
            "exec cache list",
        ] {
            assert_eq!(ordered(line), line);
        }
    }
}
