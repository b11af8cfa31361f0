//! Formats: each is read by the program that it is for.

use catena_token_issuer::{Issuer, Reply, Setup};

use crate::support::{Tool, plain_command, shell};

/// Every character that a token may have, including the special ones of a shell.
const TOKEN: &str = "~abc.DEF-123_+/~==";

fn issuer() -> Issuer {
    let body = format!(r#"{{"access_token":"{TOKEN}","token_type":"Bearer","expires_in":300}}"#);
    Issuer::replying(Reply::json(200, &body))
}

#[test]
fn each_format_is_one_line() {
    let issuer = issuer();
    for (format, line) in [
        ("token", format!("{TOKEN}\n")),
        ("json", format!("{{\"access_token\":\"{TOKEN}\",\"token_type\":\"Bearer\",\"expires_in\":300}}\n")),
        ("header", format!("Authorization: Bearer {TOKEN}\n")),
        ("curl", format!("header = \"Authorization: Bearer {TOKEN}\"\n")),
        ("env", format!("CATENA_TOKEN={TOKEN}\n")),
        ("sh", format!("export CATENA_TOKEN='{TOKEN}'\n")),
        ("fish", format!("set -gx CATENA_TOKEN '{TOKEN}'\n")),
        ("powershell", format!("$env:CATENA_TOKEN = '{TOKEN}'\n")),
    ] {
        assert_eq!(Tool::asking(&issuer).args(["--format", format]).succeeds(), line);
        assert_eq!(Tool::asking(&issuer).env("CATENA_FORMAT", format).succeeds(), line);
    }
    let named = Tool::asking(&issuer).args(["--format", "sh", "--env-name", "API_TOKEN"]).succeeds();
    assert_eq!(named, format!("export API_TOKEN='{TOKEN}'\n"));
}

#[test]
fn sh_evaluates_the_export() {
    let script = "eval \"$(catena-token --format sh)\" && sh -c 'printf %s \"$CATENA_TOKEN\"'";
    assert_eq!(shell::succeeds("sh", script, &issuer()), TOKEN);
}

#[test]
fn a_shell_captures_the_token_and_the_exit_code() {
    let script = "token=$(catena-token) || exit; printf %s \"$token\"";
    assert_eq!(shell::succeeds("sh", script, &issuer()), TOKEN);
    let refusing = Issuer::replying(Reply::json(403, r#"{"error":"access_denied"}"#));
    let output = shell::run("sh", script, &refusing);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(4), &b""[..]));
}

#[test]
fn a_pipe_to_xargs_carries_the_token() {
    let script = "catena-token | xargs -I{} printf 'Bearer {}'";
    assert_eq!(shell::succeeds("sh", script, &issuer()), format!("Bearer {TOKEN}"));
}

#[test]
fn the_env_line_is_read_by_dotenv_and_by_sh() {
    let line = Tool::asking(&issuer()).args(["--format", "env"]).succeeds();
    let read: Vec<(String, String)> = dotenvy::from_read_iter(line.as_bytes()).map(Result::unwrap).collect();
    assert_eq!(read, [("CATENA_TOKEN".to_owned(), TOKEN.to_owned())]);
    // systemd.exec(5), EnvironmentFile=: unquoted text up to the end of the line is literal if it holds no backslash,
    // quote or blank, and if the line does not start with a comment sign.
    assert!(!line.starts_with(['#', ';']) && !line.trim_end().contains(['\\', '"', '\'', ' ', '\t']));
}

#[test]
#[ignore = "needs curl"]
fn curl_reads_the_header_and_the_configuration() {
    shell::assert_installed("curl");
    for script in [
        "catena-token --format header | curl -sS -H @- \"${CATENA_ISSUER%/realms*}/api\"",
        "catena-token --format curl | curl -sS -K - \"${CATENA_ISSUER%/realms*}/api\"",
    ] {
        let body = format!(r#"{{"access_token":"{TOKEN}","token_type":"Bearer"}}"#);
        let replies = vec![Reply::json(200, &body), Reply::http(200, "text/plain", "fleet")];
        let issuer = Issuer::start(Setup { replies, ..Setup::default() });
        assert_eq!(shell::succeeds("sh", script, &issuer), "fleet");
        let expected = format!("Bearer {TOKEN}");
        assert_eq!(issuer.requests()[1].header("authorization"), Some(expected.as_str()), "{script}");
    }
}

#[test]
#[ignore = "needs fish"]
fn fish_evaluates_the_export() {
    shell::assert_installed("fish");
    let script = "catena-token --format fish | source; sh -c 'printf %s \"$CATENA_TOKEN\"'";
    let home = tempfile::tempdir().unwrap();
    let issuer = issuer();
    let output = plain_command::command("fish")
        .args(["-c", script])
        .env("PATH", shell::path())
        .env("HOME", home.path())
        .env("CATENA_ISSUER", issuer.url())
        .env("CATENA_CLIENT_ID", "acme")
        .env("CATENA_CLIENT_SECRET", "any")
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), TOKEN, "{}", String::from_utf8_lossy(&output.stderr));
}
