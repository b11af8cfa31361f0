//! The hint for a request that the realm refused.
//!
//! The hints fit Keycloak. It does not distinguish an unknown client from a wrong secret, nor always use the standard
//! error code, so a hint names every possibility.

use super::finding::check_secret;
use super::{assertion, http, other_refusal};
use crate::base::clock;
use crate::oauth::client_auth::ClientAuth;
use crate::oauth::endpoints::KnownBy;
use crate::oauth::error::{Asked, AskedAs, ErrorResponse};

pub fn hint(response: &ErrorResponse, asked: &Asked) -> String {
    // nginx ends no connection, but answers so.
    for (title, hint) in [
        ("No required SSL certificate was sent", http::NO_CERTIFICATE),
        ("The SSL certificate error", http::REFUSED_CERTIFICATE),
    ] {
        if response.status == 400 && is_titled(response, title) {
            return hint.to_owned();
        }
    }
    if asked.server.known_by != KnownBy::Keycloak {
        return other_refusal::hint(response, asked);
    }
    let Asked { issuer, scope, client, .. } = asked;
    let description = response.description.raw();
    let client_auth = client.as_ref().map(|client| client.auth);
    let hint = match (response.status, response.code.raw()) {
        // A Keycloak that looked for the realm has the right path.
        (404, code) if code != "Realm does not exist" && issuer.contains("/realms/") => return other_path(issuer),
        (404 | 405, _) => {
            return format!("check --issuer '{issuer}': it must be the URL of a realm, such as '…/realms/NAME'");
        }
        (400, "") if issuer.starts_with("http://") => http::HTTPS_PORT,
        (_, "") => "a proxy or firewall in front of the service may have rejected the request: ask its owner",
        _ if client_auth.is_none() => "ask the realm's administrator",
        (_, "invalid_scope") => {
            let scope = scope.as_deref().unwrap_or_default();
            return format!(
                "ask the realm's administrator to assign the scope '{scope}' to the client, or use another --scope"
            );
        }
        (_, "invalid_grant" | "unauthorized_client") if description.contains("retrieve service account") => {
            "ask the realm's administrator for a confidential client with service accounts enabled"
        }
        (400, "unauthorized_client") if client_auth == Some(ClientAuth::Basic) => {
            "the server could not read the Basic header: try --client-auth post"
        }
        (_, "unauthorized_client" | "invalid_client") => {
            return match client {
                Some(AskedAs { assertion: Some(claims), .. }) => assertion::hint(response, claims, clock::wall()),
                _ if description.contains("client_assertion_type") => {
                    "this client authenticates with a signed JWT, not with a secret: use --signing-key-file or \
                     --client-assertion-file"
                        .to_owned()
                }
                Some(AskedAs { auth: ClientAuth::Certificate, .. }) => {
                    "check --issuer and --client-id, and that the client has the authenticator 'X509 Certificate' and the \
                     certificate's subject, which 'catena-token doctor' shows"
                        .to_owned()
                }
                client => client.as_ref().map_or_else(String::new, check_secret),
            };
        }
        (_, "invalid_request") if description.contains("Client Certification missing") => {
            "this client's tokens are bound to a TLS certificate: use --client-cert"
        }
        (_, "invalid_request") if description.starts_with("User ") => {
            "the client's service account is disabled: ask the realm's administrator"
        }
        (400, "invalid_request") if description.contains("Unmatching clients") => {
            "the token was issued to another client: revoke it with that client's id and secret"
        }
        (_, "invalid_request") if description.contains("HTTPS") => "use https in --issuer",
        (403, "access_denied") => "the realm is disabled: ask its administrator",
        _ => "ask the provider of your credentials whether this client may do that",
    };
    hint.to_owned()
}

fn is_titled(response: &ErrorResponse, words: &str) -> bool {
    response.body.title.as_ref().is_some_and(|title| title.raw().contains(words))
}

/// The hint for a realm's URL with or without the `/auth` that Keycloak dropped.
fn other_path(issuer: &str) -> String {
    let (rule, other) = match issuer.split_once("/auth/realms/") {
        Some((base, realm)) => ("17 and later has no '/auth'", format!("{base}/realms/{realm}")),
        None => ("up to 16 has '/auth'", issuer.replace("/realms/", "/auth/realms/")),
    };
    format!("check the realm's name in --issuer; Keycloak {rule} before '/realms': try '{other}'")
}
