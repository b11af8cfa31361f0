//! The endpoint of GitHub's runner: an assertion of the realm's provider, for any audience, in exchange for the job's
//! token.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::assertion::Provider;
use crate::reply::Reply;
use crate::request::Request;
use crate::signing::Signer;

pub(crate) const RUNNER_PATH: &str = "/idtoken";

/// As long as a job's own, and no JWT.
pub const RUNNER_TOKEN: &str = "kT5cX8gH2jL9mN4pQ7rS3vW6yB";

/// For the first subject of `provider`; `number` makes each assertion unique.
///
/// # Panics
/// If the request is not what a correct client sends; this fails the test.
#[allow(clippy::disallowed_methods, reason = "a runner has a clock of its own")]
pub(crate) fn answer(provider: Option<Provider>, request: &Request, number: usize) -> Reply {
    assert_eq!((request.method.as_str(), request.body.len()), ("GET", 0));
    assert_eq!(request.certificate, None, "the realm's certificate is for the realm");
    if request.header("authorization") != Some(&format!("Bearer {RUNNER_TOKEN}")) {
        return Reply::json(401, "{}");
    }
    let query = request.path.split_once('?').map_or("", |(_, query)| query);
    let fields: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let [(version, _), (name, audience)] = &fields[..] else { panic!("{query}") };
    assert_eq!((version.as_str(), name.as_str()), ("api-version", "audience"));
    let Some(Provider { issuer, subjects: [(subject, _), ..], .. }) = provider else { return Reply::json(404, "{}") };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs();
    let (start, end) = (now - 300, now + 300);
    let jwt = Signer::new("RS256", "issuer").sign(&format!(
        r#"{{"iss":"{issuer}","sub":"{subject}","aud":"{audience}","jti":"job-{number}","nbf":{start},"iat":{now},"exp":{end}}}"#
    ));
    Reply::json(200, &format!(r#"{{"count":{},"value":"{jwt}"}}"#, jwt.len()))
}
