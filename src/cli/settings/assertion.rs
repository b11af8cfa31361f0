//! The settings that are for one kind of credential: those of assertions and signing keys, and `--client-auth`.

use super::setting::{Checked, Name, Problem, Reader, Setting, SettingError, Sources};
use crate::base::origin::Origin;
use crate::cli::args::AssertionArgs;
use crate::credential::{CredentialSource, Kind};
use crate::http::endpoint::{LONGEST, UnusableUrl};
use crate::oauth::assertion::AssertionType;
use crate::oauth::client_auth::ClientAuth;
use crate::oauth::signing_key::Algorithm;

/// The settings of an assertion, and of the key that signs one.
#[derive(Clone)]
pub struct AssertionSetting {
    pub audience: Checked<Option<String>>,
    pub kind: Checked<Option<AssertionType>>,
    pub key_id: Checked<Option<String>>,
    pub algorithm: Checked<Option<Algorithm>>,
}

impl AssertionSetting {
    /// `credential`: `None` if it is invalid, which another error says.
    pub fn resolve(args: AssertionArgs, credential: Option<Kind>, sources: Sources<'_>) -> Self {
        let AssertionArgs { assertion_audience, client_assertion_type, signing_key_id, signing_alg } = args;
        let read = |name, flag, variables| Reader { name, flag, variables, sources };
        let text = |text: &str| match text {
            "" => Err(Problem::Empty),
            text if text.contains(char::is_control) => Err(Problem::ControlCharacter),
            text if text.len() > LONGEST => Err(UnusableUrl::TooLong(LONGEST).into()),
            text => Ok(Some(text.to_owned())),
        };
        let audience = read(Name::AssertionAudience, "--assertion-audience", &["CATENA_ASSERTION_AUDIENCE"]);
        let kind = read(Name::AssertionType, "--client-assertion-type", &[]);
        let key_id = read(Name::SigningKeyId, "--signing-key-id", &["CATENA_SIGNING_KEY_ID"]);
        let algorithm = read(Name::SigningAlgorithm, "--signing-alg", &["CATENA_SIGNING_ALG"]);
        let named = |text: &str| Algorithm::named(text).map(Some).ok_or(Problem::Unknown);
        let of_type = |text: &str| AssertionType::named(text).map(Some).ok_or(Problem::Unknown);
        let is = |needed| credential.is_none_or(|kind| kind == needed);
        let (is_key, is_assertion) = (is(Kind::SigningKey), is(Kind::Assertion));
        Self {
            audience: needs(
                is_key || is_assertion,
                "a client assertion or a signing key",
                audience.name,
                audience.parsed(assertion_audience, None, text),
            ),
            kind: needs(
                is_assertion,
                "a client assertion",
                kind.name,
                kind.parsed(client_assertion_type, None, of_type),
            ),
            key_id: needs(is_key, "a signing key", key_id.name, key_id.parsed(signing_key_id, None, text)),
            algorithm: needs(is_key, "a signing key", algorithm.name, algorithm.parsed(signing_alg, None, named)),
        }
    }

    pub fn errors(&self) -> impl Iterator<Item = &SettingError> {
        let errors = [self.audience.as_ref().err(), self.kind.as_ref().err()];
        errors.into_iter().chain([self.key_id.as_ref().err(), self.algorithm.as_ref().err()]).flatten()
    }
}

/// Without the credential that a setting is for, its flag is an error, and its variable has no effect.
fn needs<T>(is_given: bool, credential: &'static str, name: Name, setting: Checked<Option<T>>) -> Checked<Option<T>> {
    match setting {
        setting if is_given => setting,
        Ok(Setting { value: Some(_), origin }) if origin.is_flag() => {
            Err(SettingError { name, origin, problem: Problem::IsFor(credential), text: None })
        }
        Err(error) if error.origin.is_flag() => Err(error),
        _ => Ok(Setting::by_default(None)),
    }
}

/// `--client-auth` is for a secret. Beside another credential of the same level it is an error, else without effect.
pub fn client_auth(
    setting: Checked<ClientAuth>,
    credential: &Result<CredentialSource, SettingError>,
) -> Checked<ClientAuth> {
    match (&setting, credential) {
        (Ok(Setting { origin, .. }), Ok(source))
            if source.kind != Kind::Secret
                && *origin != Origin::Default
                && source.by().is_some_and(|by| by.is_beside(*origin)) =>
        {
            let problem = Problem::IsFor("a client secret");
            Err(SettingError { name: Name::ClientAuth, origin: *origin, problem, text: None })
        }
        _ => setting,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::settings::credential::tests::settings;

    #[test]
    fn a_flag_for_another_credential_is_refused_and_a_variable_ignored() {
        let problem = |line: &[&str], variables| settings(line, variables).errors().next().map(|e| e.problem.clone());
        let id = &[("CATENA_CLIENT_ID", "acme")];
        for (line, needed) in [
            (&["--signing-key-id", "k", "--client-secret", "s"][..], "a signing key"),
            (&["--signing-alg", "PS256"], "a signing key"),
            (&["--client-assertion-type", "jwt-spiffe", "--signing-key-file", "k"], "a client assertion"),
            (&["--assertion-audience", "a"], "a client assertion or a signing key"),
            (&["--client-auth", "basic", "--signing-key-file", "k"], "a client secret"),
        ] {
            assert_eq!(problem(line, id), Some(Problem::IsFor(needed)), "{line:?}");
        }
        let basic = &[("CATENA_CLIENT_ID", "acme"), ("CATENA_CLIENT_AUTH", "basic"), ("CATENA_SIGNING_KEY_FILE", "k")];
        assert_eq!(problem(&[], basic), Some(Problem::IsFor("a client secret")));
        let unused = &[("CATENA_CLIENT_ID", "acme"), ("CATENA_SIGNING_ALG", "x"), ("CATENA_CLIENT_AUTH", "basic")];
        assert_eq!(problem(&["--client-secret", "s"], unused), None);
        assert_eq!(problem(&["--client-assertion-file", "a"], unused), None);
        assert_eq!(problem(&["--signing-key-file", "a"], unused), Some(Problem::Unknown));
    }

    #[test]
    fn the_audience_is_the_realms_name() {
        let audience = |line: &[&str]| settings(line, &[]).assertion().unwrap().audience;
        let key = ["--signing-key-file", "k", "--issuer", "https://h/realms/r/"];
        assert_eq!(audience(&key), "https://h/realms/r");
        assert_eq!(audience(&[&key[..], &["--token-issuer", "https://n/realms/r"]].concat()), "https://n/realms/r");
        let named = ["--token-issuer", "https://n/realms/r", "--assertion-audience", "a"];
        assert_eq!(audience(&[&key[..], &named].concat()), "a");
    }
}
