//! `revoke` with a given token: the request, and the report of every response.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer, Reply, Setup, Signer};

use crate::support::Tool;
use crate::support::clock::now;
use crate::support::terminal::run as on_a_terminal;

/// A call with a token on standard input.
fn revoke(issuer: &Issuer, token: &str) -> Tool {
    Tool::asking(issuer).env("CATENA_RETRIES", "0").args(["revoke", "-"]).given(token)
}

fn signed(issuer: &Issuer, claims: &str) -> String {
    issuer.signer().sign(&format!(r#"{{"iss":"{}",{claims}}}"#, issuer.url()))
}

#[test]
fn the_request_is_the_references() {
    let issuer = Issuer::http();
    let token = Tool::asking(&issuer).arg("--no-cache").succeeds();
    assert_eq!(revoke(&issuer, &token).succeeds(), "");
    assert_eq!(revoke(&issuer, token.trim_end()).args(["--client-auth", "basic"]).succeeds(), "");
    let requests = issuer.requests();
    for request in &requests[1..] {
        assert_eq!(request.path, "/realms/catena/protocol/openid-connect/revoke");
        assert_eq!(request.field("token").as_deref(), Some(token.trim_end()));
    }
    let expected = [("token", token.trim_end()), ("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET)];
    assert_eq!(requests[1].form(), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(requests[2].form().len(), 1);
    assert!(requests[2].header("authorization").unwrap().starts_with("Basic "));
}

/// A success prints only warnings; on a terminal and with `-v` it says what the result means.
#[test]
fn each_result_is_reported() {
    let ended = Reply::http(200, "", "");
    let invalid = Reply::json(200, r#"{"error":"invalid_token","error_description":"Invalid token"}"#);
    let (ahead, past) = (now() + 255, now() - 60);
    for (reply, claims, told) in [
        (
            &ended,
            format!(r#""exp":{ahead}"#),
            "the token was revoked: an API that checks tokens offline accepts it until 20",
        ),
        (&ended, format!(r#""exp":{past}"#), "the token was revoked\n"),
        (
            &ended,
            r#""exp":"soon""#.to_owned(),
            "the token was revoked: an API that checks tokens offline accepts it until it expires",
        ),
        (&Reply::json(200, "{}"), format!(r#""exp":{past}"#), "the token was revoked\n"),
        (&Reply::http(204, "", ""), format!(r#""exp":{past}"#), "the token was revoked\n"),
        (
            &invalid,
            format!(r#""exp":{past}"#),
            "the token was already invalid at this server (expired, revoked or unknown)\n",
        ),
        (
            &invalid,
            r#""x":1"#.to_owned(),
            "the token was already invalid at this server (expired, revoked or unknown)\n",
        ),
    ] {
        let issuer = Issuer::replying(reply.clone());
        let token = signed(&issuer, &claims);
        assert_eq!(revoke(&issuer, &token).succeeds(), "");
        let (_, said) = revoke(&issuer, &token).arg("-v").succeeds_saying();
        assert!(said.contains(&format!("catena-token: {told}")), "{said}");
    }
    let issuer = Issuer::replying(invalid.clone());
    let (_, said) = revoke(&issuer, &signed(&issuer, &format!(r#""exp":{ahead}"#))).succeeds_saying();
    let start =
        "catena-token: warning: this server does not know the token: an API that checks tokens offline accepts it";
    assert!(said.starts_with(start) && said.contains("Z, for 4 min 1") && said.lines().count() == 1, "{said}");
    let issuer = Issuer::replying(invalid);
    assert_eq!(revoke(&issuer, "an-opaque-token").succeeds(), "");
}

#[test]
fn a_failed_revocation_is_an_error() {
    let unmatching = Reply::json(400, r#"{"error":"invalid_request","error_description":"Unmatching clients"}"#);
    let wrong_secret = Reply::json(401, r#"{"error":"unauthorized_client","error_description":"Invalid client"}"#);
    for (reply, code, error, hint) in [
        (
            unmatching,
            4,
            "refused client 'acme' (HTTP 400, invalid_request): Unmatching clients",
            "revoke it with that client's id",
        ),
        (wrong_secret, 4, "refused client 'acme' (HTTP 401, unauthorized_client): Invalid client", "check --issuer"),
        (Reply::json(404, r#"{"error":"Realm does not exist"}"#), 4, "HTTP 404", "the URL of a realm"),
        (Reply::http(503, "text/plain", "starting"), 5, "HTTP 503", "try again later"),
        (Reply::http(502, "", ""), 5, "HTTP 502", "try again later"),
        (Reply::http(503, "", "").header("Retry-After", "9"), 5, "requested a delay of 9s", "try again in 9s"),
        (
            Reply::http(302, "", "").header("Location", "https://login.example.com/"),
            6,
            "redirects to 'https://login.example.com/' (HTTP 302)",
            "--issuer",
        ),
    ] {
        let issuer = Issuer::replying(reply);
        let failed = revoke(&issuer, &signed(&issuer, r#""x":1"#)).fails(code);
        let starts = failed.error.starts_with("cannot revoke the token: ");
        assert!(starts && failed.error.contains(error), "{}", failed.error);
        assert!(failed.hint.contains(hint), "{}", failed.hint);
    }
    let issuer = Issuer::idle();
    let failed = revoke(&issuer, "opaque").env("CATENA_ISSUER", "http://localhost:1/realms/catena").fails(5);
    assert!(failed.error.starts_with("cannot revoke the token: cannot connect to localhost:1"), "{}", failed.error);
}

/// The request was sent, but the service's response is incomplete.
#[test]
fn an_unknown_outcome_is_reported() {
    let cut = Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{".to_vec());
    for (reply, code, error, hint) in [
        (Reply::Close, 5, " closed the connection", "revoke it again"),
        (cut, 5, " closed the connection", "revoke it again"),
        (Reply::Hang, 5, " waiting for the response from ", "revoke it again"),
        (
            Reply::http(200, "text/html", "<html>Log in</html>"),
            7,
            "it is not JSON: text/html",
            "may come from another system",
        ),
        (Reply::json(200, "[]"), 7, "it is not a JSON object", "may come from another system"),
        (
            Reply::json(200, r#"{"error":"server_error"}"#),
            7,
            "it is an OAuth error (HTTP 200, server_error): no description",
            "",
        ),
    ] {
        let issuer = Issuer::replying(reply);
        let failed = revoke(&issuer, &signed(&issuer, r#""x":1"#)).args(["--timeout", "500ms"]).fails(code);
        let start = "cannot tell whether the token was revoked: ";
        assert!(failed.error.starts_with(start) && failed.error.contains(error), "{}", failed.error);
        assert!(failed.hint.contains(hint), "{}", failed.hint);
    }
}

#[test]
fn a_temporary_failure_is_retried_by_revoke() {
    let replies = vec![Reply::http(503, "", ""), Reply::Close, Reply::http(200, "", "")];
    let issuer = Issuer::start(Setup { replies, ..Setup::default() });
    revoke(&issuer, &signed(&issuer, r#""x":1"#)).env("CATENA_RETRIES", "2").succeeds();
    assert_eq!(issuer.requests().len(), 3);
    let issuer = Issuer::replying(Reply::Close);
    let failed = revoke(&issuer, "opaque").env("CATENA_RETRIES", "1").fails(5);
    assert!(failed.error.starts_with("cannot tell whether the token was revoked after 2 attempts: "));
}

/// It would hand a live token to a server that did not issue it.
#[test]
fn a_token_of_another_issuer_is_not_sent() {
    let issuer = Issuer::idle();
    let foreign = "https://auth.example.com/realms/other";
    let token = Signer::new("ES256", "k").sign(&format!(r#"{{"iss":"{foreign}"}}"#));
    let failed = revoke(&issuer, &token).fails(2);
    assert_eq!(failed.error, format!("the token was not sent: its issuer is '{foreign}', not '{}'", issuer.url()));
    assert!(failed.hint.contains("--issuer") && failed.hint.contains("--token-issuer"), "{}", failed.hint);
    let failed = revoke(&issuer, &issuer.signer().sign(r#"{"iss":["x"]}"#)).fails(2);
    assert!(failed.error.contains("its issuer is '[\"x\"]'"), "{}", failed.error);
    let failed = revoke(&issuer, &issuer.signer().sign(r#"{"iss":"a","iss":"b"}"#)).fails(7);
    assert!(failed.error.contains("cannot read its issuer: its payload cannot be read: it has a duplicate name"));
    // A part of a JWT may be nearly all of it.
    for part in [&token[1..], &token[..token.len() - 90], token.split('.').next().unwrap()] {
        let failed = revoke(&issuer, part).fails(7);
        assert!(
            failed.error.starts_with("the token was not sent: ") && failed.hint.contains("cut off"),
            "{}",
            failed.error
        );
    }
}

/// Header and payload as some libraries write them: with white space, in standard base64, padded.
#[test]
fn what_begins_like_a_jwt_in_any_base64_is_not_sent() {
    let issuer = Issuer::idle();
    let claims = "{\r\n\t\"iss\": \"https://auth.example.com/realms/other\", \"x\": \"???>>>~~~\"\r\n}";
    let headers = ["{\n  \"alg\": \"ES256\",\n  \"x\": \"???>>>~~~\"\n}", "{ \"alg\": \"?>\" }", "\n {\t\"alg\":1}"];
    for (header, engine) in headers.iter().flat_map(|header| [(header, &URL_SAFE), (header, &STANDARD)]) {
        let [head, payload] = [*header, claims].map(|part| engine.encode(part));
        let bare = |part: &str| part.trim_end_matches('=').to_owned();
        let signed = bare(&head) + "." + &bare(&payload) + ".";
        for token in [
            format!("{signed}{}", engine.encode("?>~signatur")),
            format!("{}.{payload}", bare(&head)),
            // Cut off, at the end or at the start.
            bare(&head[..head.len() - 5]),
            signed[..signed.len() - 7].to_owned(),
            signed[3..].to_owned(),
            payload,
            head,
        ] {
            let failed = revoke(&issuer, &token).fails(7);
            assert!(failed.error.starts_with("the token was not sent: cannot read its issuer: "), "{}", failed.error);
            assert!(failed.hint.contains("was it cut off?"), "{}", failed.hint);
            assert_eq!(Tool::asking(&issuer).args(["-q", "revoke", &token]).fails(7).error, failed.error);
            let shown = Tool::bare().args(["inspect", "-"]).given(&token).fails(7);
            assert!(
                shown.hint.contains("was it cut off?") || shown.error.starts_with("not a JWT: "),
                "{}",
                shown.error
            );
        }
    }
}

#[test]
fn a_token_without_an_issuer_is_sent() {
    let issuer = Issuer::replying(Reply::json(200, r#"{"error":"invalid_token"}"#));
    let without = issuer.signer().sign("{}");
    for token in ["opaque", "opaque.with.dots", without.as_str(), "a.b.c.d.e"] {
        revoke(&issuer, token).succeeds();
    }
    for token in ["opaque", without.as_str()] {
        let failed = revoke(&issuer, token).args(["--token-issuer", "https://x"]).fails(2);
        assert!(failed.error.contains("it has no issuer"), "{}", failed.error);
    }
    assert_eq!(issuer.requests().len(), 4);
}

#[test]
fn a_realm_behind_another_name_needs_token_issuer() {
    let issuer = Issuer::replying(Reply::http(200, "", ""));
    let outside = "https://auth.example.com/realms/catena";
    let token = issuer.signer().sign(&format!(r#"{{"iss":"{outside}"}}"#));
    revoke(&issuer, &token).args(["--token-issuer", outside]).succeeds();
    assert_eq!(issuer.requests().len(), 1);
    revoke(&issuer, &signed(&issuer, r#""x":1"#)).args(["--token-issuer", outside]).fails(2);
    assert_eq!(issuer.requests().len(), 1);
}

/// The server sends the token back redirected, quoted, encoded: it stays redacted, as `Tool` checks.
#[test]
fn a_server_that_reflects_the_token_is_not_repeated() {
    let token = "an-opaque-token-of-some-length-0123456789";
    for status in [400, 200, 503] {
        let description = format!("{CLIENT_SECRET} {token}");
        let body = format!(r#"{{"error":"invalid_request","error_description":"{description}"}}"#);
        let issuer = Issuer::replying(Reply::json(status, &body));
        let (code, stdout, said) = revoke(&issuer, token).arg("-vv").run();
        assert!(code != Some(0) && stdout.is_empty(), "{said}");
    }
    let issuer = Issuer::replying(Reply::http(302, "", "").header("Location", &format!("/{token}")));
    revoke(&issuer, token).fails(6);
}

#[test]
fn options_that_do_not_go_together_are_refused() {
    let issuer = Issuer::idle();
    let failed = revoke(&issuer, "x").unset("CATENA_CLIENT_SECRET").env("CATENA_CLIENT_SECRET_FILE", "-").fails(2);
    assert_eq!(failed.error, "cannot read stdin twice: CATENA_CLIENT_SECRET_FILE and the token both need it");
    let call = || Tool::asking(&issuer).arg("revoke");
    call().args(["--all", "-"]).refused_by_clap();
    call().args(["--all", "--scope", "x"]).refused_by_clap();
    call().args(["-", "--scope", "x"]).refused_by_clap();
    call().args(["-", "--refresh"]).refused_by_clap();
    assert_eq!(call().arg("-").fails(3).error, "no token: standard input is empty");
    assert_eq!(
        call().arg("-").unset("CATENA_CLIENT_ID").given("x").fails(3).error.split(':').next(),
        Some("no client id")
    );
}

#[test]
fn an_argument_can_be_read_by_others() {
    let issuer = Issuer::replying(Reply::http(200, "", ""));
    let call = || Tool::asking(&issuer).args(["revoke", "an-opaque-token"]);
    let (_, said) = call().succeeds_saying();
    assert!(said.starts_with("catena-token: warning: other users of this machine can read a token"), "{said}");
    call().arg("-q").succeeds();
}

#[test]
fn a_person_gets_one_line() {
    let issuer = Issuer::http();
    let script = format!(
        "export CATENA_CLIENT_SECRET={CLIENT_SECRET} HOME=$(mktemp -d); catena-token >/dev/null; catena-token revoke; \
         echo \"code=$?\"; catena-token revoke; echo \"code=$?\"; catena-token revoke -q; echo \"end=$?\"; rm -r \"$HOME\""
    );
    let mut terminal = on_a_terminal(&issuer, &script);
    let said = terminal.exp_string("code=0").unwrap();
    let start = "catena-token: the cached token was revoked: an API that checks tokens offline accepts it until 20";
    assert!(said.starts_with(start) && said.lines().count() == 1, "{said}");
    let said = terminal.exp_string("code=0").unwrap();
    assert!(said.trim().starts_with("catena-token: nothing to revoke: no token is cached for this client"), "{said}");
    assert_eq!(terminal.exp_string("end=0").unwrap().trim(), "");
}
