//! An assertion that a provider signed: its sources, what is sent, and what is not.

use catena_token_issuer::Issuer;

use crate::support::Tool;
use crate::support::assertion::{self, CI, Claims, JOB, WORKLOAD, client_of, job};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:";

#[test]
fn each_source_gets_a_token() {
    let issuer = assertion::issuer();
    let get = |tool: Tool| assert_eq!(client_of(&tool.succeeds()), "job");
    for end in ["", "\n", "\r\n"] {
        let fresh = || job(&issuer).signed();
        get(Tool::nameless(&issuer).assertion_file(&format!("{}{end}", fresh())));
        let jwt = fresh();
        let tool = Tool::nameless(&issuer).hiding(&jwt).args(["--client-assertion-file", "-"]);
        get(tool.stdin(format!("{jwt}{end}")));
        let jwt = fresh();
        let command = format!("printf '{jwt}{}'", end.escape_default());
        get(Tool::nameless(&issuer).hiding(&jwt).args(["--client-assertion-command", &command]));
    }
    let jwt = job(&issuer).signed();
    get(Tool::nameless(&issuer).env("CATENA_CLIENT_ASSERTION", &jwt));
    let jwt = job(&issuer).signed();
    let command = format!("printf %s {jwt}");
    get(Tool::nameless(&issuer).hiding(&jwt).env("CATENA_CLIENT_ASSERTION_COMMAND", command));
}

/// No version of Keycloak refuses a request without the client id; each refuses some value of it.
#[test]
fn the_request_has_no_client_id() {
    let issuer = assertion::issuer();
    for options in [&[][..], &["--client-id", "job"], &["--client-id", "another"]] {
        let jwt = job(&issuer).signed();
        Tool::nameless(&issuer).args(options).assertion_file(&jwt).succeeds();
        let mut form = issuer.requests().last().unwrap().form();
        form.sort();
        let expected = [
            ("client_assertion", jwt.as_str()),
            ("client_assertion_type", &format!("{TYPE}jwt-bearer")),
            ("grant_type", "client_credentials"),
            ("scope", "organization"),
        ];
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(form, expected);
    }
}

#[test]
fn the_type_follows_from_the_claims_or_is_given() {
    let issuer = assertion::issuer();
    let last = || issuer.requests().last().unwrap().field("client_assertion_type").unwrap();
    let svid = || Claims::new("", WORKLOAD, &issuer.url()).without("iss").signed();
    Tool::nameless(&issuer).assertion_file(&svid()).succeeds();
    assert_eq!(last(), format!("{TYPE}jwt-spiffe"));
    Tool::nameless(&issuer).assertion_file(&svid()).args(["--client-assertion-type", "jwt-bearer"]).fails(4);
    assert_eq!(last(), format!("{TYPE}jwt-bearer"));
    // SPIRE's own OIDC issuer is a provider as any other.
    Tool::nameless(&issuer).assertion_file(&Claims::new(CI, WORKLOAD, &issuer.url()).signed()).succeeds();
    assert_eq!(last(), format!("{TYPE}jwt-bearer"));
    let other = Tool::nameless(&issuer).assertion_file(&job(&issuer).signed());
    other.args(["--client-assertion-type", "saml2"]).refused_by_clap();
}

#[test]
fn a_command_finds_the_audience() {
    let issuer = assertion::issuer();
    let call = |audience: &str, options: &[&str]| {
        let jwt = Claims::new(CI, JOB, audience).signed();
        let tool = Tool::nameless(&issuer).hiding(&jwt);
        let path = tool.home().join("audience");
        let command = format!("printf %s \"$CATENA_ASSERTION_AUDIENCE\" > '{}'; printf %s {jwt}", path.display());
        // The file is read before the call's home is removed.
        let keep = tempfile::tempdir().unwrap();
        let copy = keep.path().join("audience");
        let command = command.replace(path.to_str().unwrap(), copy.to_str().unwrap());
        let (code, ..) = tool.args(["--client-assertion-command", &command]).args(options).run();
        (code, std::fs::read_to_string(copy).unwrap())
    };
    assert_eq!(call(&issuer.url(), &[]), (Some(0), issuer.url()));
    let name = "https://auth.example.test/realms/catena";
    assert_eq!(call(name, &["--token-issuer", name]), (Some(4), name.to_owned()));
    assert_eq!(call("api", &["--token-issuer", name, "--assertion-audience", "api"]), (Some(4), "api".to_owned()));
}

#[test]
fn what_is_no_assertion_is_not_sent() {
    let issuer = Issuer::idle();
    let good = job(&issuer).signed();
    let parts: Vec<&str> = good.split('.').collect();
    let long = format!("{}.{}.{}", parts[0], parts[1], "A".repeat(65_536));
    for content in [
        "",
        "\n",
        &format!("{good}\n{good}\n"),
        &format!("{good}\n\n"),
        &format!("{good} "),
        "not-a-jwt",
        "a.b.c",
        &format!("{}.{}", parts[0], parts[1]),
        &format!("{good}.{}", parts[2]),
        &format!("{}.bm90LWpzb24.{}", parts[0], parts[2]),
        &format!("{}.W10.{}", parts[0], parts[2]),
        &long,
    ] {
        let failed = Tool::nameless(&issuer).hiding(&good).assertion_file(content).fails(3);
        assert!(failed.error.contains("assertion"), "{content}: {}", failed.error);
    }
    let failed = Tool::nameless(&issuer).env("CATENA_CLIENT_ASSERTION_FILE", "/nonexistent/assertion").fails(3);
    assert!(failed.error.contains("'/nonexistent/assertion'"), "{}", failed.error);
    let failed = Tool::nameless(&issuer).env("CATENA_CLIENT_ASSERTION", "not-a-jwt").fails(3);
    assert!(failed.error.contains("CATENA_CLIENT_ASSERTION"), "{}", failed.error);
    let failed = Tool::nameless(&issuer).args(["--client-assertion-command", "exit 7"]).fails(3);
    assert!(failed.error.contains("exit status: 7"), "{}", failed.error);
}

/// It would hand a live credential to a server that it is not for.
#[test]
fn an_assertion_for_another_audience_is_not_sent() {
    let issuer = Issuer::idle();
    for audience in [serde_json::json!("https://sts.example.test"), serde_json::json!(["https://sts.example.test"])] {
        let jwt = job(&issuer).with("aud", audience).signed();
        let failed = Tool::nameless(&issuer).assertion_file(&jwt).fails(3);
        let said = format!("{} {}", failed.error, failed.hint);
        assert!(said.contains("https://sts.example.test") && said.contains(&issuer.url()), "{said}");
        assert!(said.contains("--token-issuer") || said.contains("--assertion-audience"), "{said}");
    }
    let jwt = job(&issuer).signed();
    let failed = Tool::nameless(&issuer).assertion_file(&jwt).env("CATENA_ASSERTION_AUDIENCE", "api").fails(3);
    assert!(failed.error.contains("'api'") || failed.hint.contains("'api'"), "{failed:?}");
}

/// Standard input is read once, and a renewal needs a new assertion.
#[test]
fn standard_input_is_for_one_request() {
    let issuer = Issuer::idle();
    for words in [&["renew", "--token-file", "token"][..], &["exec", "--renew", "true"]] {
        let call = Tool::nameless(&issuer).env("CATENA_CLIENT_ASSERTION_FILE", "-");
        let failed = call.args(words).stdin(job(&issuer).signed()).fails(2);
        assert!(!failed.hint.is_empty(), "{failed:?}");
    }
}
