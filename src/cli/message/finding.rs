//! What `doctor` warns about, as data, and its words.

use std::io;
use std::path::Path;
use std::time::Duration;

use super::doctor::clock;
use super::local::reason;
use super::shown::no_cache;
use super::{Words, event, of_step_error, store};
use crate::base::duration::in_words;
use crate::base::event::Warning;
use crate::cli::settings::NoCache;
use crate::credential::Mistake;
use crate::oauth::error::AskedAs;
use crate::oauth::issuer::Issuer;
use crate::token::source::TokenError;
use crate::token::store::StoreError;

/// Something to fix that does not make a call fail. Text of a server is escaped already.
///
/// - `Mistake`: in the client id or the client secret, and the origin of that setting.
/// - `ShortSecret`: the secret's origin comes first.
/// - `OpenFile`: of the credential, its origin, its mode and its path.
/// - `UnreadVariable`: with the variable that was probably meant.
/// - `OtherIssuer` and `TokenOfOtherIssuer`: theirs, then ours.
/// - `Undocumented`: the member that the discovery document lacks.
/// - `Clock`: the difference, and whether this machine is ahead.
/// - `NoOrganisation`: whether the service account may be in several.
pub enum Finding<'a> {
    Mistake(&'static str, &'a str, Mistake),
    EmptyVariable(&'a str),
    UnreadVariable(&'a str, Option<&'a str>),
    UnusedCredential(&'a str),
    UnmatchedNoProxy(&'a str, &'a str),
    Warned(&'a str),
    NoRealmInIssuer,
    ShortSecret(&'a str, usize),
    OpenFile(&'static str, &'a str, u32, &'a Path),
    AssertionExpired,
    CertificateNotValid,
    CertificateEnds(Duration),
    NoDiscovery(&'a TokenError),
    Undocumented(&'static str),
    OtherIssuer(&'a str, &'a str),
    OtherTokenEndpoint(&'a str),
    Clock(Duration, bool),
    NoLifetime,
    TokenOfOtherIssuer(&'a str, &'a str),
    TokenOfOtherClient(&'a str),
    NoAccessToken,
    TokenEnded,
    NoOrganisation(bool),
    NoCacheDirectory,
    NoRoom(&'a Path, &'a io::Error),
    NoLocks(&'a io::Error),
    NotShared(usize),
    Store(&'a StoreError),
}

pub fn words(finding: Finding<'_>) -> Words {
    match finding {
        Finding::Mistake(of, origin, mistake) => {
            let (what, hint) = match mistake {
                Mistake::Unexpanded => (
                    "looks like an unexpanded reference, as in '$NAME' or '${{ … }}'",
                    "let the shell or the CI system expand it: nothing is expanded in single quotes or in a file",
                ),
                Mistake::Quoted => (
                    "is in quotation marks, which are part of it",
                    "remove them: some readers of dotenv files, 'docker --env-file' or YAML keep them",
                ),
                Mistake::Blank => ("begins or ends with whitespace", "remove it, unless it was issued like that"),
                Mistake::SameAsId => ("is the same as the client id", "set it to the secret"),
                Mistake::Swapped => ("looks like a client id, and the client id like a secret", "swap them"),
            };
            Words::new(format!("the {of} ({origin}) {what}"), hint)
        }
        Finding::EmptyVariable(name) => Words::new(
            format!("{name} is set but empty, so it is ignored"),
            format!("give {name} a value or unset it: a missing CI secret expands to nothing"),
        ),
        Finding::UnreadVariable(name, nearest) => Words::new(
            format!("unknown variable {name}"),
            match nearest {
                Some(nearest) => format!("did you mean {nearest}?"),
                None => "unset it, or check its name: 'catena-token --help' lists them all".into(),
            },
        ),
        Finding::UnusedCredential(name) => Words::new(
            format!("{name} also gives a credential, which is ignored"),
            format!("unset {name} if the credential in use is the right one"),
        ),
        Finding::UnmatchedNoProxy(name, entry) => Words::new(
            format!(
                "'{entry}' in {name} matches no host (as in curl): an entry cannot have a port, and '*' is only \
                 valid alone"
            ),
            "remove '*' and the port: 'example.com' also matches every name below it",
        ),
        Finding::Warned(text) => Words::new(text, ""),
        Finding::NoRealmInIssuer => Words::new(
            "the issuer does not end in '/realms/NAME', as Keycloak's issuers do",
            format!("check --issuer; the default is {}", Issuer::default().as_str()),
        ),
        Finding::ShortSecret(origin, length) => {
            let s = if length == 1 { "" } else { "s" };
            Words::new(
                format!("the client secret ({origin}) has only {length} character{s}; Keycloak generates 32"),
                "is the secret complete? A short secret can be guessed from a stolen cache file: generate a longer \
                 one, or use --no-cache",
            )
        }
        Finding::OpenFile(of, origin, mode, path) => {
            let (who, fix) = match mode {
                mode if mode & 0o002 != 0 => ("other users of this machine can change", "600"),
                mode if mode & 0o004 != 0 => ("other users of this machine can read", "600"),
                _ => ("the group can change", "g-w"),
            };
            Words::new(
                format!("{who} the file with the {of} ({origin}, mode {mode:04o})"),
                format!("run 'chmod {fix} {}'", path.display()),
            )
        }
        Finding::AssertionExpired => Words::new(
            "the client assertion has expired by this machine's clock",
            "get a new one: is its file still updated?",
        ),
        Finding::CertificateNotValid => Words::new(
            "the client certificate has expired or is not valid yet, by this machine's clock",
            "renew it, or set this machine's clock",
        ),
        Finding::CertificateEnds(left) => Words::new(
            format!("a certificate of the server expires in {}", in_words(left)),
            "the server's owner must renew it in time",
        ),
        Finding::NoDiscovery(error) => of_step_error(error),
        Finding::Undocumented(member) => {
            Words::new(format!("the discovery document has no {member}"), "check --issuer: is it a realm?")
        }
        Finding::OtherIssuer(theirs, ours) => Words::new(
            format!(
                "the realm's issuer is '{theirs}', but --issuer is '{ours}': an API that expects one rejects \
                 tokens from the other"
            ),
            "if you trust that host, use it in --issuer; otherwise ask the realm's administrator to fix the hostname \
             setting",
        ),
        Finding::OtherTokenEndpoint(url) => Words::new(
            format!("the realm's token endpoint is on another origin than --issuer: '{url}'"),
            "ask the realm's administrator about its hostname setting, or which --issuer to use",
        ),
        Finding::Clock(apart, is_ahead) => Words::new(
            format!(
                "this machine's clock is {}: valid tokens and certificates may look expired or not yet valid",
                clock(apart, is_ahead)
            ),
            "set this machine's clock (NTP, 'timedatectl'), or ask the server's owner to set the server's",
        ),
        Finding::NoLifetime => Words::new(
            "the response has no usable 'expires_in': the token is not cached, and each call requests a new one",
            "ask the realm's administrator for tokens with a lifetime",
        ),
        Finding::TokenOfOtherIssuer(theirs, ours) => Words::new(
            format!("the token's issuer is '{theirs}', but --issuer is '{ours}'"),
            "if you trust that host, use it in --issuer: an API may compare the two",
        ),
        Finding::TokenOfOtherClient(client) => {
            Words::new(format!("the token is for the client '{client}', not for --client-id"), "check --client-id")
        }
        Finding::NoAccessToken => {
            Words::new("the token's 'typ' is not that of an access token", "report this to the realm's administrator")
        }
        Finding::TokenEnded => Words::new(
            "the token has already expired, according to its 'exp' and this machine's clock",
            "check the step 'clock'; if the clock is right, report this to the realm's administrator: APIs reject the \
             token",
        ),
        Finding::NoOrganisation(may_be_several) => Words::new(
            "the token names no organisation, which Catena's API requires",
            if may_be_several {
                "try --scope 'organization:*' in case the service account is in several organisations; otherwise ask \
                 the realm's administrator to add it to one, or to assign the scope to this client"
            } else {
                "ask the realm's administrator to add the service account to an organisation, or to assign the scope \
                 'organization' to this client"
            },
        ),
        Finding::NoCacheDirectory => {
            Words::new(no_cache(NoCache::NoHome), "set --cache-dir: without a cache, each call requests a new token")
        }
        Finding::NoRoom(path, error) => Words::new(
            format!("cannot write to the token cache '{}': {}", path.display(), reason(error)),
            "choose another directory with --cache-dir, or use --no-cache",
        ),
        Finding::NoLocks(error) => Words::new(
            format!("cannot lock files in the cache, so concurrent processes each request a token: {}", reason(error)),
            "choose a directory on another file system with --cache-dir",
        ),
        Finding::NotShared(length) => {
            Words::new(event::warning(Warning::NotShared { length }), "ask for a secret of 16 characters or more")
        }
        Finding::Store(why) => Words::new(store::why(why), store::hint(why)),
    }
}

/// What to check after a refusal of the client.
pub fn check_secret(AskedAs { by, mistake, .. }: &AskedAs) -> String {
    match (mistake, by) {
        (Some(mistake), by) => {
            let by = by.map_or_else(|| "typed".to_owned(), |by| by.to_string());
            words(Finding::Mistake("client secret", &by, *mistake)).text
        }
        (None, Some(by)) => format!("check --issuer, --client-id and the client secret ({by})"),
        (None, None) => "check --issuer, --client-id and the client secret".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_depends_on_what_was_seen() {
        let file = |mode| Finding::OpenFile("client secret", "--client-secret-file", mode, Path::new("/s"));
        for (found, what, hint) in [
            (
                Finding::Mistake("client id", "CATENA_CLIENT_ID", Mistake::Unexpanded),
                "the client id (CATENA_CLIENT_ID) looks like an unexpanded reference, as in '$NAME' or \
                 '${{ … }}'",
                "let the shell",
            ),
            (
                Finding::ShortSecret("typed", 1),
                "the client secret (typed) has only 1 character;",
                "is the secret complete?",
            ),
            (
                Finding::ShortSecret("typed", 2),
                "the client secret (typed) has only 2 characters;",
                "is the secret complete?",
            ),
            (
                file(0o606),
                "other users of this machine can change the file with the client secret (--client-secret-file, mode 0606)",
                "run 'chmod 600 /s'",
            ),
            (file(0o664), "other users of this machine can read the file with the client secret", "run 'chmod 600 /s'"),
            (file(0o660), "the group can change the file with the client secret", "run 'chmod g-w /s'"),
            (
                Finding::Clock(Duration::from_millis(59_600), true),
                "this machine's clock is 1 min ahead of the server's:",
                "set",
            ),
        ] {
            let found = words(found);
            assert!(found.text.starts_with(what) && found.hint.starts_with(hint), "{}: {}", found.text, found.hint);
        }
    }
}
