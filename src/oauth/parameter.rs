//! A further parameter of the token request, such as `audience` or `resource` (RFC 8707).

use thiserror::Error;

/// Part of what a token is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub name: String,
    pub value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{self:?}")]
pub enum UnusableParameter {
    /// Not `NAME=VALUE`.
    NoName,
    /// The request has this one anyway: a server could take either.
    Ours(&'static str),
}

/// The parameters of the request itself, and the setting for each.
const OURS: [(&str, &str); 4] =
    [("client_id", "--client-id"), ("client_secret", "--client-secret-file"), ("scope", "--scope"), ("grant_type", "")];

impl Parameter {
    pub fn parse(text: &str) -> Result<Self, UnusableParameter> {
        let (name, value) = text.split_once('=').unwrap_or_default();
        if name.is_empty() {
            return Err(UnusableParameter::NoName);
        }
        if name.starts_with("client_assertion") {
            return Err(UnusableParameter::Ours(""));
        }
        match OURS.into_iter().find(|(own, _)| *own == name) {
            Some((_, setting)) => Err(UnusableParameter::Ours(setting)),
            None => Ok(Self { name: name.to_owned(), value: value.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_has_a_name_that_the_request_does_not_have() {
        let parameter = Parameter::parse("audience=https://api?a=b").unwrap();
        assert_eq!((parameter.name.as_str(), parameter.value.as_str()), ("audience", "https://api?a=b"));
        assert!(Parameter::parse("resource=").is_ok());
        for none in ["", "audience", "=x"] {
            assert_eq!(Parameter::parse(none), Err(UnusableParameter::NoName), "{none}");
        }
        for (ours, setting) in [
            ("grant_type=password", ""),
            ("client_id=a", "--client-id"),
            ("client_secret=a", "--client-secret-file"),
            ("scope=a", "--scope"),
            ("client_assertion=a", ""),
            ("client_assertion_type=a", ""),
        ] {
            assert_eq!(Parameter::parse(ours), Err(UnusableParameter::Ours(setting)), "{ours}");
        }
    }
}
