//! The words for the errors of settings.

use super::{Words, config, credential, store};
use crate::base::secret::UnusableSecret;
use crate::cli::format::Format;
use crate::cli::settings::{Name, Problem, Setting, SettingError};
use crate::http::endpoint::UnusableUrl;
use crate::oauth::assertion::AssertionType;
use crate::oauth::parameter::UnusableParameter;
use crate::oauth::scope::Scope;
use crate::oauth::signing_key::Algorithm;

pub const ID_TOKEN: &str = "the GitHub job needs 'permissions: id-token: write'; a fork's pull request cannot have it";

pub fn words(error: &SettingError) -> Words {
    let SettingError { problem, origin, .. } = error;
    if let Problem::Config(problem) = problem {
        return config::words(problem, *origin);
    }
    let text = error.text.as_ref().map_or_else(String::new, |text| format!(" '{text}'"));
    let why = why(error);
    let words = match problem {
        Problem::Missing { .. } => format!("no client id: {why}"),
        Problem::Conflict(_) if error.name == Name::Store => format!("more than one password of the cache: {why}"),
        Problem::Conflict(_) => format!("more than one credential: {why}"),
        Problem::Duration(_) => format!("{origin:#}: invalid duration{text} ({why})"),
        Problem::Url(_) => format!("{origin:#}: invalid URL{text} ({why})"),
        Problem::Unknown => format!("{origin:#}: invalid value{text} ({why})"),
        _ => format!("cannot use {origin:#}: {why}"),
    };
    Words::new(words, hint(error))
}

fn why(SettingError { name, problem, .. }: &SettingError) -> String {
    match problem {
        Problem::Missing { is_empty: true } => "--client-id is not given and CATENA_CLIENT_ID is set but empty".into(),
        Problem::Missing { is_empty: false } => "--client-id is not given and CATENA_CLIENT_ID is not set".into(),
        Problem::Conflict(origins) => {
            let origins: Vec<String> = origins.iter().map(|origin| format!("{origin:#}")).collect();
            format!("{} are set", origins.join(" and "))
        }
        Problem::EndsInLineBreak => credential::unusable(UnusableSecret::EndsInLineBreak).into(),
        Problem::NotUtf8 => "it is not UTF-8".into(),
        Problem::Unknown => match name {
            Name::ClientAuth => "expected post or basic".into(),
            Name::ClientCertificate => "expected a file".into(),
            Name::SigningAlgorithm => format!("expected {}", Algorithm::NAMES.join(", ")),
            Name::Format => format!("expected {}", Format::NAMES.join(", ")),
            Name::AssertionType => format!("expected {}", AssertionType::NAMES.join(" or ")),
            Name::Retries => format!("expected a number from 0 to {}", u32::MAX),
            _ => "expected 1, true, yes, on, 0, false, no or off".into(),
        },
        Problem::Empty => "it is empty".into(),
        Problem::PasswordInFile => "it contains a password, which does not belong into the file".into(),
        Problem::UnknownRunner => "expected github".into(),
        Problem::NoRunner => "ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN are not set".into(),
        Problem::IsFor(credential) => format!("it is for {credential}, and none is given"),
        Problem::ControlCharacter => "it contains a line break or another control character".into(),
        Problem::Duration(why) => why.to_string(),
        Problem::Url(why) if *name == Name::Store => store::url(*why).into(),
        Problem::Url(why) => url(*why),
        Problem::ExecInfo(_) => "its apiVersion is neither client.authentication.k8s.io/v1 nor …/v1beta1".into(),
        Problem::EnvName(why) => (*why).into(),
        Problem::Config(_) => String::new(),
        Problem::Parameter(UnusableParameter::NoName) => "expected NAME=VALUE".into(),
        Problem::Parameter(UnusableParameter::Ours(_)) => "the request already has that parameter".into(),
        Problem::Scope(_) => {
            format!("a scope has at most {} printable ASCII characters, and no '\"' or '\\'", Scope::LONGEST)
        }
        Problem::Secret(why) => credential::unusable(*why).into(),
        Problem::UnusedEnvName(Setting { value, origin }) => {
            format!("the format '{}' ({origin}) does not use a variable name", value.name())
        }
    }
}

fn url(why: UnusableUrl) -> String {
    let why = match why {
        UnusableUrl::TooLong(limit) => return format!("it has more than {limit} characters"),
        UnusableUrl::NotUrl => "expected https://HOST",
        UnusableUrl::NotAscii => "write the host in ASCII, xn--…",
        UnusableUrl::Scheme => "expected http:// or https://",
        UnusableUrl::Port => "expected a port from 1 to 65535",
        UnusableUrl::Quoted => "remove the quotation marks: they are part of it",
        UnusableUrl::NotHttps => "it must start with https://",
        UnusableUrl::UserName => "remove the user name: everything before the @",
        UnusableUrl::QueryOrFragment => "remove the query or fragment: everything from ? or # on",
        UnusableUrl::Fragment => "remove the fragment: everything from # on",
        UnusableUrl::OfEndpoint => "it is an endpoint: remove everything after the realm's name",
        UnusableUrl::PlainHttp => "http would send the secret unencrypted: use https",
    };
    why.to_owned()
}

fn hint(SettingError { name, problem, .. }: &SettingError) -> &'static str {
    match (name, problem) {
        (_, Problem::Missing { .. }) => "use --client-id or set CATENA_CLIENT_ID",
        (_, Problem::Conflict(_)) => "unset all but one of them, or use an option",
        (_, Problem::PasswordInFile) => "set CATENA_CACHE_PASSWORD_FILE or CATENA_CACHE_PASSWORD",
        (_, Problem::NoRunner) => ID_TOKEN,
        (_, Problem::UnusedEnvName(_)) => "use it with --format env, sh, fish or powershell",
        (_, Problem::EndsInLineBreak) => "does the file have Windows line endings? Remove them: sed -i 's/\\r$//' FILE",
        (_, Problem::Parameter(UnusableParameter::Ours(setting))) => setting,
        (_, Problem::ExecInfo(_)) => "write 'apiVersion: client.authentication.k8s.io/v1' in the kubeconfig's 'exec'",
        (Name::Issuer, _) => "a realm's URL is https://HOST/realms/NAME",
        (Name::Store, Problem::Url(_)) => "a store's URL is redis://HOST:PORT, or rediss://HOST:PORT with TLS",
        (Name::Proxy, _) => "a proxy's URL is http://HOST:PORT or https://HOST:PORT",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::origin::Origin;
    use crate::cli::error::Exit;
    use crate::cli::message::printed;

    #[test]
    fn an_error_reads_what_then_why_with_its_code_and_hint() {
        let error = |name, origin: &'static str, problem| {
            let origin = origin.into();
            printed(SettingError { name, origin, problem, text: None })
        };
        for (printed, exit, text, hint) in [
            (
                error(Name::ClientId, "default", Problem::Missing { is_empty: true }),
                Exit::Setup,
                "no client id: --client-id is not given and CATENA_CLIENT_ID is set but empty",
                Some("use --client-id or set CATENA_CLIENT_ID"),
            ),
            (
                error(Name::Credential, "A", Problem::Conflict(["A", "B", "C"].map(Origin::from).into())),
                Exit::Usage,
                "more than one credential: A and B and C are set",
                Some("unset all but one of them, or use an option"),
            ),
            (
                error(Name::Timeout, "CATENA_TIMEOUT", Problem::NotUtf8),
                Exit::Usage,
                "cannot use CATENA_TIMEOUT: it is not UTF-8",
                None,
            ),
            (
                error(Name::Issuer, "CATENA_ISSUER", Problem::Url(UnusableUrl::UserName)),
                Exit::Usage,
                "CATENA_ISSUER: invalid URL (remove the user name: everything before the @)",
                Some("a realm's URL is https://HOST/realms/NAME"),
            ),
            (
                error(Name::Proxy, "--proxy", Problem::Url(UnusableUrl::NotUrl)),
                Exit::Usage,
                "--proxy: invalid URL (expected https://HOST)",
                Some("a proxy's URL is http://HOST:PORT or https://HOST:PORT"),
            ),
        ] {
            assert_eq!(printed, (exit, text.to_owned(), hint.unwrap_or_default().to_owned()));
        }
    }
}
