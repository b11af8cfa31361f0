//! `--token-url` and `--param`: what discovery does not say.

use catena_token_issuer::{Document, Issuer};

use crate::support::Tool;
use crate::support::doctor::examine;
use crate::support::revoking::{cache, call, paths};

/// A call whose token endpoint is given, and whose issuer is the default.
fn at_the_token_url(issuer: &Issuer) -> Tool {
    Tool::asking(issuer).unset("CATENA_ISSUER").env("CATENA_TOKEN_URL", format!("{}/oauth2/token", issuer.origin()))
}

#[test]
fn a_given_token_url_needs_no_discovery() {
    let issuer = Issuer::with(Document::complete());
    assert!(at_the_token_url(&issuer).arg("--no-cache").succeeds().starts_with("eyJ"));
    let report = examine(at_the_token_url(&issuer).arg("--no-cache"));
    assert_eq!(
        (report.code, report.status("discovery"), report.status("issuer")),
        (0, "skipped", "skipped"),
        "{report}"
    );
    assert_eq!(paths(&issuer), ["token", "token"]);
    // The issuer is not the place of the token, but of everything else.
    let cache = cache();
    let with_issuer = || call(&issuer, &cache).args(["--token-url", &format!("{}/oauth2/token", issuer.origin())]);
    with_issuer().succeeds();
    with_issuer().args(["inspect", "--verify"]).succeeds();
    with_issuer().arg("revoke").succeeds();
    let document = "openid-configuration";
    assert_eq!(paths(&issuer)[2..], ["token", document, "keys", document, "revoke"]);
}

/// Without `--issuer`, the tokens of every token URL are cached for the default one.
#[test]
fn a_token_of_another_token_url_is_not_sent_to_the_issuer() {
    let (issuer, cache) = (Issuer::with(Document::complete()), cache());
    let call = || call(&issuer, &cache);
    let url = format!("{}/oauth2/token", issuer.origin());
    call().args(["--token-url", &url]).succeeds();
    call().args(["revoke", "--all"]).succeeds();
    assert_eq!(paths(&issuer), ["token"]);
    call().args(["revoke", "--all", "--token-url", &url]).succeeds();
    assert_eq!(paths(&issuer), ["token", "openid-configuration", "revoke"]);
}

/// Its query may hold a key.
#[test]
fn a_token_urls_query_is_not_shown() {
    let issuer = Issuer::with(Document::complete());
    let key = "Jm4kQ8vX2bN6tR9wZ1cF5gH7";
    let call = || {
        Tool::asking(&issuer).args([
            "--no-cache",
            "--token-url",
            &format!("{}/oauth2/token?code={key}", issuer.origin()),
        ])
    };
    for words in [&["-vv"][..], &["doctor"]] {
        let (code, stdout, said) = call().args(words).run();
        assert_eq!(code, Some(0), "{stdout}{said}");
        assert!((stdout.clone() + &said).contains("/oauth2/token?…") && !(stdout + &said).contains(key), "{said}");
    }
    assert_eq!(issuer.requests()[0].path, format!("/oauth2/token?code={key}"));
}

/// Nothing was sent to be revoked, so that the cached token stays.
#[test]
fn a_document_that_fails_revokes_nothing() {
    let issuer = Issuer::with(Document::complete().with("\"issuer\"", "\"x\""));
    let cache = cache();
    let call = || call(&issuer, &cache).args(["--token-url", &format!("{}/oauth2/token", issuer.origin())]);
    let token = call().succeeds();
    let failed = call().arg("revoke").fails(6);
    assert!(failed.error.starts_with("cannot discover the issuer's endpoints: "), "{}", failed.error);
    assert_eq!(call().succeeds(), token);
}

#[test]
fn without_an_issuer_nothing_can_be_revoked_or_verified() {
    let issuer = Issuer::idle();
    for (words, what) in [(&["revoke"][..], "'revoke'"), (&["inspect", "--verify"], "--verify")] {
        let failed = at_the_token_url(&issuer).args(words).fails(3);
        assert_eq!(failed.error, format!("no issuer: {what} needs one, and only --token-url is given"));
        assert_eq!(failed.hint, "use --issuer or set CATENA_ISSUER");
    }
}

/// The hint names the setting that decides where the request goes.
#[test]
fn what_fails_at_the_token_url_is_not_the_issuers() {
    let issuer = Issuer::with(Document::complete());
    let failed = at_the_token_url(&issuer).arg("--no-cache").env("CATENA_CLIENT_SECRET", "a-wrong-one").fails(4);
    assert!(failed.hint.starts_with("check --token-url, --client-id and the client secret"), "{}", failed.hint);
    let tool = || Tool::asking(&issuer).args(["--no-cache", "--retries", "0", "--token-url"]);
    let failed = tool().arg("http://localhost:1/token").fails(5);
    assert!(failed.hint.starts_with("check host and port in --token-url"), "{}", failed.hint);
    assert_eq!(tool().arg(format!("{}/nowhere", issuer.origin())).fails(4).hint, "check --token-url");
}

#[test]
fn a_token_url_is_checked_as_an_issuer_is() {
    let issuer = Issuer::idle();
    let failed = Tool::asking(&issuer).args(["--token-url", "http://id.example.com/token"]).fails(2);
    let why =
        "--token-url: invalid URL 'http://id.example.com/token' (http would send the secret unencrypted: use https)";
    assert_eq!(failed.error, why);
    let issuer = Issuer::http();
    let (_, said) = Tool::asking(&issuer).env("CATENA_TOKEN_URL", "").arg("--no-cache").succeeds_saying();
    let warning = format!("CATENA_TOKEN_URL is set but empty: using the token endpoint of {}\n", issuer.url());
    assert_eq!(said, format!("catena-token: warning: {warning}"));
}

#[test]
fn a_parameter_is_sent_and_its_token_is_cached_for_it() {
    let (issuer, cache) = (Issuer::with(Document::complete()), cache());
    let call = |params: &[&str]| params.iter().fold(call(&issuer, &cache), |tool, param| tool.args(["--param", param]));
    let fleet = ["audience=https://api/?a=b&c", "resource=x", "resource=y"];
    let tokens = [call(&fleet).succeeds(), call(&fleet).succeeds(), call(&fleet[..2]).succeeds(), call(&[]).succeeds()];
    assert_eq!(tokens[0], tokens[1]);
    assert!(tokens[1] != tokens[2] && tokens[2] != tokens[3] && tokens[1] != tokens[3]);
    let sent: Vec<_> = issuer.requests().into_iter().filter(|request| request.method == "POST").collect();
    assert_eq!(sent[0].field("audience").as_deref(), Some("https://api/?a=b&c"));
    let names: Vec<String> = sent[0].form().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["grant_type", "client_id", "client_secret", "scope", "audience", "resource", "resource"]);
    call(&fleet).arg("revoke").succeeds();
    assert_eq!(call(&fleet[..2]).succeeds(), tokens[2]);
}

/// Its value may be one that only the server should see.
#[test]
fn a_parameters_value_is_never_printed() {
    let issuer = Issuer::http();
    let value = "Jm4kQ8vX2bN6tR9wZ1cF5gH7";
    let (_, said) =
        Tool::asking(&issuer).args(["-vv", "--no-cache", "--param", &format!("x={value}")]).succeeds_saying();
    assert!(said.contains("parameters: x (--param)") && !said.contains(value), "{said}");
    let report = examine(Tool::asking(&issuer).args(["--param", &format!("x={value}")]));
    assert!(!report.to_string().contains(value), "{report}");
    for (param, why, hint) in [
        (value.to_owned(), "expected NAME=VALUE", ""),
        (format!("client_secret={value}"), "the request already has that parameter", "--client-secret-file"),
        (format!("scope={value}"), "the request already has that parameter", "--scope"),
        (format!("grant_type={value}"), "the request already has that parameter", ""),
    ] {
        let failed = Tool::asking(&issuer).args(["--param", &param]).fails(2);
        assert_eq!(failed.error, format!("cannot use --param: {why}"));
        assert!(failed.hint.contains(hint) && failed.hint.is_empty() == hint.is_empty(), "{}", failed.hint);
    }
}

#[test]
fn the_hint_for_a_refusal_names_the_methods_that_the_issuer_lists() {
    let document = Document::complete().with(",\"client_secret_post\"", "");
    let issuer = Issuer::with(document);
    let failed = Tool::asking(&issuer).arg("--no-cache").env("CATENA_CLIENT_SECRET", "wrong").fails(4);
    assert!(failed.error.starts_with("cannot get a token: the server at localhost:"), "{}", failed.error);
    assert!(
        failed.hint.starts_with("use --client-auth basic: the issuer lists client_secret_basic;"),
        "{}",
        failed.hint
    );
}
