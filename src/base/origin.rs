//! Where the value of a setting comes from.

use std::fmt;

/// A flag or a variable by its name, the default, or the system itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Default,
    System,
    Flag(&'static str),
    Variable(&'static str),
}

impl Origin {
    pub fn is_flag(self) -> bool {
        matches!(self, Self::Flag(_))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default",
            Self::System => "the system's",
            Self::Flag(name) | Self::Variable(name) => name,
        })
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
