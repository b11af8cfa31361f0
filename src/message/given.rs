//! The words for a token that the user gives or asks about, and that cannot be read, shown or sent.

use super::local::reason;
use super::{Words, jwt};
use crate::error::GivenTokenError::{
    self, CutOff, EmptyArgument, EmptyStdin, NoIssuer, NotAToken, NothingToShow, OtherIssuer, Stdin,
};
use crate::jwt::NotJwt;

pub fn words(error: &GivenTokenError) -> Words {
    const NOT_SENT: &str = "the token was not sent";
    let (what, why) = match error {
        EmptyArgument => ("no token", "the argument is empty".into()),
        EmptyStdin => ("no token", "standard input is empty".into()),
        Stdin(error) => ("cannot read the token from standard input", reason(error)),
        NotAToken => ("not a token", "it holds characters that no token may have".into()),
        NothingToShow { why, .. } => match why {
            NotJwt::Opaque { .. } => ("opaque", format!("nothing to show ({})", jwt::not_jwt(why))),
            NotJwt::NotBase64url(_) | NotJwt::NotJson(..) => ("not a JWT", jwt::not_jwt(why)),
        },
        OtherIssuer { why, .. } => (NOT_SENT, jwt::other_issuer(why)),
        CutOff(why) => (NOT_SENT, format!("it cannot be told whose it is: {}", jwt::not_jwt(why))),
        NoIssuer(expected) => (NOT_SENT, format!("it names no issuer, and --token-issuer is `{expected}`")),
    };
    Words { what: what.into(), why, hint: hint(error).into() }
}

fn hint(error: &GivenTokenError) -> &'static str {
    match error {
        EmptyStdin => "what should have written the token may have failed",
        NotAToken => "give the token alone, without `Bearer`, quotes or JSON around it, and without line breaks in it",
        NothingToShow { why: NotJwt::Opaque { .. }, is_cut_off: true } | CutOff(_) => {
            "it looks like a JWT that is not whole: was it cut off?"
        }
        OtherIssuer { has_token_issuer: true, .. } => "--token-issuer is to be what the token says",
        OtherIssuer { has_token_issuer: false, .. } => {
            "to end it there, name that realm with --issuer, and its client id and secret; if it is the same realm by \
             another name, name that with --token-issuer"
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Exit;
    use crate::json::JsonProblem;
    use crate::jwt::{PartName, verify};
    use crate::message::printed;

    #[test]
    fn an_error_reads_what_then_why_with_its_code_and_hint() {
        let cut_off = Some("it looks like a JWT that is not whole: was it cut off?");
        let malformed = || NotJwt::NotJson(PartName::Payload, JsonProblem::NotUtf8);
        for (error, exit, text, hint) in [
            (
                GivenTokenError::EmptyStdin,
                Exit::Setup,
                "no token: standard input is empty",
                Some("what should have written the token may have failed"),
            ),
            (
                GivenTokenError::Stdin(crate::input::too_long(1024 * 1024)),
                Exit::Unusable,
                "cannot read the token from standard input: it is longer than 1024 KiB",
                None,
            ),
            (
                GivenTokenError::NothingToShow { why: NotJwt::Opaque { parts: 2 }, is_cut_off: true },
                Exit::Unusable,
                "opaque: nothing to show (a JWT has three parts, and this token has 2)",
                cut_off,
            ),
            (
                GivenTokenError::NothingToShow { why: malformed(), is_cut_off: true },
                Exit::Unusable,
                "not a JWT: its payload cannot be read: it is not UTF-8",
                None,
            ),
            (
                GivenTokenError::CutOff(malformed()),
                Exit::Unusable,
                "the token was not sent: it cannot be told whose it is: its payload cannot be read: it is not UTF-8",
                cut_off,
            ),
            (
                GivenTokenError::OtherIssuer {
                    why: verify::OtherIssuer { issuer: Some(7.into()), expected: "https://a".to_owned() },
                    has_token_issuer: true,
                },
                Exit::Usage,
                "the token was not sent: its issuer is `7`, not `https://a`",
                Some("--token-issuer is to be what the token says"),
            ),
        ] {
            assert_eq!(printed(error), (exit, text.to_owned(), hint.unwrap_or_default().to_owned()));
        }
    }
}
