//! Where the value of a setting comes from.

use std::fmt;
use std::path::PathBuf;

/// A flag or a variable by its name, a line of the configuration file, the default, or the system itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Default,
    System,
    Flag(&'static str),
    Variable(&'static str),
    /// It lives as long as the process, which reads one file.
    Line(&'static Line),
}

/// A line of the configuration file, in a profile or at the top level.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub path: PathBuf,
    pub number: usize,
    pub key: &'static str,
    pub is_profile: bool,
}

impl Origin {
    pub fn is_flag(self) -> bool {
        matches!(self, Self::Flag(_))
    }

    /// Whether one does not override the other.
    pub fn is_beside(self, other: Self) -> bool {
        match (self, other) {
            (Self::Line(own), Self::Line(other)) => own.is_profile == other.is_profile,
            (Self::Flag(_), Self::Flag(_)) | (Self::Variable(_), Self::Variable(_)) => true,
            _ => false,
        }
    }
}

/// `{}` says where it is, `{:#}` also its key in the file.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::System => f.write_str("the system's"),
            Self::Flag(name) | Self::Variable(name) => f.write_str(name),
            Self::Line(Line { path, number, key, .. }) if f.alternate() => {
                write!(f, "'{key}' ({}:{number})", path.display())
            }
            Self::Line(Line { path, number, .. }) => write!(f, "{}:{number}", path.display()),
        }
    }
}

#[cfg(test)]
impl From<&'static str> for Origin {
    /// As it is shown.
    fn from(name: &'static str) -> Self {
        match name {
            "default" => Self::Default,
            flag if flag.starts_with("--") => Self::Flag(flag),
            variable => Self::Variable(variable),
        }
    }
}
