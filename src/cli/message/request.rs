//! The words for a request to the realm that failed.

use super::http::{self, CHECK_ISSUER};
use super::{Words, refusal, settings, try_again};
use crate::base::duration::display;
use crate::base::json::JsonProblem;
use crate::display::redact::redact;
use crate::display::untrusted::UntrustedText;
use crate::http::Body;
use crate::http::retry::{Wait, is_temporary_status};
use crate::oauth::endpoints::KnownBy;
use crate::oauth::error::{Asked, AskedAs, AskedServer, Cause, ErrorResponse, RequestError, Unusable};
use crate::oauth::issuer::Purpose;

pub fn words(error: &RequestError) -> Words {
    let what = match error.purpose {
        Purpose::Token => "cannot get a token",
        Purpose::Revocation if error.outcome_unknown => "cannot tell whether the token was revoked",
        Purpose::Revocation => "cannot revoke the token",
        Purpose::Keys => "cannot verify the token",
        Purpose::Discovery => "cannot discover the issuer's endpoints",
        Purpose::Assertion => "cannot get a client assertion from the runner",
    };
    let tries = if error.attempts > 1 { format!(" after {} attempts", error.attempts) } else { String::new() };
    let Words { text: why, hint } = reason(error);
    let is_unauthorized = matches!(&*error.cause, Cause::Status(response, _) if response.status == 401);
    let doctor = if is_unauthorized { "; for more, run 'catena-token doctor'" } else { "" };
    let told = error.told.map_or_else(String::new, |age| {
        format!(" (the response to another machine, {} ago; --refresh asks again)", display(age))
    });
    Words::new(format!("{what}{tries}: {why}{told}"), format!("{hint}{doctor}"))
}

const NO_DOCUMENT: &str = "check --issuer (a Keycloak's is https://HOST/realms/NAME), or name the token endpoint with \
                           --token-url";

const RUNNER: &str = "check the network between the job and its runner, whose address is ACTIONS_ID_TOKEN_REQUEST_URL";
/// Only the reason. If the server asked to wait, the wait replaces the hint.
pub fn reason(error: &RequestError) -> Words {
    let why = why(&error.cause);
    let Some(Wait { time, is_too_long }) = error.wait else {
        let is_runners = error.purpose == Purpose::Assertion;
        let hint = match (hint(&error.cause), &*error.cause) {
            _ if is_runners && error.is_refused() => settings::ID_TOKEN.to_owned(),
            // The issuer was not asked.
            (hint, _) if is_runners && hint.contains("--issuer") => RUNNER.to_owned(),
            (_, Cause::Status(response, asked))
                if (error.purpose, response.status) == (Purpose::Discovery, 404)
                    && asked.server.known_by != KnownBy::Keycloak =>
            {
                NO_DOCUMENT.to_owned()
            }
            (hint, _) => hint,
        };
        return Words::new(why, if error.is_at_token_url { hint.replace("--issuer", "--token-url") } else { hint });
    };
    let time = display(time);
    Words::new(format!("{why}; the server requested a delay of {time}"), try_again(&time, is_too_long))
}

/// The reason without the wait.
pub fn why(cause: &Cause) -> String {
    match cause {
        Cause::NoAnswer(error) => http::text(error),
        Cause::Status(response, Asked { server, client, .. }) => {
            let AskedServer { host, known_by } = &**server;
            let did = match (response.status, client) {
                (status @ 300..=399, _) => {
                    let to = destination(&response.location);
                    return format!("the server at {host} redirects to {to} (HTTP {status})");
                }
                (429, _) => "limits requests".to_owned(),
                (status, _) if is_temporary_status(status) => "failed".to_owned(),
                (400..=499, Some(AskedAs { id: Some(id), .. })) => format!("refused client '{id}'"),
                (400..=499, Some(AskedAs { id: None, .. })) => "refused the client assertion".to_owned(),
                (400..=499, None) => "refused the request".to_owned(),
                _ => "sent an unexpected status".to_owned(),
            };
            // A gateway sends no code of OAuth, and a runner is no realm.
            let has_code = !response.code.raw().is_empty() && client.is_some();
            let who = if *known_by == KnownBy::Keycloak && has_code { "realm" } else { "server" };
            format!("the {who} at {host} {did} {}", said(response))
        }
        Cause::Unusable(Unusable::NoEndpoint(name)) => format!("the issuer's discovery document has no '{name}'"),
        Cause::Unusable(unusable) => format!("cannot use the response: {}", unusable_text(unusable)),
    }
}

/// How many characters of an error code or a content type are shown: enough to recognise it.
const SHOWN: usize = 120;

/// `(HTTP 401, unauthorized_client): Invalid client`
fn said(ErrorResponse { status, code, description, body, .. }: &ErrorResponse) -> String {
    let (code, description) = (code.quote_up_to(SHOWN), description.quote());
    let words = match (code.as_str(), description.as_str()) {
        ("", "") => format!("it sent {}", kind(body)),
        (_, "") => "no description".to_owned(),
        (_, description) => description.to_owned(),
    };
    let code = if code.is_empty() { code } else { format!(", {code}") };
    format!("(HTTP {status}{code}): {words}")
}

/// Scheme, host and path, redacted. The query is dropped: it may contain anything.
fn destination(location: &UntrustedText) -> String {
    let location = redact(location.raw());
    match UntrustedText::new(location.split(['?', '#']).next().unwrap_or_default().as_bytes()).quote() {
        shown if shown.is_empty() => "nowhere".to_owned(),
        shown => format!("'{shown}'"),
    }
}

fn kind(body: &Body) -> String {
    if body.bytes == 0 {
        return "an empty body".to_owned();
    }
    let kind = body.content_type.quote_up_to(SHOWN);
    let kind = if kind.is_empty() { "a body without a content type".to_owned() } else { kind };
    let title = body.title.as_ref().map(|title| format!(", titled '{}'", title.quote_up_to(SHOWN)));
    format!("{kind}, {} bytes{}", body.bytes, title.unwrap_or_default())
}

fn unusable_text(unusable: &Unusable) -> String {
    match unusable {
        // Only a realm sends such a body, so its kind says nothing.
        Unusable::NotJson(problem @ (JsonProblem::NotUtf8 | JsonProblem::DuplicateName), _) => json(problem),
        Unusable::NotJson(problem, body) => format!("{}: {}", json(problem), kind(body)),
        Unusable::NoKeys(body) => format!("it has no list of 'keys': {}", kind(body)),
        Unusable::ErrorInSuccess(response) => format!("it is an OAuth error {}", said(response)),
        Unusable::OtherIssuer { theirs, .. } if theirs.is_empty() => "it names no issuer".to_owned(),
        Unusable::OtherIssuer { theirs, ours } => format!("it is for the issuer '{}', not '{ours}'", theirs.quote()),
        Unusable::PlainEndpoint(name, url) => format!("its '{name}' is not https: '{}'", url.quote()),
        Unusable::NotAnEndpoint(name, url) => format!("its '{name}' is not a valid URL: '{}'", url.quote()),
        Unusable::NoEndpoint(name) => format!("it has no '{name}'"),
        Unusable::NoAccessToken => "it has no usable 'access_token'".to_owned(),
        Unusable::NoAssertion => "it has no JWT as its 'value'".to_owned(),
        Unusable::TokenType(kind) if kind.is_empty() => "it has no 'token_type'".to_owned(),
        Unusable::TokenType(kind) => format!("its 'token_type' is '{}', not 'Bearer'", kind.quote()),
    }
}

pub fn json(problem: &JsonProblem) -> String {
    match problem {
        JsonProblem::NotUtf8 => "it is not UTF-8".to_owned(),
        JsonProblem::CutOff => "it is cut off".to_owned(),
        JsonProblem::NotJson => "it is not JSON".to_owned(),
        JsonProblem::NotAnObject => "it is not a JSON object".to_owned(),
        JsonProblem::DuplicateName => "it has a duplicate name".to_owned(),
    }
}

pub fn hint(cause: &Cause) -> String {
    use JsonProblem::{CutOff, NotAnObject, NotJson};
    const AGAIN: &str = "try again later; if it persists, report it to the service's owner";
    let hint = match cause {
        Cause::NoAnswer(error) => http::hint(error),
        Cause::Status(response, asked) => match response.status {
            300..=399 => "redirects are not followed: check --issuer, or log in to this network first",
            429 => "try again later, and use one token for many calls",
            // Keycloak 26.7.0 fails like this if `organization` is also a default client scope.
            500 if asked.scope.is_some() => "try again later; if it persists, try another scope, or --scope ''",
            status if is_temporary_status(status) => AGAIN,
            400..=499 => return refusal::hint(response, asked),
            _ => CHECK_ISSUER,
        },
        Cause::Unusable(Unusable::NotJson(CutOff, _)) => AGAIN,
        Cause::Unusable(Unusable::NotJson(NotJson | NotAnObject, _)) => {
            "the response may come from another system: a network login page, a proxy or a firewall"
        }
        Cause::Unusable(Unusable::OtherIssuer { .. }) => {
            "do not continue unless you trust that issuer: then use it in --issuer, or in --token-issuer if it is the \
             same server"
        }
        Cause::Unusable(Unusable::NoEndpoint("token_endpoint")) => "name the token endpoint with --token-url",
        Cause::Unusable(Unusable::NoEndpoint(_)) => "ask the issuer's administrator whether it has one",
        Cause::Unusable(Unusable::PlainEndpoint(..)) => "do not continue: ask the issuer's administrator to use https",
        Cause::Unusable(_) => CHECK_ISSUER,
    };
    hint.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::client_auth::ClientAuth;

    fn response(status: u16, code: &str, description: &str) -> ErrorResponse {
        let text = |text: &str| UntrustedText::new(text.as_bytes());
        ErrorResponse { status, code: text(code), description: text(description), ..ErrorResponse::default() }
    }

    fn answered(response: ErrorResponse, client_auth: Option<ClientAuth>) -> Cause {
        let scope = client_auth.map(|_| "organization".to_owned());
        let client = |auth| AskedAs {
            id: Some("acme".into()),
            auth,
            by: Some("--client-secret".into()),
            mistake: None,
            assertion: None,
            may_change: false,
        };
        let (issuer, client) = ("https://h:8443/realms/r".to_owned(), client_auth.map(client));
        let server = AskedServer { host: "h:8443".to_owned(), known_by: KnownBy::Keycloak }.into();
        let asked = Asked { issuer, server, scope, client };
        Cause::Status(Box::new(response), asked)
    }

    #[test]
    fn every_status_has_its_sentence_and_hint() {
        let post = Some(ClientAuth::Post);
        for (response, client_auth, line, hint) in [
            (
                response(302, "", ""),
                post,
                "the server at h:8443 redirects to nowhere (HTTP 302)",
                "redirects are not followed",
            ),
            (
                response(429, "", ""),
                post,
                "the server at h:8443 limits requests (HTTP 429): it sent an empty body",
                "one token",
            ),
            (response(500, "", ""), post, "the server at h:8443 failed (HTTP 500)", "--scope ''"),
            (response(503, "", "busy"), post, "the server at h:8443 failed (HTTP 503): busy", "try again later"),
            (
                response(404, "Realm does not exist", ""),
                post,
                "the realm at h:8443 refused client 'acme' (HTTP 404, Realm does not exist): no desc",
                "the URL of a realm",
            ),
            (
                response(404, "", ""),
                post,
                "the server at h:8443 refused client 'acme' (HTTP 404)",
                "check the realm's name",
            ),
            (
                response(403, "", ""),
                post,
                "the server at h:8443 refused client 'acme' (HTTP 403)",
                "in front of the service",
            ),
            (response(400, "invalid_scope", ""), post, "(HTTP 400, invalid_scope)", "use another --scope"),
            (
                response(401, "unauthorized_client", "Public client not allowed to retrieve service account"),
                post,
                "",
                "confidential",
            ),
            (response(401, "unauthorized_client", "not enabled to retrieve service account"), post, "", "enabled"),
            (response(400, "unauthorized_client", ""), Some(ClientAuth::Basic), "", "--client-auth post"),
            (
                response(401, "invalid_client", ""),
                post,
                "the realm at h:8443 refused client 'acme' (HTTP 401, invalid_client)",
                "the client secret (--client-secret)",
            ),
            (response(400, "invalid_request", "User is disabled"), post, "", "service account is disabled"),
            (response(400, "invalid_request", "Unmatching clients"), post, "", "issued to another client"),
            (response(403, "invalid_request", "HTTPS required"), post, "", "https in --issuer"),
            (response(403, "access_denied", ""), post, "", "the realm is disabled"),
            (response(400, "other", ""), post, "", "the provider of your credentials"),
            (
                response(400, "other", ""),
                None,
                "the server at h:8443 refused the request (HTTP 400, other)",
                "the realm's administrator",
            ),
            (response(600, "", ""), post, "unexpected status", "check --issuer"),
        ] {
            let cause = answered(response, client_auth);
            assert!(why(&cause).contains(line), "{}", why(&cause));
            assert!(super::hint(&cause).contains(hint), "{line}: {}", super::hint(&cause));
        }
    }

    #[test]
    fn every_unusable_success_has_its_sentence_and_hint() {
        let title = Some(UntrustedText::new(b"Log in"));
        let html = Body { content_type: UntrustedText::new(b"text/html"), bytes: 9, title };
        for (unusable, line) in [
            (Unusable::NotJson(JsonProblem::NotUtf8, Body::default()), "it is not UTF-8"),
            (Unusable::NotJson(JsonProblem::CutOff, Body::default()), "it is cut off: an empty body"),
            (Unusable::NotJson(JsonProblem::NotJson, html), "it is not JSON: text/html, 9 bytes, titled 'Log in'"),
            (Unusable::NotJson(JsonProblem::DuplicateName, Body::default()), "it has a duplicate name"),
            (Unusable::NoKeys(Body::default()), "it has no list of 'keys': an empty body"),
            (
                Unusable::ErrorInSuccess(Box::new(response(200, "x", ""))),
                "it is an OAuth error (HTTP 200, x): no description",
            ),
            (Unusable::NoAccessToken, "it has no usable 'access_token'"),
            (Unusable::TokenType(UntrustedText::new(b"mac")), "its 'token_type' is 'mac', not 'Bearer'"),
        ] {
            let cause = Cause::Unusable(unusable);
            assert_eq!(why(&cause), format!("cannot use the response: {line}"));
            assert!(!super::hint(&cause).is_empty());
        }
    }
}
