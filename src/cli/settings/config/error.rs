//! Why the configuration file cannot be used.

use std::path::PathBuf;

/// - `Unreadable`: with the number of the system's error.
/// - `OpenToAll`, `OfAnother`: the file says where a secret goes. Its mode, its owner.
/// - `NoPlace`: neither a setting nor the home says where it is.
/// - `NoProfile`: with the names of those that are there; `file` is `None` if there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigProblem {
    Stdin,
    Unreadable(PathBuf, i32),
    NotAFile(PathBuf),
    TooLong(PathBuf),
    OpenToAll(PathBuf, u32),
    OfAnother(PathBuf, u32),
    NoPlace,
    NoProfile { name: String, file: Option<PathBuf>, names: Vec<String> },
    Line(PathBuf, usize, LineProblem),
}

/// What is wrong with a line. Its keys are shown, its values are not: one may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineProblem {
    NotUtf8,
    NotToml(String),
    /// With the nearest one that is known.
    UnknownKey(String, Option<&'static str>),
    /// With what is expected.
    WrongType(String, &'static str),
    /// The text of a credential.
    Secret(&'static str),
    /// A file that is standard input.
    Stdin(&'static str),
}

impl ConfigProblem {
    /// Whether the text of the file or of a setting is wrong, not what the setting points at.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Stdin | Self::Line(..))
    }
}
