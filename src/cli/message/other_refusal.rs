//! The hint for a request that another issuer than Keycloak refused.
//!
//! The table has what Auth0, Entra ID, Okta, Cognito, Zitadel and Hydra are documented to answer. It compares only parts
//! that name the cause, because the sentences around them change.

use super::finding::check_secret;
use crate::oauth::client_auth::ClientAuth;
use crate::oauth::endpoints::KnownBy;
use crate::oauth::error::{Asked, ErrorResponse};

const GRANT: &str = "allow the client credentials grant for this client, at the issuer";
const DEFAULT: &str = "the scope must be the resource's identifier and '/.default': --scope api://…/.default";
const SCOPE: &str = "use a --scope that this client may request, or --scope '' for none";

/// The end of the server's host, a part of the description, and the hint.
const KNOWN: [(&str, &str, &str); 20] = [
    // Auth0
    ("", "No audience parameter", "name the API: --param audience=IDENTIFIER"),
    ("", "Service not found", "check --param audience: no API has this identifier"),
    ("", "not authorized to access", "authorize this client for the API of --param audience"),
    // Entra ID
    ("", "AADSTS1002012", DEFAULT),
    ("", "AADSTS70011", DEFAULT),
    ("", "AADSTS900144", DEFAULT),
    ("", "AADSTS500011", "check --scope: the tenant does not know this resource"),
    ("", "AADSTS7000215", "use the value of the client secret, not its id"),
    ("", "AADSTS7000222", "the client secret has expired: create a new one"),
    ("", "AADSTS700016", "check --client-id, and the tenant in --issuer"),
    ("", "AADSTS90002", "check the tenant in --issuer"),
    // Okta
    ("", "'scope' must be provided", "use a --scope that is configured at the authorization server"),
    ("", "scopes are not configured", "use a --scope that is configured at the authorization server"),
    ("", "Policy evaluation failed", "the authorization server needs an access policy for this client and --scope"),
    ("", "DPoP proof", "DPoP is not supported: turn it off for this client"),
    // Cognito sends codes alone.
    (".amazoncognito.com", "invalid_scope", "use a custom scope of this app client: --scope RESOURCE/SCOPE"),
    (".amazoncognito.com", "unauthorized_client", GRANT),
    (".amazoncognito.com", "invalid_grant", "use a custom scope of this app client: --scope RESOURCE/SCOPE"),
    // Zitadel
    ("", "client not found", "check --client-id: for Zitadel, it is the name of a service user with a client secret"),
    // Hydra
    ("", "has not been whitelisted", "check --param audience: this client may not request it"),
];

pub fn hint(response: &ErrorResponse, asked: &Asked) -> String {
    let (code, description) = (response.code.raw(), response.description.raw());
    let is_known = |(host, part, _): &&(&str, &str, &str)| {
        asked.server.host.ends_with(host) && (description.contains(part) || code == *part)
    };
    if let Some((_, _, hint)) = KNOWN.iter().find(is_known) {
        return (*hint).to_owned();
    }
    let hint = match (response.status, code) {
        (404 | 405, _) if asked.server.known_by == KnownBy::TokenUrl => "check --token-url",
        (404 | 405, _) => "ask the issuer's administrator: its discovery document names a wrong URL",
        (_, "") => "a proxy or firewall in front of the service may have rejected the request: ask its owner",
        (_, "invalid_scope") => SCOPE,
        (_, "invalid_target") => "check --param audience or --param resource",
        (_, "unsupported_grant_type") => GRANT,
        (_, "unauthorized_client") if description.to_ascii_lowercase().contains("grant") => GRANT,
        (_, "invalid_client" | "unauthorized_client" | "access_denied") => return credentials(asked),
        _ => "ask the issuer's administrator whether this client may do that",
    };
    hint.to_owned()
}

/// What to check, with the methods that the discovery document lists: the one in use may not be among them.
fn credentials(Asked { client, server, .. }: &Asked) -> String {
    let Some(client) = client else { return "ask the issuer's administrator".to_owned() };
    let known_by = &server.known_by;
    let is_secret = matches!(client.auth, ClientAuth::Post | ClientAuth::Basic);
    let check = match client.auth {
        ClientAuth::Post | ClientAuth::Basic => check_secret(client),
        ClientAuth::Assertion => "check --issuer, --assertion-audience, and who may sign for this client".to_owned(),
        ClientAuth::SigningKey => {
            "check --issuer, --client-id, --assertion-audience, and that the client has this key".to_owned()
        }
        ClientAuth::Certificate => "check --issuer, --client-id, and that the client has this certificate".to_owned(),
    };
    let KnownBy::Document { auth_methods } = known_by else { return check };
    let listed = auth_methods.quote();
    let has = |method: ClientAuth| listed.split(", ").any(|own| own == format!("client_secret_{}", method.name()));
    let other = if client.auth == ClientAuth::Post { ClientAuth::Basic } else { ClientAuth::Post };
    match listed.as_str() {
        "" => check,
        _ if !is_secret => format!("{check}; the issuer lists {listed}"),
        _ if !has(client.auth) && has(other) => {
            format!("use --client-auth {}: the issuer lists {listed}", other.name())
        }
        _ => format!("{check}; for --client-auth, the issuer lists {listed}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::display::untrusted::UntrustedText;
    use crate::oauth::error::{AskedAs, AskedServer};

    fn text(text: &str) -> UntrustedText {
        UntrustedText::new(text.as_bytes())
    }

    fn hint_of(host: &str, known_by: KnownBy, status: u16, code: &str, description: &str) -> String {
        hint_to(ClientAuth::Post, host, known_by, status, code, description)
    }

    fn hint_to(auth: ClientAuth, host: &str, known_by: KnownBy, status: u16, code: &str, description: &str) -> String {
        let id = Some("acme".into());
        let client = AskedAs { id, auth, by: Some("FILE".into()), mistake: None, assertion: None, may_change: false };
        let server = AskedServer { host: host.into(), known_by }.into();
        let asked = Asked { issuer: String::new(), server, scope: None, client: Some(client) };
        let (code, description) = (text(code), text(description));
        hint(&ErrorResponse { status, code, description, ..ErrorResponse::default() }, &asked)
    }

    fn listing(methods: &str) -> KnownBy {
        KnownBy::Document { auth_methods: text(methods) }
    }

    /// The answers as the servers' documentation and their users report them.
    #[test]
    fn the_usual_refusals_have_their_hints() {
        for (host, status, code, description, hint) in [
            (
                "t.auth0.com",
                403,
                "access_denied",
                "No audience parameter was provided, and no default audience has been configured",
                "--param audience=IDENTIFIER",
            ),
            ("t.auth0.com", 403, "access_denied", "Service not found: https://api", "check --param audience"),
            (
                "t.auth0.com",
                403,
                "access_denied",
                "Client is not authorized to access \"https://api\". You need to create a \"client-grant\" …",
                "authorize this client for the API",
            ),
            (
                "t.auth0.com",
                401,
                "access_denied",
                "Unauthorized",
                "check --issuer, --client-id and the client secret (FILE)",
            ),
            (
                "t.auth0.com",
                403,
                "unauthorized_client",
                "Grant type 'client_credentials' not allowed for the client.",
                GRANT,
            ),
            (
                "login.microsoftonline.com",
                400,
                "invalid_scope",
                "AADSTS1002012: The provided value for scope organization is not valid. Client credential flows must \
                 have a scope value with /.default suffixed to the resource identifier (application ID URI). Trace ID: 1",
                DEFAULT,
            ),
            (
                "login.microsoftonline.com",
                401,
                "invalid_client",
                "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the \
                 client secret value, not the client secret ID, …",
                "use the value of the client secret",
            ),
            (
                "login.microsoftonline.com",
                400,
                "unauthorized_client",
                "AADSTS700016: Application with identifier 'acme' was not found in the directory 'Contoso'.",
                "the tenant in --issuer",
            ),
            (
                "dev-1.okta.com",
                400,
                "invalid_scope",
                "One or more scopes are not configured for the authorization server resource.",
                "configured at the authorization server",
            ),
            (
                "dev-1.okta.com",
                400,
                "access_denied",
                "Policy evaluation failed for this request, please check the policy configurations.",
                "needs an access policy",
            ),
            ("x.auth.eu-west-1.amazoncognito.com", 400, "invalid_scope", "", "--scope RESOURCE/SCOPE"),
            ("x.auth.eu-west-1.amazoncognito.com", 400, "unauthorized_client", "", GRANT),
            ("x.auth.eu-west-1.amazoncognito.com", 400, "invalid_client", "", "check --issuer, --client-id"),
            ("x.zitadel.cloud", 400, "invalid_client", "client not found", "the name of a service user"),
            (
                "h:4444",
                400,
                "invalid_scope",
                "The requested scope is invalid, unknown, or malformed. The OAuth 2.0 Client is not allowed to request \
                 scope 'organization'.",
                SCOPE,
            ),
            (
                "h:4444",
                400,
                "invalid_request",
                "Requested audience 'x' has not been whitelisted by the OAuth 2.0 Client.",
                "check --param audience",
            ),
            (
                "h:4444",
                400,
                "unauthorized_client",
                "The OAuth 2.0 Client is not allowed to use authorization grant 'client_credentials'.",
                GRANT,
            ),
            ("h", 400, "invalid_target", "", "--param resource"),
            ("h", 400, "unsupported_grant_type", "", GRANT),
            ("h", 404, "", "", "names a wrong URL"),
            ("h", 403, "", "", "a proxy or firewall"),
            ("h", 400, "other", "", "whether this client may do that"),
        ] {
            let found = hint_of(host, listing(""), status, code, description);
            assert!(found.contains(hint), "{code} {description}: {found}");
        }
    }

    /// What Keycloak says of an assertion does not fit here.
    #[test]
    fn a_client_without_a_secret_has_its_own_hint() {
        for (auth, expected) in [
            (ClientAuth::Assertion, "check --issuer, --assertion-audience, and who may sign for this client"),
            (
                ClientAuth::SigningKey,
                "check --issuer, --client-id, --assertion-audience, and that the client has this key",
            ),
            (ClientAuth::Certificate, "check --issuer, --client-id, and that the client has this certificate"),
        ] {
            let hint = |known_by| hint_to(auth, "h", known_by, 401, "invalid_client", "");
            assert_eq!(hint(listing("")), expected);
            assert_eq!(
                hint(listing("client_secret_basic")),
                format!("{expected}; the issuer lists client_secret_basic")
            );
        }
    }

    #[test]
    fn the_listed_methods_are_part_of_the_hint() {
        let hint = |known_by| hint_of("h", known_by, 401, "invalid_client", "");
        let check = "check --issuer, --client-id and the client secret (FILE)";
        assert_eq!(hint(listing("")), check);
        let basic = "client_secret_basic, private_key_jwt";
        assert_eq!(hint(listing(basic)), format!("use --client-auth basic: the issuer lists {basic}"));
        for methods in ["client_secret_basic, client_secret_post", "private_key_jwt"] {
            let expected = format!("{check}; for --client-auth, the issuer lists {methods}");
            assert_eq!(hint(listing(methods)), expected);
        }
    }
}
