//! `doctor` and variables with our prefix that the program does not read.

use catena_token_issuer::Issuer;

use crate::support::Tool;
use crate::support::doctor::examine;

#[test]
fn variables_that_nothing_reads() {
    let issuer = Issuer::http();
    let tool = Tool::asking(&issuer).env("CATENA_CLIENT_SECRTE", "x").env("CATENA_FLEET", "x");
    let report = examine(tool.env("CATENA_TOKEN", "x").env("CATENA_TOKEN_FILE", "/x").env("catena_scope", "x"));
    report.says("settings", "warning", "unknown variable CATENA_CLIENT_SECRTE", "CATENA_CLIENT_SECRET?");
    report.says("settings", "warning", "unknown variable CATENA_FLEET", "--help");
    report.says("settings", "warning", "unknown variable catena_scope", "CATENA_SCOPE?");
    assert_eq!((report.code, report.step("settings")["findings"].as_array().unwrap().len()), (0, 3), "{report}");
    let odd = || Tool::asking(&issuer).env("CATENA_\u{1b}[31m\u{202e}", "x").env("CATENA_CACHE_DIR", "\u{1b}c");
    let (_, text) = odd().arg("doctor").reports();
    assert!(text.contains("unknown variable CATENA_\\u{1b}[31m\\u{202e}\n"), "{text}");
    for text in [text, odd().args(["doctor", "--json"]).reports().1] {
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
    }
}

/// For the Services `catena` and `catena-id`.
#[test]
fn variables_of_kubernetes_services_are_no_typos() {
    let issuer = Issuer::http();
    let mut tool = Tool::asking(&issuer).env("CATENA_FLEET", "x");
    for (name, value) in [
        ("SERVICE_HOST", "10.96.0.7"),
        ("SERVICE_PORT", "8080"),
        ("SERVICE_PORT_HTTP", "8080"),
        ("PORT", "tcp://10.96.0.7:8080"),
        ("PORT_8080_TCP", "tcp://10.96.0.7:8080"),
        ("PORT_8080_TCP_PROTO", "tcp"),
        ("PORT_8080_TCP_PORT", "8080"),
        ("PORT_8080_TCP_ADDR", "10.96.0.7"),
    ] {
        tool = tool.env(&format!("CATENA_{name}"), value).env(&format!("CATENA_ID_{name}"), value);
    }
    let report = examine(tool);
    report.says("settings", "warning", "unknown variable CATENA_FLEET", "--help");
    assert_eq!(report.step("settings")["findings"].as_array().unwrap().len(), 1, "{report}");
}
