//! What clap may repeat of a command line that it refuses.

use clap::error::{ContextKind, ContextValue, ErrorKind};

const NOT_REPEATED: &str = "(a word that is not repeated here)";

/// A word that stands where none belongs may be a secret with a blank in it, or one without its flag: clap must not
/// repeat it. The names of options are no secret.
pub fn hide(error: &mut clap::Error) {
    for kind in
        [ContextKind::InvalidArg, ContextKind::InvalidSubcommand, ContextKind::PriorArg, ContextKind::InvalidValue]
    {
        let shown = match (kind, error.get(kind)) {
            (ContextKind::InvalidValue, Some(_)) if error.kind() == ErrorKind::TooManyValues => NOT_REPEATED.to_owned(),
            (ContextKind::InvalidValue, _) => continue,
            (_, Some(ContextValue::String(word))) => match word.split_once('=') {
                Some((name, _)) if name.starts_with('-') => name.to_owned(),
                _ if word.starts_with('-') || is_placeholder(word) => continue,
                _ => NOT_REPEATED.to_owned(),
            },
            _ => continue,
        };
        error.insert(kind, ContextValue::String(shown));
    }
}

/// `<SHELL>` or `[TOKEN]`, as clap names a missing or wrong argument.
fn is_placeholder(word: &str) -> bool {
    let within = |start, end| word.strip_prefix(start).and_then(|word| word.strip_suffix(end));
    let name = within('<', '>').or_else(|| within('[', ']'));
    name.is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_uppercase()))
}
