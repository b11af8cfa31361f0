//! `doctor`: the report without errors, its requests, and what it leaves behind.

use std::fs::File;
use std::process::Stdio;
use std::time::Duration;

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer, Reply, Setup};

use crate::support::cache_files::files;
use crate::support::doctor::{examine, fails_at};
use crate::support::terminal::{self, PROMPT};
use crate::support::{Tool, plain_command};

const STEPS: [&str; 14] = [
    "program",
    "settings",
    "issuer",
    "trust",
    "credential",
    "proxy",
    "dns",
    "tcp",
    "tls",
    "discovery",
    "clock",
    "request",
    "answer",
    "cache",
];

fn names(report: &serde_json::Value) -> Vec<String> {
    report["steps"].as_array().unwrap().iter().map(|step| step["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn nothing_is_wrong() {
    let issuer = Issuer::https();
    let tool = Tool::asking(&issuer);
    let report = examine(tool);
    assert_eq!(
        (report.code, &report.json["status"], &report.json["failed"]),
        (0, &"ok".into(), &().into()),
        "{report}"
    );
    assert_eq!(names(&report.json), STEPS);
    assert_eq!(report.steps_of("ok"), STEPS, "{report}");
    let seen = |step: &str, name: &str| report.seen(step)[name].clone();
    assert_eq!(seen("settings", "client_id")["value"], CLIENT_ID);
    assert_eq!(seen("settings", "client_id")["origin"], "CATENA_CLIENT_ID");
    assert_eq!(seen("settings", "scope")["origin"], "default");
    assert_eq!(seen("credential", "length"), CLIENT_SECRET.len());
    assert_eq!((seen("dns", "host"), seen("dns", "took_ms")), ("localhost".into(), ().into()));
    assert_eq!(seen("tcp", "connected_to"), format!("127.0.0.1:{}", issuer.port()));
    assert_eq!(seen("tls", "version"), "TLSv1_3");
    let certificate = &seen("tls", "certificates")[0];
    assert_eq!((&certificate["subject"], &certificate["hosts"]), (&"Test server".into(), &vec!["localhost"].into()));
    assert_eq!(seen("tls", "authority"), certificate["issuer"]);
    assert!(certificate["days_left"].as_u64().unwrap() > 365, "{certificate}");
    assert_eq!(seen("request", "status"), 200);
    assert_eq!(seen("answer", "client"), CLIENT_ID);
    assert_eq!(seen("answer", "lifetime_seconds"), 300);
    assert_eq!(seen("cache", "next_call")["hit"], false);
}

/// The text has every value and every finding of the JSON, and nothing that moves a cursor.
#[test]
fn the_text_says_the_same_as_the_data() {
    let issuer = Issuer::http();
    let cache = tempfile::tempdir().unwrap();
    let make = || {
        let tool = Tool::asking(&issuer).keeping_in(cache.path());
        tool.env("CATENA_CLIENT_SECRTE", "x").env("CATENA_SCOPE", "")
    };
    // From here on the directory exists.
    examine(make());
    let report = examine(make());
    let (code, text) = make().arg("doctor").reports();
    assert_eq!(code, 0);
    let steps = report.json["steps"].as_array().unwrap();
    for step in steps {
        let line = format!("{:9}{}", step["status"].as_str().unwrap(), step["name"].as_str().unwrap());
        assert!(text.lines().any(|own| own.starts_with(&line)), "{line}: {text}");
        for finding in step["findings"].as_array().unwrap() {
            assert!(text.contains(&format!("warning: {}", finding["what"].as_str().unwrap())), "{finding}: {text}");
            assert!(text.contains(&format!("hint: {}", finding["hint"].as_str().unwrap())), "{finding}: {text}");
        }
        // The clock has advanced, and there are two tokens.
        let is_same = |name: &str| step["name"] != "clock" && !["issued", "expires"].contains(&name);
        let seen = step["seen"].as_object().unwrap().iter().filter(|(name, _)| is_same(name));
        for value in seen.filter_map(|(_, value)| value.as_str()) {
            assert!(text.contains(value), "{value}: {text}");
        }
    }
    assert_eq!(text.lines().last(), Some("no errors, but warnings in 'settings'"));
}

#[test]
fn one_token_is_requested_and_none_is_cached() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    examine(Tool::asking(&issuer).keeping_in(cache.path()));
    let asked: Vec<String> = issuer.requests().iter().map(|request| request.method.clone()).collect();
    assert_eq!(asked, ["POST", "GET"]);
    assert_eq!(files(cache.path(), ""), files(cache.path(), ".lock"), "no token is kept");
}

#[test]
fn offline_sends_no_request() {
    let issuer = Issuer::idle();
    let (code, text) = Tool::asking(&issuer).args(["doctor", "--offline"]).reports();
    assert_eq!(code, 0, "{text}");
    for step in ["dns", "tcp", "tls", "discovery", "clock", "request", "answer"] {
        assert!(text.contains(&format!("skipped  {step}: --offline\n")), "{step}: {text}");
    }
    for step in ["settings", "issuer", "credential", "proxy", "cache"] {
        assert!(text.contains(&format!("ok       {step}\n")), "{step}: {text}");
    }
    let missing = Tool::without_secret(&issuer).env("CATENA_CLIENT_SECRET_FILE", "/nonexistent/secret");
    let (code, text) = missing.args(["doctor", "--offline"]).reports();
    assert_eq!(code, 3, "{text}");
}

#[test]
fn verbose_also_prints_the_steps() {
    let issuer = Issuer::http();
    let (code, report, said) = Tool::asking(&issuer).args(["doctor", "--json", "-vv"]).run();
    assert_eq!(code, Some(0));
    assert!(
        said.contains("HTTP 200") && said.contains("connected to 127.0.0.1") && !said.contains("client id"),
        "{said}"
    );
    assert!(serde_json::from_str::<serde_json::Value>(&report).is_ok());
}

#[test]
fn options_may_precede_or_follow_and_others_are_refused() {
    let issuer = Issuer::http();
    let (code, _) = Tool::asking(&issuer).args(["--client-id", CLIENT_ID, "doctor", "--offline"]).reports();
    assert_eq!(code, 0);
    Tool::asking(&issuer).args(["doctor", "--format", "sh"]).refused_by_clap();
    Tool::asking(&issuer).args(["doctor"]).reports();
}

#[test]
fn a_report_that_cannot_be_written_is_a_failure() {
    let issuer = Issuer::http();
    let call = |stdout: Stdio| {
        let mut command = plain_command::command(env!("CARGO_BIN_EXE_catena-token"));
        command.arg("doctor").env("CATENA_ISSUER", issuer.url()).env("CATENA_CLIENT_ID", CLIENT_ID);
        command.env("CATENA_CLIENT_SECRET", CLIENT_SECRET).stdout(stdout).output().unwrap()
    };
    let full = call(File::options().write(true).open("/dev/full").unwrap().into());
    assert_eq!(full.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&full.stderr).contains("cannot write to stdout: no space left on device"));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    assert_eq!(call(writer.into()).status.code(), Some(0), "a closed pipe is no error");
}

#[test]
fn quiet_is_the_findings_and_the_verdict() {
    let issuer = Issuer::http();
    let quiet = || Tool::asking(&issuer).args(["doctor", "-q"]);
    assert_eq!(quiet().reports(), (0, "no problem found\n".to_owned()));
    let (code, text) = quiet().env("CATENA_FLEET", "x").reports();
    let warning = "warning  settings\n         warning: unknown variable CATENA_FLEET\n         hint: unset it, ";
    assert!(code == 0 && text.starts_with(warning), "{text}");
    assert!(text.lines().count() == 4 && text.ends_with("\nno errors, but warnings in 'settings'\n"), "{text}");
    let (code, text) = quiet().env("CATENA_ISSUER", format!("{}/realms/none", issuer.origin())).reports();
    assert!(code == 4 && text.contains("\nfailed   request\n         error: the realm at "), "{text}");
    assert!(!text.contains("ok  ") && !text.contains("skipped"), "{text}");
    let (_, json) = quiet().arg("--json").reports();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["steps"].as_array().unwrap().len(), 14);
}

#[test]
fn offline_says_that_the_network_was_not_tested() {
    let issuer = Issuer::idle();
    let offline = || Tool::asking(&issuer).args(["doctor", "--offline", "-q"]);
    assert_eq!(offline().reports().1, "no problem found; the network was not tested\n");
    let (_, text) = offline().env("CATENA_FLEET", "x").reports();
    assert!(text.ends_with("\nno errors, but warnings in 'settings'; the network was not tested\n"), "{text}");
}

#[test]
fn it_prompts_like_a_call() {
    let issuer = Issuer::http();
    let mut shell = terminal::run(&issuer, "catena-token doctor; echo \"code $?\"");
    shell.exp_string(PROMPT).unwrap();
    shell.send_line(CLIENT_SECRET).unwrap();
    let report = shell.exp_string("code 0").unwrap();
    assert!(report.contains("ok       request") && report.contains("typed at the terminal"), "{report}");
    assert!(!report.contains(CLIENT_SECRET), "{report}");
    let report = fails_at(
        || Tool::without_secret(&issuer),
        "credential",
        "there is no terminal to prompt on",
        "--client-secret-file",
    );
    assert_eq!((report.code, report.status("request")), (3, "skipped"));
}

/// The token request has the whole timeout, the discovery request what is left of it.
#[test]
fn the_timeout_ends_whatever_hangs() {
    let issuer = Issuer::start(Setup { replies: vec![Reply::Keycloak, Reply::Hang], ..Setup::default() });
    let report = examine(Tool::asking(&issuer).args(["--timeout", "1s"]));
    assert_eq!((report.code, report.status("answer")), (0, "ok"), "{report}");
    report.says("discovery", "warning", " waiting for the response", "--timeout");
    let issuer = Issuer::replying(Reply::Hang);
    let make = || Tool::asking(&issuer).args(["--timeout", "1s", "--retries", "0"]);
    let report = fails_at(make, "request", " waiting for the response", "--timeout");
    assert_eq!(report.step("discovery")["why"], "no time left (--timeout)");
}

/// Slow but within the timeout: a call gets its token, so `doctor` reports no problem.
#[test]
fn a_slow_service_is_no_error() {
    let issuer = Issuer::start(Setup { delay: Duration::from_millis(700), ..Setup::default() });
    let report = examine(Tool::asking(&issuer).args(["--timeout", "1s"]));
    assert_eq!((report.code, report.status("answer")), (0, "ok"), "{report}");
}
