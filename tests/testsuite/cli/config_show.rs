//! `config show` and `config profiles`, and where else the origins are shown.

use serde_json::Value;

use catena_token_issuer::Issuer;

use crate::support::Tool;
use crate::support::config::{configured, place, written};
use crate::support::doctor::examine;

const FILE: &str = "client-id = 'acme'\n\n[profile.zoo]\nscope = 'a b'\n[profile.'a b']\n[profile.\"\\u001b[1m\"]\n";

#[test]
fn the_settings_as_json() {
    let tool = configured(FILE);
    let path = place(&tool).display().to_string();
    let json: Value =
        serde_json::from_str(&tool.args(["config", "show", "--json", "--profile", "zoo"]).succeeds()).unwrap();
    assert_eq!((json["profile"].as_str(), json["file"].as_str()), (Some("zoo"), Some(path.as_str())), "{json}");
    let row = |json: &Value, name: &str| {
        let rows = json["settings"].as_array().unwrap();
        let row = rows.iter().find(|row| row["name"] == name).unwrap();
        (row["value"].clone(), row["origin"].as_str().unwrap().to_owned())
    };
    assert_eq!(row(&json, "scope"), ("a b".into(), format!("{path}:4")));
    assert_eq!(row(&json, "client-id"), ("acme".into(), format!("{path}:1")));
    assert_eq!(row(&json, "retries"), ("2".into(), "default".to_owned()));
    for unset in ["token-issuer", "token-url", "min-ttl", "ca-cert", "proxy", "param"] {
        assert_eq!(row(&json, unset), (Value::Null, "default".to_owned()));
    }
    let bare: Value = serde_json::from_str(&Tool::bare().args(["config", "show", "--json"]).succeeds()).unwrap();
    assert_eq!((&bare["profile"], &bare["file"]), (&Value::Null, &Value::Null));
    assert_eq!(row(&bare, "client-id").0, Value::Null);
}

/// Neither the command nor the secret: they may say how to get it, or be it.
#[test]
fn no_credential_is_shown() {
    let secret = "Jm4kQ8vX2bN6tR9wZ1cF5gH7";
    let tool = configured(format!("client-secret-command = 'echo {secret}'\nparam = ['key={secret}']\n"));
    let path = place(&tool);
    let all = tool.secret_is(secret).reading(path).args(["config", "show"]).succeeds();
    assert!(!all.contains(secret) && all.contains("config.toml:1)"), "{all}");
    let tool = Tool::bare().env("CATENA_CLIENT_SECRET", secret).secret_is(secret).args(["config", "show"]);
    let all = tool.succeeds();
    assert!(!all.contains(secret) && all.contains("client-secret set (CATENA_CLIENT_SECRET)"), "{all}");
}

/// It is what a call with the same options would use.
#[test]
fn what_a_call_would_refuse_is_refused() {
    let failed = configured("retries = 1\ntimeout = 'soon'\n").args(["config", "show"]).fails(2);
    assert!(failed.error.contains("'timeout' (") && failed.error.contains("config.toml:2)"), "{failed:?}");
    assert!(failed.error.ends_with("invalid duration 'soon' (examples: 30, 90s, 5m, 1h30m, 1500ms)"), "{failed:?}");
    Tool::bare().args(["config", "show", "--refresh"]).refused_by_clap();
    Tool::bare().args(["config", "path", "--profile", "a"]).refused_by_clap();
}

#[test]
fn the_profiles_are_in_the_order_of_the_file() {
    assert_eq!(configured(FILE).args(["config", "profiles"]).succeeds(), "zoo\na b\n\\u{1b}[1m\n");
    assert_eq!(Tool::bare().args(["config", "profiles"]).succeeds(), "");
    // Also for one who has chosen another.
    configured("[profile.a]").env("CATENA_PROFILE", "b").args(["config", "profiles"]).succeeds();
}

#[test]
fn a_report_and_a_log_name_file_and_line() {
    let issuer = Issuer::http();
    let make = || written(Tool::asking(&issuer).unset("CATENA_CLIENT_ID"), FILE).args(["--profile", "zoo"]);
    let tool = make();
    let path = place(&tool).display().to_string();
    let (_, _, log) = tool.arg("-vv").run();
    for line in [
        format!("configuration file: {path} (default)"),
        "profile: zoo (--profile)".into(),
        format!("client id: acme ({path}:1)"),
    ] {
        assert!(log.contains(&format!("catena-token: {line}\n")), "{line}\n{log}");
    }
    let report = examine(make());
    let seen = report.seen("settings");
    assert!(seen["scope"]["origin"].as_str().unwrap().ends_with("config.toml:4"), "{report}");
    assert_eq!(
        (&seen["profile"]["value"], &seen["profile"]["origin"]),
        (&"zoo".into(), &"--profile".into()),
        "{report}"
    );
}

/// A file at fault is the first failed step, and no issuer is asked in place of the one that it may name.
#[test]
fn doctor_says_what_is_wrong_with_the_file() {
    let issuer = Issuer::idle();
    let report = examine(written(Tool::asking(&issuer), "isuer = 'x'\n"));
    assert_eq!((report.code, report.status("settings"), report.status("issuer")), (2, "failed", "skipped"), "{report}");
    report.says("settings", "failed", "unknown key 'isuer'", "did you mean 'issuer'?");
    assert_eq!((report.status("dns"), report.status("request")), ("skipped", "skipped"), "{report}");
}
