//! The words for an invalid command line, beside clap's own.

/// In place of a word that may be a secret.
pub const NOT_SHOWN: &str = "(not shown, it may be a secret)";

/// The tip for an option or a word that other tools have. One that begins with a backquote is right behind any
/// subcommand; any other only where the options that it names are taken.
pub fn tip(word: &str) -> Option<&'static str> {
    let mut tips = include_str!("tips.txt").lines().filter_map(|line| line.split_once(": "));
    tips.find(|(words, _)| words.split(' ').any(|other| other == word)).map(|(_, tip)| tip)
}
