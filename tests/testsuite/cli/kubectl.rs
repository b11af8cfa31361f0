//! `--format exec-credential`: kubectl takes the token from it.

use std::fs;
use std::path::Path;

use catena_token_issuer::{CLIENT_SECRET, Certificate, Issuer, Reply, Setup};
use serde_json::Value;

use crate::support::pages::blocks;
use crate::support::revoking::{cache, call};
use crate::support::{Tool, clock, plain_command, shell};

const V1: &str = "client.authentication.k8s.io/v1";
const V1BETA1: &str = "client.authentication.k8s.io/v1beta1";

fn exec_info(version: &str) -> String {
    format!(r#"{{"kind":"ExecCredential","apiVersion":"{version}","spec":{{"interactive":false}}}}"#)
}

fn credential(tool: Tool) -> Value {
    let printed = tool.args(["--format", "exec-credential"]).succeeds();
    assert_eq!(printed.lines().count(), 1, "{printed}");
    serde_json::from_str(&printed).unwrap()
}

/// The seconds until the credential expires, by this machine's clock.
fn left(credential: &Value) -> i64 {
    let expires = credential["status"]["expirationTimestamp"].as_str().unwrap();
    let output = plain_command::command("/bin/date").args(["-d", expires, "+%s"]).output().unwrap();
    let expires: i64 = String::from_utf8(output.stdout).unwrap().trim().parse().unwrap();
    expires - i64::try_from(clock::now()).unwrap()
}

#[test]
fn the_version_is_the_requested_one() {
    let issuer = Issuer::http();
    assert_eq!(credential(Tool::asking(&issuer))["apiVersion"], V1);
    assert_eq!(credential(Tool::asking(&issuer).env("KUBERNETES_EXEC_INFO", ""))["apiVersion"], V1);
    for version in [V1, V1BETA1] {
        let credential = credential(Tool::asking(&issuer).env("KUBERNETES_EXEC_INFO", exec_info(version)));
        assert_eq!((&credential["apiVersion"], &credential["kind"]), (&version.into(), &"ExecCredential".into()));
    }
    let idle = Issuer::idle();
    for unusable in [exec_info("client.authentication.k8s.io/v1alpha1"), "{".to_owned()] {
        let tool = || Tool::asking(&idle).env("KUBERNETES_EXEC_INFO", &unusable);
        let failed = tool().args(["--format", "exec-credential"]).fails(2);
        let why = "its apiVersion is neither client.authentication.k8s.io/v1 nor …/v1beta1";
        assert_eq!(failed.error, format!("cannot use KUBERNETES_EXEC_INFO: {why}"));
        // It is for kubectl alone.
        let issuer = Issuer::http();
        Tool::asking(&issuer).env("KUBERNETES_EXEC_INFO", &unusable).succeeds();
    }
}

/// It is dropped when a call would request a new token, so that a client that runs the tool again gets another one.
#[test]
fn it_expires_a_leeway_before_the_token() {
    let (issuer, cache) = (Issuer::http(), cache());
    // 300 seconds, and the tool's own time.
    let is_about = |found: i64, expected: i64| assert!((expected - 60..=expected).contains(&found), "{found}");
    is_about(left(&credential(call(&issuer, &cache))), 270);
    is_about(left(&credential(call(&issuer, &cache))), 270);
    is_about(left(&credential(call(&issuer, &cache).args(["--min-ttl", "200s"]))), 100);
    let unlimited = Issuer::start(Setup { expires_in: "", ..Setup::default() });
    assert_eq!(credential(Tool::asking(&unlimited))["status"]["expirationTimestamp"], Value::Null);
}

/// The kubeconfig of the recipe, with kubectl's own place for each of its files.
fn kubeconfig(home: &Path, version: &str, api: &Issuer) -> String {
    let recipe = blocks().into_iter().find(|block| block.how == "kubeconfig").unwrap().script;
    let place = |name: &str| home.join(name).display().to_string();
    for (name, content) in [("ca.pem", api.trusted_pem()), ("client-secret", CLIENT_SECRET)] {
        fs::write(home.join(name), content).unwrap();
    }
    let mut config = recipe;
    for (old, new) in [
        (V1.to_owned() + "\n", version.to_owned() + "\n"),
        ("https://kubernetes.example.com".to_owned(), api.origin()),
        ("/etc/fleet/ca.pem".to_owned(), place("ca.pem")),
        ("/etc/fleet/client-secret".to_owned(), place("client-secret")),
    ] {
        assert!(config.contains(&old), "{old}");
        config = config.replace(&old, &new);
    }
    config
}

#[test]
#[ignore = "needs kubectl"]
fn kubectl_sends_the_token() {
    shell::assert_installed("kubectl");
    let home = tempfile::tempdir().unwrap();
    let issuer = Issuer::http();
    let kubectl = |arguments: &[&str]| {
        let mut command = plain_command::command("kubectl");
        command.args(arguments).env("PATH", shell::path()).env("HOME", home.path()).env("CATENA_ISSUER", issuer.url());
        let output = command.env("KUBECONFIG", home.path().join("config")).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let client: Value = serde_json::from_str(&kubectl(&["version", "--client", "--output=json"])).unwrap();
    let minor = client["clientVersion"]["minor"].as_str().unwrap().trim_end_matches('+').parse::<u32>().unwrap();
    // kubectl 1.22 brought v1.
    let versions = if minor < 22 { &[V1BETA1][..] } else { &[V1BETA1, V1] };
    for version in versions {
        let reply = Reply::json(200, r#"{"fleet":"on the road"}"#);
        let api =
            Issuer::start(Setup { certificate: Some(Certificate::Good), replies: vec![reply], ..Setup::default() });
        fs::write(home.path().join("config"), kubeconfig(home.path(), version, &api)).unwrap();
        assert_eq!(kubectl(&["get", "--raw", "/fleet"]), r#"{"fleet":"on the road"}"#);
        let sent = api.requests();
        let expected = format!("Bearer {}", issued(&issuer, home.path()));
        assert_eq!(sent[0].header("authorization"), Some(expected.as_str()), "{version}");
    }
    // The cached token serves every kubectl.
    assert_eq!(issuer.requests().len(), 1);
}

/// The token that kubectl got, from the cache that it shares.
fn issued(issuer: &Issuer, home: &Path) -> String {
    let tool = Tool::asking(issuer).env("CATENA_CACHE_DIR", home.join(".cache/catena-token"));
    tool.succeeds().trim_end().to_owned()
}
