//! The words for a request to the realm that failed.
//!
//! The hints are about a Keycloak: it tells neither an unknown client from a wrong secret, nor always by the standard's
//! own error code, so that a hint names every possibility.

use super::{Words, http};
use crate::base::duration::display;
use crate::base::json::JsonProblem;
use crate::display::redact::redact;
use crate::display::untrusted::UntrustedText;
use crate::http::Body;
use crate::http::retry::{Wait, is_temporary_status};
use crate::oauth::client_auth::ClientAuth;
use crate::oauth::error::{Asked, Cause, ErrorResponse, RequestError, Unusable};
use crate::oauth::issuer::Purpose;

pub fn words(error: &RequestError) -> Words {
    let what = match error.purpose {
        Purpose::Token => "no token",
        Purpose::Revocation if error.outcome_unknown => "it is not known whether the token was revoked",
        Purpose::Revocation => "not revoked",
        Purpose::Keys => "the token cannot be checked",
        Purpose::Discovery => "no discovery document",
    };
    let tries = if error.attempts > 1 { format!(" after {} tries", error.attempts) } else { String::new() };
    let Words { text: why, hint } = reason(error);
    Words::new(format!("{what}{tries}: {why}"), hint)
}

/// Why alone, without what for. How long the server asked to wait is the better hint.
pub fn reason(error: &RequestError) -> Words {
    let why = why(&error.cause);
    let Some(Wait { time, is_too_long }) = error.wait else {
        return Words::new(why, hint(&error.cause));
    };
    let time = display(time);
    let or = if is_too_long { ", or allow it with --timeout" } else { "" };
    Words::new(format!("{why}; it asks to wait {time}"), format!("try again in {time}{or}"))
}

/// The same without the wait.
pub fn why(cause: &Cause) -> String {
    match cause {
        Cause::NoAnswer(error) => http::text(error),
        Cause::Status(response, _) => {
            let what = match response.status {
                status @ 300..=399 => {
                    return format!("the server redirects (HTTP {status}) to {}", destination(&response.location));
                }
                status if is_temporary_status(status) => "the server cannot answer now",
                400..=499 => "the server refused",
                _ => "the answer cannot be used: it has a status of no use",
            };
            format!("{what} {}", said(response))
        }
        Cause::Unusable(unusable) => format!("the answer cannot be used: {}", unusable_text(unusable)),
    }
}

/// Enough of an error code, or of a content type, to recognise it.
const SHOWN: usize = 120;

/// `(HTTP 401, unauthorized_client): Invalid client`
fn said(ErrorResponse { status, code, description, body, .. }: &ErrorResponse) -> String {
    let (code, description) = (code.quote_up_to(SHOWN), description.quote());
    let words = match (code.as_str(), description.as_str()) {
        ("", "") => format!("it sent {}", kind(body)),
        (_, "") => "it says no more".to_owned(),
        (_, description) => description.to_owned(),
    };
    let code = if code.is_empty() { code } else { format!(", {code}") };
    format!("(HTTP {status}{code}): {words}")
}

/// Scheme, host and path, once it is redacted; a query may hold anything.
fn destination(location: &UntrustedText) -> String {
    let location = redact(location.raw());
    match UntrustedText::new(location.split(['?', '#']).next().unwrap_or_default().as_bytes()).quote() {
        shown if shown.is_empty() => "nowhere".to_owned(),
        shown => format!("`{shown}`"),
    }
}

fn kind(body: &Body) -> String {
    if body.bytes == 0 {
        return "nothing with it".to_owned();
    }
    let kind = body.content_type.quote_up_to(SHOWN);
    let kind = if kind.is_empty() { "something without a content type".to_owned() } else { kind };
    let title = body.title.as_ref().map(|title| format!(", titled `{}`", title.quote_up_to(SHOWN)));
    format!("{kind}, {} bytes{}", body.bytes, title.unwrap_or_default())
}

fn unusable_text(unusable: &Unusable) -> String {
    match unusable {
        // A realm could send that, but no page of something in front of it.
        Unusable::NotJson(problem @ (JsonProblem::NotUtf8 | JsonProblem::DuplicateName), _) => json(problem),
        Unusable::NotJson(problem, body) => format!("{}: {}", json(problem), kind(body)),
        Unusable::NoKeys(body) => format!("it has no list of `keys`: {}", kind(body)),
        Unusable::ErrorInSuccess(response) => format!("it is an error {}", said(response)),
        Unusable::NoAccessToken => "it has no usable `access_token`".to_owned(),
        Unusable::TokenType(kind) if kind.is_empty() => "it has no `token_type`".to_owned(),
        Unusable::TokenType(kind) => format!("its `token_type` is `{}`, not `Bearer`", kind.quote()),
    }
}

pub fn json(problem: &JsonProblem) -> String {
    match problem {
        JsonProblem::NotUtf8 => "it is not UTF-8".to_owned(),
        JsonProblem::CutOff => "it is cut off".to_owned(),
        JsonProblem::NotJson => "it is not JSON".to_owned(),
        JsonProblem::NotAnObject => "it is not a JSON object".to_owned(),
        JsonProblem::DuplicateName => "it has a name twice".to_owned(),
    }
}

pub fn hint(cause: &Cause) -> String {
    use JsonProblem::{CutOff, NotAnObject, NotJson};
    let hint = match cause {
        Cause::NoAnswer(error) => http::hint(error),
        Cause::Status(response, asked) => match response.status {
            300..=399 => "no redirect is followed: check --issuer, or whether a network login page answers",
            429 => "the service limits requests: wait, and use one token for many calls",
            // Keycloak 26.7.0, when `organization` is a default client scope as well.
            500 if asked.scope.is_some() => "try again; if it stays, try --scope '': the server may trip over it",
            status if is_temporary_status(status) => "try again later; if it stays, tell the service's owner",
            400..=499 => return refusal_hint(response, asked),
            _ => "check --issuer; if it is right, report this to the service",
        },
        Cause::Unusable(Unusable::NotJson(CutOff | NotJson | NotAnObject, _)) => {
            "something in front of the service may have answered: a login page of the network, a proxy, a firewall"
        }
        Cause::Unusable(_) => "check --issuer; if it is right, report this to the service",
    };
    hint.to_owned()
}

fn refusal_hint(response: &ErrorResponse, Asked { issuer, scope, client_auth }: &Asked) -> String {
    let description = response.description.raw();
    let hint = match (response.status, response.code.raw()) {
        (404 | 405, _) => return format!("check --issuer `{issuer}`: is there a realm, as in `…/realms/NAME`?"),
        (_, "") => "something in front of the service (a proxy or firewall) refused: ask its owner",
        _ if client_auth.is_none() => "ask the realm's administrator",
        (_, "invalid_scope") => {
            let scope = scope.as_deref().unwrap_or_default();
            return format!("ask for the scope `{scope}` to be assigned to the client, or choose another with --scope");
        }
        (_, "invalid_grant" | "unauthorized_client") if description.contains("retrieve service account") => {
            "ask the realm's administrator for a confidential client with service accounts turned on"
        }
        (400, "unauthorized_client") if *client_auth == Some(ClientAuth::Basic) => {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, code: &str, description: &str) -> ErrorResponse {
        let text = |text: &str| UntrustedText::new(text.as_bytes());
        ErrorResponse { status, code: text(code), description: text(description), ..ErrorResponse::default() }
    }

    fn answered(response: ErrorResponse, client_auth: Option<ClientAuth>) -> Cause {
        let scope = client_auth.map(|_| "organization".to_owned());
        Cause::Status(Box::new(response), Asked { issuer: "https://h/realms/r".to_owned(), scope, client_auth })
    }

    #[test]
    fn every_status_has_its_sentence_and_hint() {
        let post = Some(ClientAuth::Post);
        for (response, client_auth, line, hint) in [
            (response(302, "", ""), post, "the server redirects (HTTP 302) to nowhere", "no redirect is followed"),
            (response(429, "", ""), post, "the server cannot answer now (HTTP 429): it sent nothing with it", "limits"),
            (response(500, "", ""), post, "the server cannot answer now (HTTP 500)", "--scope ''"),
            (response(503, "", "busy"), post, "the server cannot answer now (HTTP 503): busy", "try again later"),
            (
                response(404, "Realm does not exist", ""),
                post,
                "(HTTP 404, Realm does not exist): it says no",
                "is there a realm",
            ),
            (response(404, "", ""), post, "the server refused (HTTP 404)", "is there a realm"),
            (response(403, "", ""), post, "the server refused (HTTP 403)", "in front of the service"),
            (response(400, "invalid_scope", ""), post, "(HTTP 400, invalid_scope)", "with --scope"),
            (
                response(401, "unauthorized_client", "Public client not allowed to retrieve service account"),
                post,
                "",
                "confidential",
            ),
            (response(401, "unauthorized_client", "not enabled to retrieve service account"), post, "", "turned on"),
            (response(400, "unauthorized_client", ""), Some(ClientAuth::Basic), "", "--client-auth post"),
            (response(401, "invalid_client", ""), post, "(HTTP 401, invalid_client)", "check both, and --issuer"),
            (response(400, "invalid_request", "User is disabled"), post, "", "service account is disabled"),
            (response(400, "invalid_request", "Unmatching clients"), post, "", "given to another client"),
            (response(403, "invalid_request", "HTTPS required"), post, "", "--issuer with https"),
            (response(403, "access_denied", ""), post, "", "the realm is disabled"),
            (response(400, "other", ""), post, "", "whoever gave you the credentials"),
            (response(400, "other", ""), None, "", "the realm's administrator"),
            (response(600, "", ""), post, "the answer cannot be used: it has a status of no use", "check --issuer"),
        ] {
            let cause = answered(response, client_auth);
            assert!(why(&cause).contains(line), "{}", why(&cause));
            assert!(super::hint(&cause).contains(hint), "{line}: {}", super::hint(&cause));
        }
    }

    #[test]
    fn every_unusable_success_has_its_sentence_and_hint() {
        let html = Body {
            content_type: UntrustedText::new(b"text/html"),
            bytes: 9,
            title: Some(UntrustedText::new(b"Log in")),
        };
        for (unusable, line) in [
            (Unusable::NotJson(JsonProblem::NotUtf8, Body::default()), "it is not UTF-8"),
            (Unusable::NotJson(JsonProblem::CutOff, Body::default()), "it is cut off: nothing with it"),
            (Unusable::NotJson(JsonProblem::NotJson, html), "it is not JSON: text/html, 9 bytes, titled `Log in`"),
            (Unusable::NotJson(JsonProblem::DuplicateName, Body::default()), "it has a name twice"),
            (Unusable::NoKeys(Body::default()), "it has no list of `keys`: nothing with it"),
            (
                Unusable::ErrorInSuccess(Box::new(response(200, "x", ""))),
                "it is an error (HTTP 200, x): it says no more",
            ),
            (Unusable::NoAccessToken, "it has no usable `access_token`"),
            (Unusable::TokenType(UntrustedText::new(b"mac")), "its `token_type` is `mac`, not `Bearer`"),
        ] {
            let cause = Cause::Unusable(unusable);
            assert_eq!(why(&cause), format!("the answer cannot be used: {line}"));
            assert!(!super::hint(&cause).is_empty());
        }
    }
}
