//! How a token is printed.

use std::fmt;
use std::time::Duration;

use crate::cli::exec_credential::{self, ApiVersion};
use crate::display::untrusted::escape_json;
use crate::oauth::token_response::TokenResponse;

/// How a token is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The token and a line break.
    Token,
    /// The server's response on one line, every field unchanged, with unsafe characters as JSON escapes.
    Json,
    /// For `curl -H @-`.
    Header,
    /// For `curl -K -`.
    Curl,
    /// For a dotenv file or systemd's `EnvironmentFile=`.
    Env,
    /// For `eval` in a POSIX shell, fish, PowerShell.
    Sh,
    Fish,
    Powershell,
    /// For kubectl and client-go.
    ExecCredential,
}

/// What some formats need beside the token.
pub struct Extra<'a> {
    pub env_name: &'a EnvName,
    pub api_version: ApiVersion,
    /// For how long the token is fresh enough, if that is known.
    pub left: Option<Duration>,
}

impl Format {
    pub const NAMES: [&str; 9] =
        ["token", "json", "header", "curl", "env", "sh", "fish", "powershell", "exec-credential"];

    const ALL: [Self; 9] = [
        Self::Token,
        Self::Json,
        Self::Header,
        Self::Curl,
        Self::Env,
        Self::Sh,
        Self::Fish,
        Self::Powershell,
        Self::ExecCredential,
    ];

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    pub fn has_env_name(self) -> bool {
        matches!(self, Self::Env | Self::Sh | Self::Fish | Self::Powershell)
    }

    /// The text to print, with its line break. A token needs no escaping: its characters are not special in any format.
    pub fn text(self, response: &TokenResponse, extra: &Extra<'_>) -> String {
        let (token, name) = (response.access_token.expose(), extra.env_name);
        match self {
            Self::Token => format!("{token}\n"),
            Self::Json => escape_json(&response.json) + "\n",
            Self::Header => format!("Authorization: Bearer {token}\n"),
            Self::Curl => format!("header = \"Authorization: Bearer {token}\"\n"),
            Self::Env => format!("{name}={token}\n"),
            Self::Sh => format!("export {name}='{token}'\n"),
            Self::Fish => format!("set -gx {name} '{token}'\n"),
            Self::Powershell => format!("$env:{name} = '{token}'\n"),
            Self::ExecCredential => exec_credential::text(extra.api_version, token, extra.left),
        }
    }
}

/// The name of an environment variable: `[A-Za-z_][A-Za-z0-9_]*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvName(String);

impl EnvName {
    /// clap prints the error.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let starts_well = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let is_name = starts_well && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        is_name.then(|| Self(text.to_owned())).ok_or("use letters, digits and '_', and no digit at the start")
    }
}

impl Default for EnvName {
    fn default() -> Self {
        Self("CATENA_TOKEN".to_owned())
    }
}

impl fmt::Display for EnvName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_one_name() {
        for format in Format::ALL {
            assert_eq!(Format::named(format.name()), Some(format));
        }
        assert_eq!(Format::named("yaml"), None);
        assert_eq!(Format::named("Token"), None);
    }

    #[test]
    fn names_of_variables() {
        for good in ["A", "_", "API_TOKEN2"] {
            assert!(EnvName::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "2A", "A-B", "A B", "A=B", "Ä", "A;rm"] {
            assert!(EnvName::parse(bad).is_err(), "{bad}");
        }
    }
}
