//! `--client-assertion-from github`: the identity that a runner gives a job, at an endpoint of its own.

use std::fs;
use std::path::Path;
use std::process::Command;

use catena_token_issuer::{Certificate, Issuer, Proxy, ProxyReply, RUNNER_TOKEN, Reply, Setup};
use nix::sys::signal::Signal;

use crate::support::Tool;
use crate::support::assertion::{self, claims, client_of, job, received, runner};
use crate::support::doctor::{examine, fails_at};
use crate::support::job::Job;
use crate::support::parallel::{self, different, tokens};
use crate::support::wait::until;

/// A call in a job of `runner`.
fn call(issuer: &Issuer, runner: &Issuer) -> Tool {
    Tool::nameless(issuer).in_job(runner).env("CATENA_CLIENT_ASSERTION_FROM", "github")
}

/// A runner with these replies, and a realm that gets no request.
fn without_realm(replies: &[Reply]) -> (Issuer, Issuer) {
    (Issuer::idle(), assertion::replying(replies.to_vec()))
}

#[test]
fn a_job_gets_a_token_and_a_cached_one_needs_no_request() {
    let (issuer, runner, cache) = (assertion::issuer(), runner(), tempfile::tempdir().unwrap());
    let cached = || call(&issuer, &runner).keeping_in(cache.path());
    let token = cached().succeeds();
    assert_eq!(client_of(&token), "job");
    assert_eq!(cached().succeeds(), token);
    assert_eq!((runner.requests().len(), issuer.requests().len()), (1, 1));
    // A single-use assertion is new for each request.
    assert_ne!(cached().arg("--refresh").succeeds(), token);
    cached().arg("revoke").succeeds();
    let sent = received(&issuer);
    assert_eq!((sent.len(), runner.requests().len()), (3, 3));
    assert!(sent.iter().all(|jwt| claims(jwt)["aud"] == issuer.url()));
}

/// The audience is what the realm calls itself. An address may have no query.
#[test]
fn the_audience_is_the_realms_name() {
    let (issuer, runner) = (assertion::issuer(), runner());
    for (option, wanted) in [
        (&["--token-issuer", "https://id.example/realms/a b"][..], "https%3A%2F%2Fid.example%2Frealms%2Fa+b"),
        (&["--assertion-audience", "other&x=y"], "other%26x%3Dy"),
    ] {
        call(&issuer, &runner).args(option).args(["--retries", "0"]).fails(4);
        let path = runner.requests().pop().unwrap().path;
        assert_eq!(path, format!("/idtoken?api-version=2.0&audience={wanted}"));
    }
    let bare = Issuer::replying(Reply::json(404, "{}"));
    call(&issuer, &runner).env("ACTIONS_ID_TOKEN_REQUEST_URL", format!("{}/own", bare.origin())).fails(3);
    assert!(bare.requests()[0].path.starts_with("/own?audience=http%3A%2F%2Flocalhost"), "{:?}", bare.requests());
}

/// The same as [`call`], for a test to start.
fn command(issuer: &Issuer, runner: &Issuer, cache: &Path) -> Command {
    let mut command = parallel::command(issuer, cache);
    command.env_remove("CATENA_CLIENT_ID").env_remove("CATENA_CLIENT_SECRET");
    command.env("CATENA_CLIENT_ASSERTION_FROM", "github").env("ACTIONS_ID_TOKEN_REQUEST_URL", runner.runner_url());
    command.env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", RUNNER_TOKEN);
    command
}

#[test]
fn fifty_processes_make_one_request_of_each_kind() {
    let (issuer, runner, cache) = (assertion::issuer(), runner(), tempfile::tempdir().unwrap());
    let got = tokens(parallel::run(50, || command(&issuer, &runner, cache.path())));
    assert_eq!((got.len(), different(got)), (50, 1));
    assert_eq!((runner.requests().len(), issuer.requests().len()), (1, 1));
}

/// Each token of a long job has an assertion of its own.
#[test]
fn a_renewal_asks_the_runner_anew() {
    let (issuer, runner, home) = (assertion::issuer(), runner(), tempfile::tempdir().unwrap());
    let file = home.path().join("token");
    let mut renew = command(&issuer, &runner, &home.path().join("cache"));
    renew.args(["renew", "--token-file"]).arg(&file);
    let job = Job::of(renew);
    until(|| file.exists());
    let first = fs::read_to_string(&file).unwrap();
    job.signal(Signal::SIGHUP);
    until(|| fs::read_to_string(&file).unwrap() != first);
    assert_eq!(job.end_by(Signal::SIGTERM).0.code(), Some(0));
    assert_eq!((runner.requests().len(), received(&issuer).len()), (2, 2));
}

/// The realm is not asked.
#[test]
fn each_failure_of_the_runner_has_its_code() {
    let wrong = job(&Issuer::idle()).with("aud", "https://github.com/acme").signed();
    for (code, reply, error, hint) in [
        (3, Reply::json(401, "{}"), "HTTP 401", "id-token: write"),
        (3, Reply::json(404, "{}"), "HTTP 404", "id-token: write"),
        // It is not the realm.
        (3, Reply::json(403, r#"{"error":"denied"}"#), "the server at localhost", "id-token: write"),
        (5, Reply::json(500, "{}"), "after 3 attempts", "try again later"),
        (5, Reply::json(429, "{}").header("Retry-After", "100"), "requested a delay", "try again"),
        (
            6,
            Reply::http(302, "text/plain", "").header("Location", "http://127.0.0.1:1/x"),
            "redirects to",
            "ACTIONS_ID_TOKEN_REQUEST_URL",
        ),
        (7, Reply::json(200, r#"{"count":1}"#), "'value'", "ACTIONS_ID_TOKEN_REQUEST_URL"),
        (7, Reply::json(200, r#"{"value":7}"#), "'value'", ""),
        (7, Reply::json(200, r#"{"value":""}"#), "'value'", ""),
        (7, Reply::http(200, "text/html", "<html>"), "not JSON", "network login page"),
        (7, Reply::json(200, r#"{"value":"no-jwt"}"#), "'value'", ""),
        (3, Reply::json(200, &format!(r#"{{"value":"{wrong}"}}"#)), "'https://github.com/acme'", ""),
    ] {
        let (issuer, runner) = without_realm(std::slice::from_ref(&reply));
        let failed = call(&issuer, &runner).hiding(&wrong).fails(code);
        assert!(failed.error.contains(error) && failed.hint.contains(hint), "{reply:?}: {failed:?}");
    }
}

#[test]
fn a_runner_that_fails_for_a_while_is_asked_again() {
    let once = || Reply::json(500, "{}");
    let (issuer, runner) = (assertion::issuer(), assertion::replying(vec![once(), once(), Reply::Keycloak]));
    assert_eq!(client_of(&call(&issuer, &runner).succeeds()), "job");
    assert_eq!(runner.requests().len(), 3);
}

#[test]
fn a_job_without_an_identity() {
    let (issuer, runner) = (Issuer::idle(), Issuer::idle());
    let url = runner.runner_url();
    for (variables, named) in [
        (&[][..], "ACTIONS_ID_TOKEN_REQUEST_URL"),
        (&[("ACTIONS_ID_TOKEN_REQUEST_URL", url.as_str())], "ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
        (&[("ACTIONS_ID_TOKEN_REQUEST_TOKEN", RUNNER_TOKEN)], "ACTIONS_ID_TOKEN_REQUEST_URL"),
    ] {
        let tool = Tool::nameless(&issuer).args(["--client-assertion-from", "github"]);
        let failed = variables.iter().fold(tool, |tool, (name, value)| tool.env(name, value)).fails(3);
        assert!(failed.error.contains(named) && failed.hint.contains("id-token: write"), "{failed:?}");
    }
    let other = call(&issuer, &runner).env("CATENA_CLIENT_ASSERTION_FROM", "gitlab").fails(2);
    assert!(other.error.contains("expected github"), "{other:?}");
    let said = call(&issuer, &runner).args(["--client-assertion-from", "gitlab"]).refused_by_clap();
    assert!(said.contains("github"), "{said}");
}

/// The request token is a credential: it is sent by https, or to this machine.
#[test]
fn the_address_must_be_safe() {
    for url in ["http://runner.example/token", "ftp://runner.example/", "runner"] {
        let issuer = Issuer::idle();
        let failed = call(&issuer, &issuer).env("ACTIONS_ID_TOKEN_REQUEST_URL", url).fails(2);
        assert!(failed.error.contains("https") && !failed.error.contains("runner.example"), "{url}: {failed:?}");
    }
}

/// Host and scheme are the same in any case, and a fragment is not sent (RFC 3986).
#[test]
fn the_address_is_read_as_a_url() {
    let issuer = assertion::issuer();
    let setup = Setup { certificate: Some(Certificate::Good), ..assertion::setup() };
    let runner = Issuer::start(setup);
    let call = |url: &str| {
        let tool = call(&issuer, &runner).trusting([runner.trusted_pem()]).arg("--no-cache");
        tool.env("ACTIONS_ID_TOKEN_REQUEST_URL", url)
    };
    let url = runner.runner_url();
    for url in [url.replace("https://localhost", "HTTPS://LocalHost"), format!("{url}#fragment")] {
        assert_eq!(client_of(&call(&url).succeeds()), "job");
    }
    let failed = call(&url.replace("://", "://user:word@")).fails(2);
    assert!(failed.error.contains("ACTIONS_ID_TOKEN_REQUEST_URL") && failed.error.contains("user name"), "{failed:?}");
}

/// The request line is limited, and has both.
#[test]
fn the_address_and_the_audience_may_be_long() {
    let (issuer, runner) = (assertion::issuer(), runner());
    let audience = |length| "&".repeat(length);
    let long = call(&issuer, &runner).args(["--assertion-audience", &audience(2_000), "--retries", "0"]);
    assert!(long.fails(4).error.contains("Invalid token audience"));
    for option in ["--assertion-audience", "--token-issuer"] {
        let failed = call(&issuer, &runner).args([option, &audience(2_001)]).fails(2);
        assert!(failed.error.contains(option) && failed.error.contains("2000"), "{failed:?}");
    }
    let url = format!("{}{}", runner.runner_url(), "x".repeat(2_000));
    let failed = call(&issuer, &runner).env("ACTIONS_ID_TOKEN_REQUEST_URL", url).fails(2);
    assert!(failed.error.contains("2000"), "{failed:?}");
}

/// A job's identity is for the realm that the job names, so it is never sent unless that is wanted.
#[test]
fn the_runners_variables_alone_switch_nothing_on() {
    let (issuer, runner) = (Issuer::idle(), Issuer::idle());
    let failed = Tool::without_secret(&issuer).in_job(&runner).fails(3);
    assert!(failed.hint.contains("--client-assertion-from github"), "{failed:?}");
    let realm = Issuer::http();
    Tool::asking(&realm).in_job(&runner).succeeds();
}

#[test]
fn an_https_endpoint_is_verified_by_the_given_authorities_too() {
    let issuer = assertion::issuer();
    let setup = Setup { certificate: Some(Certificate::Good), ..assertion::setup() };
    let runner = Issuer::start(setup);
    let failed = call(&issuer, &runner).fails(6);
    assert!(failed.error.contains("CA bundle"), "{failed:?}");
    let trusting = call(&issuer, &runner);
    let bundle = trusting.file("ca.pem", runner.trusted_pem());
    assert_eq!(client_of(&trusting.arg("--ca-cert").arg(bundle).succeeds()), "job");
}

/// The runner is on another host than the realm, which is on this one.
#[test]
fn the_proxy_is_chosen_for_the_runners_host() {
    let host = "runner.test";
    let runner = Issuer::start(Setup { certificate: Some(Certificate::Good), host, ..assertion::setup() });
    let (issuer, proxy) = (assertion::issuer(), Proxy::start(ProxyReply::Connect));
    let call = || call(&issuer, &runner).trusting([runner.trusted_pem()]).env("HTTPS_PROXY", url(&proxy));
    assert_eq!(client_of(&call().succeeds()), "job");
    let [asked] = &proxy.requests()[..] else { panic!("{:?}", proxy.requests()) };
    assert_eq!(asked.path, format!("{host}:{}", runner.port()));
    assert!(!format!("{asked:?}").contains(RUNNER_TOKEN), "{asked:?}");
    let failed = call().env("NO_PROXY", host).env("CATENA_RETRIES", "0").fails(5);
    assert!(failed.error.contains(&format!("cannot resolve '{host}'")), "{failed:?}");
    assert!(!failed.hint.contains("--issuer"), "{failed:?}");
}

fn url(proxy: &Proxy) -> String {
    format!("http://{}", proxy.address())
}

#[test]
fn doctor_describes_what_the_runner_says() {
    let (issuer, runner) = (assertion::issuer(), runner());
    let report = examine(call(&issuer, &runner));
    assert_eq!((report.code, report.status("credential")), (0, "ok"), "{report}");
    let seen = report.seen("credential").to_string();
    for fact in [assertion::CI, assertion::JOB, &issuer.url(), "CATENA_CLIENT_ASSERTION_FROM"] {
        assert!(seen.contains(fact), "no {fact}: {report}");
    }
    // The steps of the realm are about its own connection.
    let (_, report) = call(&issuer, &runner).arg("doctor").reports();
    assert_eq!(report.matches("connected to").count(), 1, "{report}");
    // Discovery is asked.
    let (issuer, runner) = (Issuer::http(), assertion::replying(vec![Reply::json(404, "{}")]));
    let make = || call(&issuer, &runner).env("CATENA_RETRIES", "0");
    let report = fails_at(make, "credential", "HTTP 404", "id-token: write");
    assert_eq!((report.code, report.status("request")), (3, "skipped"), "{report}");
    let offline = call(&issuer, &Issuer::idle()).args(["doctor", "--offline"]).reports();
    assert_eq!(offline.0, 0, "{}", offline.1);
}
