//! What a status other than 2xx means, and who can mend it.
//!
//! The cases are Keycloak's (RFC 6749 §5.2 names fewer): it tells neither an unknown client from a wrong secret, nor
//! always by the standard's own error code, so that the hint names every possibility.

use crate::error::Exit;
use crate::foreign::ForeignText;
use crate::http::Answer;
use crate::http::retry::is_temporary_status;
use crate::oauth::client_auth::ClientAuth;
use crate::oauth::fields::Fields;
use crate::oauth::issuer::Issuer;
use crate::oauth::refusal::Refusal;
use crate::oauth::scope::Scope;
use crate::redaction::redact;

/// Who was asked, and for what, as far as a hint depends on it.
pub struct Asked<'a> {
    pub issuer: &'a Issuer,
    pub scope: Option<&'a Scope>,
    /// `None` for a question without credentials.
    pub client_auth: Option<ClientAuth>,
}

/// What is quoted of a body: texts of a JSON object, empty where it has none.
struct Said {
    /// `error` (RFC 6749 §5.2).
    code: ForeignText,
    /// `error_description`, or what gateways write instead.
    description: ForeignText,
}

/// Turns an answer that is no success into a failure with its exit code and a hint.
pub fn explain(answer: &Answer, asked: &Asked<'_>) -> Refusal {
    let said = Said::parse(&answer.body);
    let (status, words) = (status_line(answer, &said), said_words(answer, &said));
    match answer.status {
        300..=399 => Refusal {
            exit: Exit::Untrusted,
            why: format!("the server redirects (HTTP {}) to {}", answer.status, destination(answer)),
            hint: "no redirect is followed: check --issuer, or whether a network login page answers".to_owned(),
        },
        code if is_temporary_status(code) => Refusal {
            exit: Exit::Temporary,
            why: format!("the server cannot answer now ({status}): {words}"),
            hint: temporary_hint(answer.status, asked).to_owned(),
        },
        400..=499 => Refusal {
            exit: Exit::Refused,
            why: format!("the server refused ({status}): {words}"),
            hint: refusal_hint(answer.status, &said, asked),
        },
        _ => Refusal::unusable(format!("it has a status of no use ({status}): {words}")),
    }
}

/// Enough of an error code to recognise it.
const SHOWN: usize = 120;

/// `HTTP 401, unauthorized_client`
fn status_line(answer: &Answer, said: &Said) -> String {
    let code = said.code.quote_up_to(SHOWN);
    if code.is_empty() { format!("HTTP {}", answer.status) } else { format!("HTTP {}, {code}", answer.status) }
}

/// The server's description, or what it sent instead of one.
fn said_words(answer: &Answer, said: &Said) -> String {
    if !said.description.is_empty() {
        return said.description.quote();
    }
    if !said.code.is_empty() {
        return "it says no more".to_owned();
    }
    format!("it sent {}", answer.describe())
}

/// Scheme, host and path, once it is redacted; a query may hold anything.
fn destination(answer: &Answer) -> String {
    let location = redact(answer.location.raw());
    match ForeignText::new(location.split(['?', '#']).next().unwrap_or_default().as_bytes()).quote() {
        shown if shown.is_empty() => "nowhere".to_owned(),
        shown => format!("`{shown}`"),
    }
}

fn temporary_hint(status: u16, asked: &Asked<'_>) -> &'static str {
    match (status, asked.scope) {
        (429, _) => "the service limits requests: wait, and use one token for many calls",
        // Keycloak 26.7.0, when `organization` is a default client scope as well.
        (500, Some(_)) => "try again; if it stays, the server may trip over the scope: try --scope ''",
        _ => "try again later; if it stays, tell the service's owner",
    }
}

const IN_FRONT: &str = "something in front of the service (a proxy or firewall) refused: ask its owner";

fn refusal_hint(status: u16, said: &Said, asked: &Asked<'_>) -> String {
    let issuer = asked.issuer.as_str();
    let description = said.description.raw();
    let hint = match (status, said.code.raw()) {
        (404, code) if code.starts_with("Realm") => {
            return format!("no such realm: check the last part of --issuer `{issuer}`");
        }
        (404 | 405, _) => return format!("check --issuer `{issuer}`: is it a realm, `…/realms/NAME`?"),
        (_, "") => IN_FRONT,
        _ if asked.client_auth.is_none() => "ask the realm's administrator",
        (_, "invalid_scope") => {
            return match asked.scope {
                Some(scope) => format!(
                    "ask for the scope `{}` to be assigned to this client, or choose with --scope ('' sends none)",
                    scope.as_str()
                ),
                None => "the server wants a scope: choose one with --scope".to_owned(),
            };
        }
        (_, "invalid_grant" | "unauthorized_client") if description.contains("retrieve service account") => {
            if description.starts_with("Public") {
                "the client is public and has no secret: ask for a confidential one with a service account"
            } else {
                "ask the realm's administrator to turn on service accounts for this client"
            }
        }
        (400, "unauthorized_client") if asked.client_auth == Some(ClientAuth::Basic) => {
            "the server could not read the Basic header: try --client-auth post"
        }
        (_, "unauthorized_client" | "invalid_client") => {
            "the client id is unknown or disabled here, or the secret is wrong or was replaced: \
             check both, and --issuer"
        }
        (_, "invalid_request") if description.starts_with("User ") => {
            "the client's service account is disabled: ask the realm's administrator"
        }
        (400, "invalid_request") if description.contains("Unmatching clients") => {
            "the token was given to another client: revoke it with that client's id and secret"
        }
        (_, "invalid_request") if description.contains("HTTPS") => "give --issuer with https",
        (403, "access_denied") => "the realm is disabled: ask its administrator",
        _ => "ask whoever gave you the credentials",
    };
    hint.to_owned()
}

impl Said {
    fn parse(body: &[u8]) -> Self {
        let fields = std::str::from_utf8(body).ok().and_then(|text| Fields::parse(text).ok()).unwrap_or_default();
        let texts = [fields.error_description, fields.message, fields.detail, fields.title, fields.error_summary];
        let description = texts.into_iter().map(ForeignText::of_json).find(|text| !text.is_empty());
        Self { code: ForeignText::of_json(fields.error), description: description.unwrap_or_default() }
    }
}
