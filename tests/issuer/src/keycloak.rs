//! The part of Keycloak 26 that a client credentials grant meets: order of checks, error codes, words.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::reply::Reply;
use crate::request::Request;

pub const REALM: &str = "catena";
pub const CLIENT_ID: &str = "acme";
/// As long as the ones that Keycloak makes.
pub const CLIENT_SECRET: &str = "Zk3vQ9xW7tB2nM5rL8pY1sD4";

/// The answer to `request`, and a token that is new each time: `number` makes it so.
///
/// # Panics
/// When the request is none that a careful client sends; the test sees it.
pub fn answer(request: &Request, secret: &str, number: usize, expires_in: &str) -> Reply {
    assert_eq!(request.method, "POST");
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(request.header("accept"), Some("application/json"));
    let agent = request.header("user-agent").unwrap_or_default();
    assert!(agent.starts_with("catena-token/") || agent.starts_with("curl/"), "{agent}");
    if request.path != format!("/realms/{REALM}/protocol/openid-connect/token") {
        return Reply::json(404, r#"{"error":"Realm does not exist"}"#);
    }
    let mut names: Vec<String> = request.form().into_iter().map(|(name, _)| name).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), request.form().len(), "a parameter stands twice");
    assert_eq!(request.field("grant_type").as_deref(), Some("client_credentials"));
    let (id, given) = credentials(request);
    if id != CLIENT_ID {
        return refusal("invalid_client");
    }
    if given != secret {
        return refusal("unauthorized_client");
    }
    match request.field("scope").as_deref() {
        None => granted(number, "", expires_in),
        Some("organization") => granted(number, "organization", expires_in),
        Some(other) => {
            Reply::json(400, &format!(r#"{{"error":"invalid_scope","error_description":"Invalid scopes: {other}"}}"#))
        }
    }
}

fn refusal(error: &str) -> Reply {
    let words = "Invalid client or Invalid client credentials";
    Reply::json(401, &format!(r#"{{"error":"{error}","error_description":"{words}"}}"#))
}

fn granted(number: usize, scope: &str, expires_in: &str) -> Reply {
    let part = |json: String| URL_SAFE_NO_PAD.encode(json);
    let token = format!(
        "{}.{}.{}",
        part(r#"{"alg":"RS256","typ":"JWT"}"#.to_owned()),
        part(format!(r#"{{"jti":"{number}","azp":"{CLIENT_ID}"}}"#)),
        URL_SAFE_NO_PAD.encode((0..=255).rev().collect::<Vec<u8>>()),
    );
    let expires_in = if expires_in.is_empty() { String::new() } else { format!(r#""expires_in":{expires_in},"#) };
    let body = format!(
        r#"{{"access_token":"{token}",{expires_in}"refresh_expires_in":0,"token_type":"Bearer","not-before-policy":0,"scope":"{scope}"}}"#
    );
    Reply::json(200, &body).header("Cache-Control", "no-store")
}

/// From the form, else from the Basic header, whose parts are form-encoded (RFC 6749 §2.3.1). Never from both.
fn credentials(request: &Request) -> (String, String) {
    let form = (request.field("client_id"), request.field("client_secret"));
    let Some(basic) = request.header("authorization") else {
        return (form.0.unwrap_or_default(), form.1.unwrap_or_default());
    };
    assert_eq!(form, (None, None), "the credentials travel twice");
    let encoded = basic.strip_prefix("Basic ").expect("a Basic header");
    let decoded = STANDARD.decode(encoded).expect("base64");
    let text = String::from_utf8(decoded).expect("ASCII");
    let (id, secret) = text.split_once(':').expect("two parts");
    (form_decode(id), form_decode(secret))
}

fn form_decode(text: &str) -> String {
    form_urlencoded::parse(text.as_bytes()).map(|(name, _)| name.into_owned()).collect()
}
