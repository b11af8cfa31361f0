//! Neither an assertion nor a key is in an output, nor in a command's environment, not even if a server sends it back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use catena_token_issuer::{Authority, Issuer, RUNNER_TOKEN, Reply, Setup, Signer};

use crate::support::Tool;
use crate::support::assertion::{self, job};

#[test]
fn a_command_inherits_no_credential() {
    let (key, other) = (Signer::new("ES256", ""), Signer::new("EdDSA", ""));
    let pem = key.pem();
    let by_key = Issuer::start(Setup { client_key: Some(key), ..Setup::default() });
    let issuer = assertion::reusing();
    let jwt = job(&issuer).signed();
    let by_file = || Tool::nameless(&issuer).assertion_file(&jwt);
    for tool in [
        by_file(),
        Tool::nameless(&issuer).env("CATENA_CLIENT_ASSERTION", &jwt),
        Tool::nameless(&issuer).hiding(&jwt).env("CATENA_CLIENT_ASSERTION_COMMAND", format!("printf %s {jwt}")),
        Tool::without_secret(&by_key).key_file(&pem).env("CATENA_SIGNING_ALG", "ES256"),
        Tool::without_secret(&by_key).env("CATENA_SIGNING_KEY", &pem),
        // What a flag beats, too.
        Tool::asking(&issuer)
            .env("CATENA_CLIENT_ASSERTION", &jwt)
            .env("CATENA_SIGNING_KEY", other.pem())
            .args(["--client-assertion-command", &format!("printf %s {jwt}")]),
    ] {
        let printed = tool.env("OTHER", "stays").args(["exec", "--", "env"]).succeeds();
        assert!(printed.contains("OTHER=stays") && printed.contains("CATENA_TOKEN="), "{printed}");
        for name in ["CATENA_CLIENT_ASSERTION", "CATENA_SIGNING_KEY", "CATENA_CLIENT_SECRET"] {
            assert!(!printed.contains(name), "{name}: {printed}");
        }
        assert!(!printed.contains(&jwt) && !printed.contains("PRIVATE KEY"), "{printed}");
    }
}

/// GitHub's variables are the runner's, and a command may need them for other services.
#[test]
fn a_command_keeps_the_runners_variables_and_loses_ours() {
    let (issuer, runner) = (assertion::issuer(), assertion::runner());
    let own = Authority::new().client("acme");
    let script = "[ -n \"$ACTIONS_ID_TOKEN_REQUEST_TOKEN\" ] && env | grep -v ^ACTIONS_ID_TOKEN_REQUEST_TOKEN=";
    let tool = Tool::nameless(&issuer).in_job(&runner).env("CATENA_CLIENT_ASSERTION_FROM", "github").certified(&own);
    let printed = tool.args(["exec", "--", "sh", "-c", script]).succeeds();
    assert!(printed.contains("CATENA_TOKEN=") && printed.contains("ACTIONS_ID_TOKEN_REQUEST_URL="), "{printed}");
    for name in ["CATENA_CLIENT_ASSERTION", "CATENA_CLIENT_KEY"] {
        assert!(!printed.contains(name), "{name}: {printed}");
    }
}

/// Answers that repeat `text`, and the exit code of each.
fn answers(text: &str) -> Vec<(i32, Reply)> {
    let escaped = serde_json::to_string(text).unwrap();
    let error = format!(r#"{{"error":"invalid_client","error_description":{escaped}}}"#);
    // Where a long text is cut.
    let late = format!(r#"{{"error":"invalid_client","error_description":"{}{}"#, "x".repeat(480), &escaped[1..]) + "}";
    vec![
        (4, Reply::json(400, &error)),
        (4, Reply::json(401, &late)),
        (4, Reply::json(400, &format!(r#"{{"error":{escaped}}}"#))),
        (4, Reply::http(403, "text/html", format!("<html><title>{text}</title>{text}"))),
        (7, Reply::http(200, "text/html", format!("<html>{text}"))),
        (7, Reply::json(200, &error)),
        (7, Reply::json(200, &format!(r#"{{"access_token":{escaped},"token_type":{escaped}}}"#))),
        (6, Reply::http(302, "text/plain", text).header("Location", &text.replace('\n', ""))),
        (5, Reply::http(503, "text/plain", text).header("Retry-After", &text.replace('\n', ""))),
    ]
}

#[test]
fn an_assertion_that_a_server_sends_back_is_hidden() {
    let audience = Issuer::idle();
    let jwt = job(&audience).signed();
    let signature = jwt.rsplit('.').next().unwrap();
    for text in [jwt.clone(), signature.to_owned(), format!("client_assertion={jwt}&scope=organization")] {
        for (code, reply) in answers(&text) {
            let issuer = Issuer::start(Setup { replies: vec![reply.clone()], ..Setup::default() });
            let options = ["--assertion-audience", &audience.url(), "--retries", "0", "-vv"];
            let call = || Tool::nameless(&issuer).assertion_file(&jwt).args(options);
            let (actual, stdout, said) = call().run();
            assert_eq!((actual, stdout.as_str()), (Some(code), ""), "{reply:?}: {said}");
            let (actual, ..) = call().args(["doctor", "--json"]).run();
            assert_eq!(actual, Some(code), "{reply:?}");
        }
    }
}

/// By the runner, which is another server than the realm: its refusal is another code.
#[test]
fn a_request_token_that_the_runner_sends_back_is_hidden() {
    let encoded = STANDARD.encode(RUNNER_TOKEN);
    for text in [RUNNER_TOKEN.to_owned(), format!("Bearer {RUNNER_TOKEN}"), encoded] {
        for (code, reply) in answers(&text) {
            let (issuer, runner) = (Issuer::http(), assertion::replying(vec![reply.clone()]));
            let options = ["--client-assertion-from", "github", "--retries", "0", "-vv"];
            let call = || Tool::nameless(&issuer).in_job(&runner).args(options);
            let (actual, stdout, said) = call().run();
            let code = if code == 4 { 3 } else { code };
            assert_eq!((actual, stdout.as_str()), (Some(code), ""), "{reply:?}: {said}");
            assert_eq!(call().args(["doctor", "--json"]).run().0, Some(code), "{reply:?}");
        }
    }
}

#[test]
fn a_runners_assertion_that_the_realm_sends_back_is_hidden() {
    let audience = Issuer::idle();
    let jwt = job(&audience).signed();
    let given = Reply::json(200, &format!(r#"{{"value":"{jwt}"}}"#));
    for (code, reply) in answers(&jwt) {
        let issuer = Issuer::start(Setup { replies: vec![reply.clone()], ..Setup::default() });
        let runner = Issuer::replying(given.clone());
        let tool = Tool::nameless(&issuer).in_job(&runner).hiding(&jwt).args(["--assertion-audience", &audience.url()]);
        let (actual, _, said) = tool.args(["--client-assertion-from", "github", "--retries", "0", "-vv"]).run();
        assert_eq!(actual, Some(code), "{reply:?}: {said}");
        let sent = issuer.requests().remove(0);
        assert!(!String::from_utf8_lossy(&sent.body).contains(RUNNER_TOKEN) && sent.header("authorization").is_none());
    }
}

#[test]
fn a_key_that_a_server_sends_back_is_hidden() {
    let pem = Signer::new("RS256", "").pem();
    let line = pem.lines().nth(1).unwrap();
    for text in [pem.as_str(), line, pem.trim_end()] {
        for (code, reply) in answers(text) {
            let issuer = Issuer::start(Setup { replies: vec![reply.clone()], ..Setup::default() });
            let call = Tool::without_secret(&issuer).key_file(&pem).args(["--retries", "0", "-vv"]);
            let (actual, stdout, said) = call.run();
            assert_eq!((actual, stdout.as_str()), (Some(code), ""), "{reply:?}: {said}");
        }
    }
}

/// A variable that must name a file has the file's text by mistake, as it is, or joined to one line.
#[test]
fn a_key_in_the_place_of_its_file_is_hidden() {
    let issuer = Issuer::idle();
    // Long enough to contain a slash, as a path.
    let pem = Signer::new("RS256", "").pem().trim_end().to_owned();
    let own = Authority::new().client("acme");
    for text in [pem.clone(), pem.replace('\n', " "), pem.replace('\n', "\\n")] {
        let call = || Tool::without_secret(&issuer).arg("-vv");
        for tool in [
            call().env("CATENA_SIGNING_KEY_FILE", &text),
            call().env("CATENA_CLIENT_SECRET_FILE", &text),
            call().certified(&own).env("CATENA_CLIENT_KEY", &text),
            call().env("CATENA_CLIENT_CERT", &text),
            call().env("CATENA_SIGNING_KEY_FILE", &text).args(["doctor", "--offline"]),
            call().env("CATENA_CLIENT_CERT", &text).args(["doctor", "--json", "--offline"]),
        ] {
            let (code, stdout, said) = tool.run();
            assert_eq!(code, Some(3), "{said}");
            for line in pem.lines().filter(|line| !line.starts_with('-')) {
                assert!(!format!("{stdout}{said}").contains(line), "{stdout}{said}");
            }
        }
    }
    let failed = Tool::without_secret(&issuer).env("CATENA_CLIENT_CERT", "acme.pem").fails(3);
    assert!(failed.hint.contains("./NAME"), "{failed:?}");
}

#[test]
fn what_is_said_on_the_way_holds_no_credential() {
    let issuer = assertion::reusing();
    let jwt = job(&issuer).signed();
    let (_, said) = Tool::nameless(&issuer).assertion_file(&jwt).arg("-vv").succeeds_saying();
    assert!(!said.is_empty());
    let report = Tool::nameless(&issuer).assertion_file(&jwt).args(["doctor", "--json"]).reports().1;
    assert!(report.contains(assertion::JOB) && report.contains("\"credential\""), "{report}");
    let key = Signer::new("ES256", "");
    let pem = key.pem();
    let issuer = Issuer::start(Setup { client_key: Some(key), ..Setup::default() });
    Tool::without_secret(&issuer).key_file(&pem).arg("-vv").succeeds_saying();
    for sent in assertion::received(&issuer) {
        let (_, report) = Tool::without_secret(&issuer).key_file(&pem).hiding(&sent).arg("doctor").reports();
        assert!(report.contains("credential"), "{report}");
    }
}
