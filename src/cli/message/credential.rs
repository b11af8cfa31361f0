//! The words for the credential: where it is, and why it cannot be read or used.

use std::io;
use std::path::Path;

use super::Words;
use super::jwt::not_jwt;
use super::local::reason;
use crate::base::origin::Origin;
use crate::base::secret::UnusableSecret;
use crate::cli::settings::has_runner;
use crate::credential::{
    CredentialError, CredentialSource, Kind, Missing, Place, Problem, Unreadable, may_be_a_secret,
};
use crate::display::untrusted::UntrustedText;
use crate::http::identity::{IdentityError, NamedFile};
use crate::http::private_key::UnusableKey;
use crate::oauth::assertion::UnusableAssertion;
use crate::oauth::jwt::NotJwt;

pub fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Secret => "client secret",
        Kind::Assertion => "client assertion",
        Kind::SigningKey => "signing key",
        Kind::Certificate => "client key",
    }
}

/// Its name in `config show`.
pub fn key(kind: Kind) -> &'static str {
    match kind {
        Kind::Secret => "client-secret",
        Kind::Assertion => "client-assertion",
        Kind::SigningKey => "signing-key",
        Kind::Certificate => "client-key",
    }
}

pub fn words(CredentialError { kind, why }: &CredentialError) -> Words {
    let of = name(*kind);
    let unreadable = |source: &str, problem: &Problem| {
        let why = match problem {
            Problem::Io(error) => reason(error),
            Problem::Unusable(why) => unusable(*why).into(),
        };
        format!("cannot read the {of} from {source}: {why}")
    };
    let text = match why {
        Unreadable::File(path, problem) => unreadable(&format!("'{}'", shown(path)), problem),
        Unreadable::Stdin(problem) => unreadable("standard input", problem),
        Unreadable::Command(Problem::Io(error)) if error.kind() == io::ErrorKind::TimedOut => {
            format!("the {of} command timed out (--timeout)")
        }
        Unreadable::Command(problem) => unreadable("its command", problem),
        Unreadable::Terminal(problem) => unreadable("the terminal", problem),
        Unreadable::Shell(error) => format!("cannot start '/bin/sh' for the {of}: {}", reason(error)),
        Unreadable::Exited(status) => format!("the {of} command failed: {status}"),
        Unreadable::NoTerminal(state) => {
            format!("no {of}: {}, and there is no terminal to prompt on", missing(*state))
        }
    };
    Words::new(text, hint(*kind, why))
}

/// What is wrong with an assertion, or with the key that signs one.
pub fn assertion(error: &UnusableAssertion) -> Words {
    let origin = |by: &Option<Origin>| by.map_or_else(String::new, |by| format!(" ({by})"));
    match error {
        UnusableAssertion::NotJwt { by, why } => Words::new(
            match why {
                NotJwt::Opaque { parts } => {
                    format!("cannot use the client assertion{}: a JWT has 3 parts, and it has {parts}", origin(by))
                }
                why => format!("cannot use the client assertion{}: it is not a JWT: {}", origin(by), not_jwt(why)),
            },
            "it must be one signed JWT, HEADER.PAYLOAD.SIGNATURE, and nothing else",
        ),
        UnusableAssertion::OtherAudience { by, theirs, ours } => {
            let quoted = |text: &String| format!("'{}'", UntrustedText::new(text.as_bytes()).quote());
            let why = match &theirs[..] {
                [] => "names no audience".to_owned(),
                all => format!("is for {}, not for '{ours}'", all.iter().map(quoted).collect::<Vec<_>>().join(" and ")),
            };
            Words::new(
                format!("the client assertion{} {why}, so it was not sent", origin(by)),
                format!(
                    "request one for '{ours}'; if the realm has another name in its tokens, use --token-issuer or \
                     --assertion-audience"
                ),
            )
        }
        UnusableAssertion::Key { by, why } => {
            Words::new(format!("cannot use the signing key{}: {}", origin(by), unusable_key(why)), key_hint(why))
        }
    }
}

/// What is wrong with the client's certificate.
pub fn identity(error: &IdentityError) -> Words {
    let named = |NamedFile { path, by }: &NamedFile| format!("'{}' ({by})", shown(path));
    let (file, why, hint) = match error {
        IdentityError::Unreadable(file, error) if may_be_a_secret(&file.path) => {
            (file, reason(error), "is this the text itself? Write it to a file; write a file name as ./NAME")
        }
        IdentityError::Unreadable(file, error) => (file, reason(error), ""),
        IdentityError::Unusable(file, why) => (file, unusable(*why).to_owned(), ""),
        IdentityError::NoCertificate(file) => (
            file,
            "it contains no PEM certificate".to_owned(),
            "for PKCS#12: openssl pkcs12 -nodes -in FILE -out client.pem",
        ),
        IdentityError::Key(file, UnusableKey::NotPem | UnusableKey::Public) => {
            (file, "it contains no private key".to_owned(), "name the file with the key in --client-key")
        }
        IdentityError::Key(file, why) => (file, unusable_key(why), key_hint(why)),
        IdentityError::OtherKey(file) => {
            (file, "its key is not that of the certificate".to_owned(), "use the key that the certificate was made for")
        }
    };
    Words::new(format!("cannot use the client certificate, file {}: {why}", named(file)), hint)
}

fn unusable_key(why: &UnusableKey) -> String {
    match why {
        UnusableKey::Encrypted => "it needs a passphrase".into(),
        UnusableKey::OpenSsh => "it is in OpenSSH's format".into(),
        UnusableKey::Public => "it is a public key or a certificate, not a private key".into(),
        UnusableKey::NotPem => "it has no '-----BEGIN PRIVATE KEY-----' block".into(),
        UnusableKey::Damaged => "its PEM block is damaged, or its lines were joined".into(),
        UnusableKey::Unsupported(Some(kind)) => {
            format!("it is {kind}; expected RSA of 2048 to 4096 bits, P-256, P-384 or Ed25519")
        }
        UnusableKey::Unsupported(None) => "it is damaged, or of an unknown kind".into(),
        UnusableKey::Algorithm(name) => format!("it does not sign with {name}"),
        UnusableKey::Failed => "signing failed, because the system has no random bytes".into(),
    }
}

fn key_hint(why: &UnusableKey) -> &'static str {
    match why {
        UnusableKey::Encrypted => "remove the passphrase: openssl pkcs8 -topk8 -nocrypt -in KEY -out key.pem",
        UnusableKey::OpenSsh => "convert a copy of it: ssh-keygen -p -m PKCS8 -N '' -f COPY",
        UnusableKey::Public => "use the private key that it belongs to",
        UnusableKey::NotPem => {
            "convert it: openssl pkey -inform DER -in KEY -out key.pem, or for Keycloak's PKCS#12: openssl pkcs12 -legacy \
             -nodes -nocerts -in KEY -out key.pem"
        }
        UnusableKey::Damaged => "copy the whole file, with its line breaks",
        UnusableKey::Unsupported(Some(_)) => "make a key: openssl genpkey -algorithm ed25519 -out key.pem",
        UnusableKey::Unsupported(None) => "write it anew: openssl pkey -in KEY -out key.pem",
        UnusableKey::Algorithm(_) => "leave --signing-alg out: the key decides",
        UnusableKey::Failed => "",
    }
}

/// Names of standard input that cannot be opened if it is a socket, or another user's terminal.
const STDIN: [&str; 3] = ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"];

fn hint(kind: Kind, error: &Unreadable) -> &'static str {
    match error {
        Unreadable::File(path, _) if path.starts_with("~") => "the shell did not expand '~': write the full path",
        Unreadable::File(path, Problem::Io(_)) if STDIN.contains(&path.to_str().unwrap_or_default()) => {
            "use '-' for standard input: a socket cannot be opened by its path"
        }
        Unreadable::File(path, _) if may_be_a_secret(path) => match kind {
            Kind::Secret => "is this the secret itself? Set CATENA_CLIENT_SECRET instead; write a file name as ./NAME",
            Kind::Assertion => {
                "is this the assertion itself? Set CATENA_CLIENT_ASSERTION instead; write a file name as ./NAME"
            }
            Kind::SigningKey => "is this the key itself? Set CATENA_SIGNING_KEY instead; write a file name as ./NAME",
            Kind::Certificate => "",
        },
        Unreadable::Exited(_) if kind == Kind::Secret => "run it by hand to see why; it must print only the secret",
        Unreadable::Exited(_) => "run it by hand to see why; it must print only the assertion",
        Unreadable::NoTerminal(_) if has_runner() => "this job has an identity: use --client-assertion-from github",
        Unreadable::Terminal(_) | Unreadable::NoTerminal(_) => {
            "use --client-secret-file or --client-secret-command, set CATENA_CLIENT_SECRET, \
             CATENA_CLIENT_SECRET_FILE or CATENA_CLIENT_SECRET_COMMAND, or load the systemd credential \
             'catena-client-secret'; a client without a secret uses --signing-key-file or --client-assertion-file"
        }
        _ => "",
    }
}

pub fn unusable(why: UnusableSecret) -> &'static str {
    match why {
        UnusableSecret::Empty => "it is empty",
        UnusableSecret::NotUtf8 => "it is not UTF-8",
        UnusableSecret::ByteOrderMark => "it starts with a byte order mark: save it as UTF-8 without one",
        UnusableSecret::EndsInLineBreak => "it ends with a line break: remove it",
        UnusableSecret::Control => "it contains a line break or another control character",
        UnusableSecret::LineTooLong => "the line is too long for a terminal: use a file",
    }
}

fn missing(state: Missing) -> String {
    match state {
        Missing::EmptyVariable(name) => format!("{name} is set but empty"),
        Missing::NoCredential => "CREDENTIALS_DIRECTORY contains no 'catena-client-secret'".into(),
        Missing::NotGiven => "none was given".into(),
    }
}

/// The setting that gives the credential, or why none does.
pub fn origin(source: &CredentialSource) -> String {
    match &source.place {
        Place::Prompt(state) => missing(*state),
        _ => source.by().map_or_else(|| "read before".into(), |by| by.to_string()),
    }
}

/// Where the credential is, never its text. A command is not shown: it may contain a password.
pub fn place(place: &Place) -> String {
    match place {
        Place::Given { .. } => "set".into(),
        Place::File { path, .. } => format!("in '{}'", shown(path)),
        Place::Stdin { .. } => "on standard input".into(),
        Place::Command { .. } => "from a command".into(),
        Place::Runner { .. } => "from GitHub's runner".into(),
        Place::Held { .. } => "read before".into(),
        Place::Prompt(_) => "prompted for on the terminal".into(),
    }
}

/// The path of a file, unless the path may be the secret itself.
pub fn shown(path: &Path) -> String {
    if may_be_a_secret(path) { "[path not shown]".into() } else { path.display().to_string() }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::ExitStatus;

    use super::*;

    #[test]
    fn every_error_has_its_sentence_and_what_a_user_can_mend_has_a_hint() {
        let unusable = || Problem::Unusable(UnusableSecret::Empty);
        let missing = || Problem::Io(io::ErrorKind::NotFound.into());
        for (error, line, hint) in [
            (Unreadable::File("/s".into(), unusable()), "cannot read the client secret from '/s': it is empty", ""),
            (
                Unreadable::File("~/s".into(), missing()),
                "cannot read the client secret from '~/s': entity",
                "full path",
            ),
            (
                Unreadable::File("Zk3vQ9xW7tB2nM5rL8pY1sD4".into(), missing()),
                "cannot read the client secret from '[path not shown]': ",
                "is this the secret itself?",
            ),
            (Unreadable::Stdin(unusable()), "cannot read the client secret from standard input: it is empty", ""),
            (Unreadable::Shell(io::ErrorKind::NotFound.into()), "cannot start '/bin/sh' for the client secret: ", ""),
            (Unreadable::Command(unusable()), "cannot read the client secret from its command: it is empty", ""),
            (
                Unreadable::Command(Problem::Io(crate::os::input::too_long(65_536))),
                "from its command: it is longer than 64 KiB",
                "",
            ),
            (Unreadable::Command(Problem::Io(io::ErrorKind::TimedOut.into())), "command timed out (--timeout)", ""),
            (Unreadable::Exited(ExitStatus::from_raw(127 << 8)), "command failed: exit status: 127", "by hand"),
            (Unreadable::Exited(ExitStatus::from_raw(3 << 8)), "command failed: exit status: 3", "by hand"),
            (Unreadable::Exited(ExitStatus::from_raw(9)), "command failed: signal: 9", "by hand"),
            (
                Unreadable::Terminal(missing()),
                "cannot read the client secret from the terminal: ",
                "--client-secret-file",
            ),
            (Unreadable::Terminal(unusable()), "from the terminal: it is empty", "--client-secret-file"),
            (Unreadable::NoTerminal(Missing::NotGiven), "none was given, and there is no terminal", "systemd"),
            (Unreadable::NoTerminal(Missing::EmptyVariable("A")), "A is set but empty, and there", "systemd"),
            (Unreadable::NoTerminal(Missing::NoCredential), "CREDENTIALS_DIRECTORY contains no", "systemd"),
        ] {
            let words = words(&CredentialError { kind: Kind::Secret, why: error });
            assert!(words.text.contains(line), "{}", words.text);
            assert!(words.hint.contains(hint) && words.hint.is_empty() == hint.is_empty(), "{line}");
        }
    }
}
