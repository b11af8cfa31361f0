//! The realm's side of docs/client-auth.md: a real Keycloak imports it, and each source gets its client's token. What
//! the realm would fetch comes from this machine.

use catena_token_issuer::{Issuer, Provider, Setup, Signer};
use serde_json::{Value, json};

use crate::support::Tool;
use crate::support::assertion::{Claims, claims, client_of};
use crate::support::clock::now;
use crate::support::keycloak::Keycloak;
use crate::support::pages::blocks;
use crate::support::workload::{Pages, jwk};

const GITHUB: &str = "https://token.actions.githubusercontent.com";
const JOB: &str = "repo:acme/fleet:ref:refs/heads/main";

/// The page's JSON, whose providers' keys are at `pages`, in a new realm with this name.
fn import(keycloak: &Keycloak, name: &str, pages: &Pages) -> Value {
    let page = blocks().into_iter().find(|block| block.how == "realm").unwrap().script;
    let mut part: Value = serde_json::from_str(&page).unwrap();
    for provider in part["identityProviders"].as_array_mut().unwrap() {
        let (kind, config) = (provider["providerId"].as_str().unwrap().to_owned(), &mut provider["config"]);
        match kind.as_str() {
            "oidc" => config["jwksUrl"] = format!("{}/jwks", pages.url).into(),
            "kubernetes" => config["issuer"] = pages.url.clone().into(),
            _ => config["bundleEndpoint"] = format!("{}/bundle", pages.url).into(),
        }
    }
    keycloak.create_realm(&json!({"realm": name, "enabled": true, "organizationsEnabled": true}));
    keycloak.import(name, &part);
    part
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn each_source_gets_the_token_of_its_client() {
    let (keycloak, pages) = (Keycloak::running(), Pages::start());
    // Of the runner, too.
    let key = Signer::new("RS256", "issuer");
    pages.serve_keys(&[&key]);
    let url = &pages.url;
    pages.serve("/.well-known/openid-configuration", &format!(r#"{{"issuer":"{url}","jwks_uri":"{url}/jwks"}}"#));
    let bundle = jwk(&key).replace(r#""use":"sig""#, r#""use":"jwt-svid""#);
    pages.serve("/bundle", &format!(r#"{{"keys":[{bundle}]}}"#));
    let part = import(&keycloak, "imported", &pages);
    let realm = format!("{}/realms/imported", keycloak.http);
    let call = || Tool::bare().env("CATENA_ISSUER", &realm);
    let subject = |client: &str| {
        let clients = part["clients"].as_array().unwrap();
        let client = clients.iter().find(|own| own["clientId"] == client).unwrap();
        client["attributes"]["jwt.credential.sub"].as_str().unwrap().to_owned()
    };

    // GitHub: each request has an assertion of its own.
    assert_eq!(subject("fleet-github"), JOB);
    let provider = Some(Provider { issuer: GITHUB, reuse: false, subjects: &[(JOB, "fleet-github")] });
    let (runner, cache) = (Issuer::start(Setup { provider, ..Setup::default() }), tempfile::tempdir().unwrap());
    let job = || call().in_job(&runner).keeping_in(cache.path()).args(["--client-assertion-from", "github"]);
    let token = job().succeeds();
    assert_eq!(client_of(&token), "fleet-github");
    assert!(claims(&token)["scope"].as_str().unwrap().contains("organization"), "{token}");
    assert_eq!(job().succeeds(), token);
    assert_ne!(job().arg("--refresh").succeeds(), token);
    job().arg("revoke").succeeds();
    assert_eq!(runner.requests().len(), 3);

    // GitLab: one assertion for a job, which may be long.
    let claims = |issuer: &str, client: &str| Claims::new(issuer, &subject(client), &realm);
    let gitlab = claims("https://gitlab.com", "fleet-gitlab").with("iat", now() - 3000).with("exp", now() + 600);
    let jwt = gitlab.signed_by(&key);
    let job = || call().env("CATENA_CLIENT_ASSERTION", &jwt);
    let token = job().succeeds();
    assert_eq!(client_of(&token), "fleet-gitlab");
    assert_ne!(job().succeeds(), token);

    // Kubernetes: a projected token, whose audience is a list.
    let pod = claims(url, "fleet-pod").with("aud", vec![realm.clone()]).without("jti").with("exp", now() + 3600);
    let jwt = pod.signed_by(&key);
    let pod = || call().keeping_in(cache.path()).assertion_file(&jwt);
    assert_eq!(client_of(&pod().succeeds()), "fleet-pod");
    pod().arg("revoke").succeeds();
    pod().succeeds();

    // SPIFFE: no issuer.
    let svid = claims("", "fleet-workload").without("iss").without("jti").signed_by(&key);
    assert_eq!(client_of(&call().assertion_file(&svid).succeeds()), "fleet-workload");
}

/// A client is one subject.
#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn another_branch_is_another_client() {
    let (keycloak, pages) = (Keycloak::running(), Pages::start());
    pages.serve_keys(&[&Signer::new("RS256", "issuer")]);
    import(&keycloak, "imported-branches", &pages);
    let subjects = &[("repo:acme/fleet:ref:refs/heads/other", "")];
    let provider = Some(Provider { issuer: GITHUB, reuse: false, subjects });
    let runner = Issuer::start(Setup { provider, ..Setup::default() });
    let tool = Tool::bare().env("CATENA_ISSUER", format!("{}/realms/imported-branches", keycloak.http));
    let failed = tool.in_job(&runner).args(["--client-assertion-from", "github"]).fails(4);
    assert!(failed.error.contains("HTTP 401, invalid_client"), "{failed:?}");
    assert!(failed.hint.contains(GITHUB) && failed.hint.contains("refs/heads/other"), "{failed:?}");
}
