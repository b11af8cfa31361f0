//! What authenticates the client, a secret, an assertion or a signing key, and where it comes from.
//!
//! A `CredentialSource` says where it is; only `CredentialSource::get` reads a file, runs a command or prompts.

mod command;
mod mistakes;
mod prompt;
mod source;

use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

pub(crate) use command::end_running as end_running_command;
pub(crate) use mistakes::{Mistake, confused, mistakes};
pub(crate) use source::{Cost, CredentialError, CredentialSource, Kind, Missing, Place, Problem, Unreadable};

use crate::base::origin::Origin;
use crate::base::secret::Secret;

/// A client identifier (RFC 6749 §2.2) that is not empty and has no control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClientId(String);

impl ClientId {
    pub fn new(text: &str) -> Option<Self> {
        let is_valid = !text.is_empty() && !text.chars().any(char::is_control);
        is_valid.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Debug)]
pub(crate) struct ClientCredentials {
    /// An assertion names the client itself.
    pub id: Option<ClientId>,
    pub kind: Kind,
    /// The secret, the assertion, or the key in PEM.
    pub secret: Secret,
    /// The setting that gives it; `None` if it was typed or read before.
    pub by: Option<Origin>,
}

impl ClientCredentials {
    /// What is probably wrong with a client secret.
    pub fn mistake(&self) -> Option<Mistake> {
        let (Kind::Secret, Some(id)) = (self.kind, &self.id) else { return None };
        let secret = self.secret.expose();
        mistakes(secret).next().or_else(|| confused(id.as_str(), secret))
    }
}

/// Whether the path may be a secret, by mistake: no such file exists, and it has no `/`, or looks like base64 or PEM.
pub(crate) fn may_be_a_secret(path: &Path) -> bool {
    const SHORTEST: usize = 16;
    let name = path.as_os_str().as_bytes();
    let has = |is_one: fn(&u8) -> bool| name.iter().any(is_one);
    let is_mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit);
    let is_spelt = name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte));
    let is_base64 = name.len() >= SHORTEST && is_mixed && is_spelt && (name.ends_with(b"=") || name.contains(&b'+'));
    // Also if its lines were joined. The base64 of a key nearly always contains a `/`.
    let is_pem = name.contains(&b'\n') || name.windows(5).any(|dashes| dashes == b"-----");
    (is_base64 || is_pem || !name.contains(&b'/')) && !path.exists()
}

/// Whether the client id looks like a generated secret, and the secret, if it is known, does not.
pub(crate) fn are_swapped(client_id: &str, secret: Option<&str>) -> bool {
    is_generated(client_id) && !secret.is_some_and(is_generated)
}

/// Keycloak generates 32 random letters and digits. A name may end in a year.
fn is_generated(text: &str) -> bool {
    let runs_of_digits = || text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).count();
    let is_letter_or_digit = |c: char| c.is_ascii_alphanumeric();
    text.len() >= 20 && text.chars().all(is_letter_or_digit) && text != text.to_lowercase() && runs_of_digits() > 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_in_the_secrets_place() {
        assert!(are_swapped("Zk3vQ9xW7tB2nM5rL8pY1sD4", Some("acme")));
        assert!(are_swapped("Zk3vQ9xW7tB2nM5rL8pY1sD4", None));
        assert!(!are_swapped("acme", Some("Zk3vQ9xW7tB2nM5rL8pY1sD4")));
        assert!(!are_swapped("Zk3vQ9xW7tB2nM5rL8pY1sD4", Some("aB3vQ9xW7tB2nM5rL8pY1sD4")));
        for (id, secret) in [
            ("acme-fleet-integration", "acme"),
            ("Acme-Fleet-Integration-2024", "9f8b2c1e-6d0c-4c7e-9a44-3f1f6e1d2c55"),
            ("AcmeFleetIntegration2024", "correcthorsebatterystaple"),
            ("https://Acme.example/fleet1", "acme"),
        ] {
            assert!(!are_swapped(id, Some(secret)), "{id}");
        }
    }
}
