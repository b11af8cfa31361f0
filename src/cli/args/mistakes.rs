//! The text of an invalid command line: clap's, with tips that are right, and without words that may be secret.

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{Command, CommandFactory as _};

use super::Cli;
use crate::cli::message::usage::{NOT_SHOWN, tip};
use crate::display::untrusted::escape;

pub fn text(mut error: Error) -> String {
    match error.kind() {
        ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand => add_tip(&mut error),
        ErrorKind::ArgumentConflict => drop(error.remove(ContextKind::Usage)), // It is that of one of the two.
        _ => {}
    }
    hide_words(&mut error);
    escape_words(&mut error);
    let text = error.render().to_string().replace(&format!("'{NOT_SHOWN}'"), NOT_SHOWN);
    text.replacen("unrecognized subcommand", "unknown subcommand", 1).replace("--verbose...'", "--verbose'")
}

/// clap's own tips are switched off: they go by a similarity that `--secret` and `--scope` have.
fn add_tip(error: &mut Error) {
    let mut root = Cli::command();
    root.build();
    // clap names the subcommand in use only here.
    let usage = error.get(ContextKind::Usage).map(ToString::to_string).unwrap_or_default();
    let mut command = &root;
    for word in usage.split_whitespace().skip(2) {
        command = command.find_subcommand(word).unwrap_or(command);
    }
    error.remove(ContextKind::Suggested);
    let word = string(error, ContextKind::InvalidArg).or_else(|| string(error, ContextKind::InvalidSubcommand));
    let word = word.unwrap_or_default();
    let word = if word.starts_with('-') { word.split('=').next().unwrap_or_default() } else { &word };
    if let Some(tip) = tip(word).filter(|tip| fits(tip, command)) {
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    } else if let Some(option) = word.strip_prefix("--").and_then(|name| nearest(name, options(command))) {
        error.insert(ContextKind::SuggestedArg, ContextValue::String(format!("--{option}")));
    } else if let Some(subcommand) = nearest(word, command.get_subcommands().map(Command::get_name)) {
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::String(subcommand.to_owned()));
    }
}

fn options(command: &Command) -> impl Iterator<Item = &str> {
    command.get_arguments().filter_map(|option| option.get_long())
}

/// Whether a tip is right for this command: the command takes the options that the tip names.
fn fits(tip: &str, command: &Command) -> bool {
    let mut named = tip.split([' ', ',', ';']).filter_map(|word| word.strip_prefix("--"));
    tip.starts_with('`') || named.all(|name| options(command).any(|option| option == name))
}

/// The name that `word` is a typing mistake or the beginning of.
fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let is_near = |name: &&str| {
        let distance = strsim::osa_distance(word, name);
        distance <= 2 && 2 * distance < word.len() || word.len() > 1 && name.starts_with(word)
    };
    names.filter(is_near).min_by_key(|name| (!name.starts_with(word), strsim::osa_distance(word, name)))
}

/// Keeps clap from repeating an unexpected word: it may be a secret without its option, or part of an unquoted one.
/// Names of options are not secret, nor are words of other tools and near misses of subcommands.
fn hide_words(error: &mut Error) {
    let is_near = error.get(ContextKind::SuggestedSubcommand).is_some();
    for kind in [ContextKind::InvalidArg, ContextKind::InvalidSubcommand, ContextKind::PriorArg] {
        let Some(word) = string(error, kind) else { continue };
        let shown = match word.split_once('=') {
            Some((name, _)) if name.starts_with('-') => name.to_owned(),
            _ if word.starts_with('-') || is_placeholder(&word) || is_near || tip(&word).is_some() => continue,
            _ => NOT_SHOWN.to_owned(),
        };
        error.insert(kind, ContextValue::String(shown));
    }
    if error.kind() == ErrorKind::TooManyValues && error.get(ContextKind::InvalidValue).is_some() {
        error.insert(ContextKind::InvalidValue, ContextValue::String(NOT_SHOWN.to_owned()));
    }
}

/// Escapes what clap repeats of an argument, so that it cannot move the cursor or forge a line.
fn escape_words(error: &mut Error) {
    let context: Vec<_> = error.context().map(|(kind, value)| (kind, value.clone())).collect();
    for (kind, value) in context {
        if let ContextValue::String(word) = value {
            error.insert(kind, ContextValue::String(escape(&word)));
        }
    }
}

fn string(error: &Error, kind: ContextKind) -> Option<String> {
    let Some(ContextValue::String(word)) = error.get(kind) else { return None };
    Some(word.clone())
}

/// `<SHELL>` or `[TOKEN]`: clap's name of a missing or invalid argument.
fn is_placeholder(word: &str) -> bool {
    let within = |start, end| word.strip_prefix(start).and_then(|word| word.strip_suffix(end));
    let name = within('<', '>').or_else(|| within('[', ']'));
    name.is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_uppercase()))
}
