//! Control and direction-changing characters of a server, an argument or a setting reach no terminal and forge no line.

use std::os::unix::process::CommandExt as _;

use catena_token_issuer::{Issuer, Reply, Signer};
use serde_json::Value;

use crate::support::{Tool, plain_command};

const FORGED: &str = "catena-token: error: forged";

/// Nothing but line breaks and printable characters.
#[track_caller]
fn assert_harmless(text: &str) {
    let is_harmful = |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!text.contains(is_harmful), "{text:?}");
    assert!(text.lines().all(|line| line != FORGED), "{text}");
}

#[test]
fn a_servers_text_in_json_is_escaped_and_means_the_same() {
    let hostile = "\u{9b}31m\u{7f}\u{202e}\u{200b}\u{e0041}";
    let members = format!(r#""token_type":"Bearer","expires_in":300,"{hostile}":["{hostile}", "ü\\n"]"#);
    let body = format!(r#"{{"access_token":"abc",{members}}}"#);
    let (issuer, cache) = (Issuer::replying(Reply::json(200, &body)), tempfile::tempdir().unwrap());
    // From the server, then from the cache.
    for _ in 0..2 {
        let shown = Tool::asking(&issuer).keeping_in(cache.path()).arg("--json").succeeds();
        assert_harmless(&shown);
        assert!(shown.contains(r#"["\u009b31m\u007f\u202e\u200b\udb40\udc41","ü\\n"]"#), "{shown}");
        let read: Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(read[hostile], serde_json::from_str::<Value>(&body).unwrap()[hostile]);
    }
    assert_eq!(issuer.requests().len(), 1);
}

#[test]
fn a_servers_text_in_every_report_is_escaped() {
    let hostile = "a\u{9b}31m\u{7f}\u{202e}\\u001b[2J\\n";
    let claims =
        format!(r#"{{"azp":"{hostile}","iss":"{hostile}","scope":"{hostile}","aud":{{"{hostile}":"{hostile}"}}}}"#);
    let token = Signer::new("ES256", "k1").sign(&claims);
    let body = format!(
        r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":300,"scope":"{hostile}","issuer":"{hostile}",
            "token_endpoint":"{hostile}","jwks_uri":"{hostile}"}}"#
    );
    let (issuer, cache) = (Issuer::replying(Reply::json(200, &body)), tempfile::tempdir().unwrap());
    let tool = || Tool::asking(&issuer).keeping_in(cache.path());
    for words in [&["inspect"][..], &["inspect", "--json"], &["doctor"], &["doctor", "--json"], &["cache", "list"]] {
        let (_, stdout, said) = tool().arg("-vv").args(words).run();
        assert!(!stdout.is_empty(), "{said}");
        assert_harmless(&stdout);
        assert_harmless(&said);
    }
}

#[test]
fn an_argument_is_escaped_in_a_usage_error() {
    let hostile = format!("\u{1b}[2J\u{9b}\u{202e}\r\n{FORGED}\n");
    for arguments in [
        vec![format!("--bogus{hostile}")],
        vec![format!("--bogus{hostile}=x")],
        vec![format!("--json={hostile}")],
        vec![hostile.clone()],
        vec!["--timeout".to_owned(), hostile.clone()],
        vec!["--format".to_owned(), hostile.clone()],
        vec!["--format".to_owned(), format!("json{hostile}")],
        vec!["--env-name".to_owned(), hostile.clone()],
        vec!["man".to_owned(), hostile.clone()],
        vec!["man".to_owned(), format!("--client-id{hostile}")],
        vec!["cache".to_owned(), format!("list{hostile}")],
        vec!["completions".to_owned(), hostile.clone()],
        vec!["renew".to_owned(), "--token-file-mode".to_owned(), hostile.clone()],
        vec![format!("-{hostile}")],
    ] {
        assert_harmless(&Tool::bare().args(&arguments).refused_by_clap());
    }
}

#[test]
fn the_name_of_the_program_is_ours() {
    for words in
        [&["--bogus"][..], &["-h"], &["--help"], &["exec", "--help"], &["cache", "list", "--bogus"], &["cache"]]
    {
        let mut call = plain_command::command(env!("CARGO_BIN_EXE_catena-token"));
        let output = call.arg0(format!("x\u{1b}[2J\u{202e}\n{FORGED}\n")).args(words).output().unwrap();
        for text in [output.stdout, output.stderr] {
            let text = String::from_utf8(text).unwrap();
            assert_harmless(&text);
            assert!(text.is_empty() || text.contains("Usage: catena-token"), "{text}");
        }
    }
}

/// `fails` expects one error line and one hint. An issuer that is idle was not asked.
#[test]
fn a_control_character_in_a_setting_is_refused_and_forges_nothing() {
    let issuer = Issuer::idle();
    let url = issuer.url();
    for bad in [
        format!("\r\n{FORGED}"),
        "\r\nX-Forged: 1".to_owned(),
        "\n".to_owned(),
        "\u{1b}[2J".to_owned(),
        "\u{7f}".to_owned(),
    ] {
        for (flag, variable, good, code) in [
            ("--client-id", "CATENA_CLIENT_ID", "acme", 3),
            ("--scope", "CATENA_SCOPE", "organization", 2),
            ("--issuer", "CATENA_ISSUER", url.as_str(), 2),
        ] {
            let bad = format!("{good}{bad}");
            assert_harmless(&Tool::asking(&issuer).args([flag, &bad]).fails(code).error);
            assert_harmless(&Tool::asking(&issuer).env(variable, &bad).fails(code).error);
            for words in [&["-vv"][..], &["revoke", "--all", "-vv"], &["doctor", "--offline"]] {
                // `--all` does not use the scope.
                let is_unused = words[0] == "revoke" && flag == "--scope";
                let tool = if is_unused { Tool::asking(&issuer).arg("--no-cache") } else { Tool::asking(&issuer) };
                let (code, stdout, said) = tool.env(variable, &bad).args(words).run();
                assert!(matches!(code, Some(2 | 3)) || is_unused, "{said}");
                assert_harmless(&stdout);
                assert_harmless(&said);
            }
        }
    }
    for bad in ["\u{9b}", "\u{202e}"] {
        Tool::asking(&issuer).args(["--scope", bad]).fails(2);
    }
    Tool::asking(&issuer).args(["--client-id", "acme\u{9b}31m"]).fails(3);
    let foreign = Signer::new("ES256", "k").sign(r#"{"iss":"https://x"}"#);
    let tool = || Tool::asking(&issuer).args(["revoke", "-"]).given(&foreign);
    let failed = tool().args(["--token-issuer", &format!("https://x\r\n{FORGED}")]).fails(2);
    assert_harmless(&failed.error);
}
