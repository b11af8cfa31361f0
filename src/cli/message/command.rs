//! The words for errors of a command itself.

use super::local::reason;
use super::shown::no_cache;
use super::{Words, jwt, store};
use crate::base::clock::date;
use crate::base::duration;
use crate::cli::error::CommandError::{self, *};
use crate::cli::settings;
use crate::oauth::jwt::NotJwt;

pub fn words(error: &CommandError) -> Words {
    let text = match error {
        StdinTwice(by, other) => format!("cannot read stdin twice: {by} and {other} both need it"),
        EnvName(name) => format!("cannot use --env-name: with --renew, {name} names the token file"),
        AssertionOnce(by) => format!("cannot renew a token with an assertion from standard input ({by}): it expires"),
        SecretFile(by, path) => {
            let path = path.display();
            format!("--token-file would overwrite the client secret: {by} is also '{path}'")
        }
        Signals(error) => format!("cannot watch for signals: {}", reason(error)),
        Wait(name, error) => format!("cannot wait for '{name}': {}", reason(error)),
        NoCache => no_cache(settings::NoCache::NoHome),
        NoConfigPlace => "no configuration file: neither XDG_CONFIG_HOME nor HOME is set".into(),
        NoToken => "no token to revoke: --no-cache ignores the cache, and no TOKEN is given".into(),
        EmptyArgument => "no token: the argument is empty".into(),
        EmptyStdin => "no token: standard input is empty".into(),
        Stdin(error) => format!("cannot read the token from standard input: {}", reason(error)),
        NotAToken => "not a token: it contains invalid characters".into(),
        NothingToShow { why, .. } => format!("not a JWT: {}", jwt::not_jwt(why)),
        OtherIssuer { why, .. } => format!("the token was not sent: {}", jwt::other_issuer(why)),
        CutOff(why) => format!("the token was not sent: cannot read its issuer: {}", jwt::not_jwt(why)),
        NoIssuer(expected) => format!("the token was not sent: it has no issuer, but --token-issuer is '{expected}'"),
        NoIssuerGiven(what) => format!("no issuer: {what} needs one, and only --token-url is given"),
        TokenFile(path, error) => format!("cannot read the token file '{}': {}", path.display(), reason(error)),
        NoTokenYet(path) => format!("no token in '{}'", path.display()),
        Expires { path, at, min_ttl: None } => format!("the token in '{}' expired at {}", path.display(), date(*at)),
        Expires { path, at, min_ttl: Some(min_ttl) } => {
            let (path, at, least) = (path.display(), date(*at), duration::display(*min_ttl));
            format!("the token in '{path}' expires at {at}, but --min-ttl is {least}")
        }
        SharedNotCleared(trouble) => format!("cleared this machine's cache alone: {}", store::text(trouble)),
        NoExpiry(path) => format!("cannot check --min-ttl: the token in '{}' has no expiry", path.display()),
    };
    Words::new(text, hint(error))
}

fn hint(error: &CommandError) -> &'static str {
    match error {
        StdinTwice(..) => "pass one of them another way: stdin can be read only once",
        AssertionOnce(_) => "use --client-assertion-file PATH: it is read anew for each request",
        NoIssuerGiven(_) => "use --issuer or set CATENA_ISSUER",
        NoCache => "name a directory with --cache-dir",
        NoConfigPlace => "name the file with --config",
        NoTokenYet(_) | Expires { .. } => "'catena-token renew' keeps one there: if it runs, its messages say why not",
        EmptyStdin => "the command before the pipe probably failed",
        NotAToken => "pass the token alone, without 'Bearer', quotes, JSON or line breaks",
        NothingToShow { why: NotJwt::Opaque { .. }, is_cut_off: true } | CutOff(_) => {
            "it looks like an incomplete JWT: was it cut off?"
        }
        OtherIssuer { has_token_issuer: true, .. } => "--token-issuer must match the token's 'iss'",
        OtherIssuer { has_token_issuer: false, .. } => {
            "to revoke it there, pass that realm's --issuer, client id and secret; if it is the same realm under \
             another name, pass that name with --token-issuer"
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::JsonProblem;
    use crate::cli::error::Exit;
    use crate::cli::message::printed;
    use crate::oauth::jwt::error;

    #[test]
    fn an_error_reads_what_then_why_with_its_code_and_hint() {
        let cut_off = Some("it looks like an incomplete JWT: was it cut off?");
        let malformed = || NotJwt::NotJson("payload", JsonProblem::NotUtf8);
        for (error, exit, text, hint) in [
            (
                CommandError::Signals(std::io::ErrorKind::Unsupported.into()),
                Exit::Local,
                "cannot watch for signals: unsupported",
                None,
            ),
            (
                CommandError::Wait("x".to_owned(), std::io::ErrorKind::Unsupported.into()),
                Exit::Local,
                "cannot wait for 'x': unsupported",
                None,
            ),
            (
                CommandError::NotAToken,
                Exit::Unusable,
                "not a token: it contains invalid characters",
                Some("pass the token alone, without 'Bearer', quotes, JSON or line breaks"),
            ),
            (
                CommandError::EmptyStdin,
                Exit::Setup,
                "no token: standard input is empty",
                Some("the command before the pipe probably failed"),
            ),
            (
                CommandError::Stdin(crate::os::input::too_long(1024 * 1024)),
                Exit::Unusable,
                "cannot read the token from standard input: it is longer than 1024 KiB",
                None,
            ),
            (
                CommandError::NothingToShow { why: NotJwt::Opaque { parts: 2 }, is_cut_off: true },
                Exit::Unusable,
                "not a JWT: a JWT has three parts, this token has 2",
                cut_off,
            ),
            (
                CommandError::NothingToShow { why: malformed(), is_cut_off: true },
                Exit::Unusable,
                "not a JWT: its payload cannot be read: it is not UTF-8",
                None,
            ),
            (
                CommandError::CutOff(malformed()),
                Exit::Unusable,
                "the token was not sent: cannot read its issuer: its payload cannot be read: it is not UTF-8",
                cut_off,
            ),
            (
                CommandError::OtherIssuer {
                    why: error::OtherIssuer { issuer: Some(7.into()), expected: "https://a".to_owned() },
                    has_token_issuer: true,
                },
                Exit::Usage,
                "the token was not sent: its issuer is '7', not 'https://a'",
                Some("--token-issuer must match the token's 'iss'"),
            ),
        ] {
            assert_eq!(printed(error), (exit, text.to_owned(), hint.unwrap_or_default().to_owned()));
        }
    }
}
