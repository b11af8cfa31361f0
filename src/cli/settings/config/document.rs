//! The text of the configuration file: settings at the top level, and a table for each profile.
//!
//! All of it is checked, not only the profile in use: a mistake shows before it matters.

use std::ffi::OsString;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::LineProblem;
use super::file::line;
use super::keys::{self, KEYS, PROFILE, Type};
use crate::cli::settings::nearest::nearest;

/// A setting of the file. Several texts are those of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub key: &'static str,
    pub line: usize,
    pub texts: Vec<OsString>,
}

/// What a relative path and `~` are for.
#[derive(Clone, Copy)]
pub struct Base<'a> {
    pub directory: &'a Path,
    pub home: Option<&'a Path>,
}

/// The settings at the top level and those of one profile, and the names of all profiles.
pub struct Document {
    pub top: Vec<Entry>,
    /// `None` if there is no such profile, or none is chosen.
    pub profile: Option<Vec<Entry>>,
    pub names: Vec<String>,
}

/// The problem, and where it is: its offset, or its line.
type Problem = (usize, LineProblem);

impl Document {
    pub fn parse(text: &str, chosen: Option<&str>, base: Base<'_>) -> Result<Self, Problem> {
        let line = |offset| line(text.as_bytes(), offset);
        let mut document = base.read(text, chosen).map_err(|(offset, problem)| (line(offset), problem))?;
        // Counted for those in use only.
        let entries = document.top.iter_mut().chain(document.profile.iter_mut().flatten());
        entries.for_each(|entry| entry.line = line(entry.line));
        Ok(document)
    }
}

impl Base<'_> {
    /// With offsets in place of lines.
    fn read(self, text: &str, chosen: Option<&str>) -> Result<Document, Problem> {
        let table = DeTable::parse(text).map_err(|error| {
            (error.span().map_or(0, |span| span.start), LineProblem::NotToml(error.message().to_owned()))
        })?;
        let (mut top, mut profile, mut names) = (Vec::new(), None, Vec::new());
        for (key, value) in table.get_ref() {
            let DeValue::Table(profiles) = value.get_ref() else {
                top.push(self.entry(key, value)?);
                continue;
            };
            if key.get_ref() != PROFILE {
                return Err(unknown(key));
            }
            for (name, value) in profiles {
                let DeValue::Table(table) = value.get_ref() else { return Err(unknown(name)) };
                let entries = table.iter().map(|(key, value)| self.entry(key, value)).collect::<Result<_, _>>()?;
                names.push((name.span().start, name.get_ref().to_string()));
                if chosen == Some(name.get_ref()) {
                    profile = Some(entries);
                }
            }
        }
        names.sort_unstable();
        Ok(Document { top, profile, names: names.into_iter().map(|(_, name)| name).collect() })
    }

    fn entry<T: AsRef<str>>(self, key: &Spanned<T>, value: &Spanned<DeValue<'_>>) -> Result<Entry, Problem> {
        let (name, at) = (key.get_ref().as_ref(), key.span().start);
        if let Some(secret) = keys::secret(name) {
            return Err((at, LineProblem::Secret(secret)));
        }
        let (key, kind) = match keys::find(name) {
            Some(known) => known,
            None if name == PROFILE => return Err((at, LineProblem::WrongType(name.to_owned(), "a table"))),
            None => return Err(unknown(key)),
        };
        let wrong = || (at, LineProblem::WrongType(name.to_owned(), expected(kind)));
        let text = match (kind, value.get_ref()) {
            (Type::Text | Type::Duration, DeValue::String(text)) => OsString::from(text.as_ref()),
            (Type::Path, DeValue::String(text)) if text == "-" => return Err((at, LineProblem::Stdin(key))),
            (Type::Path, DeValue::String(text)) => self.path(text),
            (Type::Duration | Type::Number, DeValue::Integer(number)) if number.radix() == 10 => number.as_str().into(),
            (Type::Switch, DeValue::Boolean(is_on)) => is_on.to_string().into(),
            (Type::List, DeValue::Array(list)) => {
                let text = |value: &Spanned<DeValue<'_>>| value.get_ref().as_str().map(OsString::from);
                let texts = list.iter().map(text).collect::<Option<_>>().ok_or_else(wrong)?;
                return Ok(Entry { key, line: at, texts });
            }
            _ => return Err(wrong()),
        };
        Ok(Entry { key, line: at, texts: vec![text] })
    }

    fn path(self, text: &str) -> OsString {
        match (text.strip_prefix("~/"), self.home) {
            (Some(rest), Some(home)) => home.join(rest).into(),
            _ if text.is_empty() => OsString::new(),
            _ => self.directory.join(text).into(),
        }
    }
}

fn unknown<T: AsRef<str>>(key: &Spanned<T>) -> Problem {
    let known = KEYS.iter().map(|(key, _)| *key).chain([PROFILE]);
    let name = key.get_ref().as_ref();
    (key.span().start, LineProblem::UnknownKey(name.to_owned(), nearest(name, known)))
}

fn expected(kind: Type) -> &'static str {
    match kind {
        Type::Text | Type::Path => "a string",
        Type::Duration => "a string such as \"30s\", or a number of seconds",
        Type::Number => "a number",
        Type::Switch => "true or false",
        Type::List => "a list of strings",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn base() -> Base<'static> {
        Base { directory: Path::new("/d"), home: None }
    }

    proptest! {
        /// Bytes of any kind, and those of TOML.
        #[test]
        fn any_text_is_read_or_refused_with_a_line_of_it(
            text in prop_oneof![any::<String>(), "[a-z\\[\\]{}='\"\n .,#0-9-]{0,60}"],
        ) {
            if let Err((line, _)) = Document::parse(&text, None, base()) {
                prop_assert!(line <= 1 + text.matches('\n').count());
            }
        }
    }
}
