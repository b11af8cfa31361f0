//! Calls that verify a token with an issuer's keys.

use catena_token_issuer::{Issuer, Reply};

use super::Tool;
use super::clock::now;
use super::tool::Failed;

/// The last line for a token that `issuer` signed.
pub fn yes(issuer: &Issuer) -> String {
    format!("genuine        yes: signed by a key of {}, and valid now", issuer.url())
}

/// A call with only the settings that fetching the keys of `issuer` needs.
pub fn verify(issuer: &Issuer) -> Tool {
    let tool = Tool::bare().env("CATENA_ISSUER", issuer.url()).env("CATENA_RETRIES", "0");
    let tool = match issuer.trusted_pem() {
        "" => tool,
        pem => {
            let bundle = tool.file("ca.pem", pem);
            tool.env("CATENA_CA_CERT", bundle)
        }
    };
    tool.args(["inspect", "--verify", "-"])
}

/// An issuer whose keys are `keys`, as JSON.
pub fn with_keys(keys: &str) -> Issuer {
    Issuer::replying(Reply::json(200, &format!(r#"{{"keys":[{keys}]}}"#)))
}

pub fn claims(issuer: &Issuer) -> String {
    format!(r#"{{"iss":"{}","exp":{}}}"#, issuer.url(), now() + 60)
}

pub fn is_genuine(issuer: &Issuer, token: &str) {
    assert_eq!(verify(issuer).given(token).succeeds().lines().last(), Some(yes(issuer).as_str()));
}

pub fn fails(issuer: &Issuer, token: &str) -> Failed {
    verify(issuer).given(token).fails(7)
}
