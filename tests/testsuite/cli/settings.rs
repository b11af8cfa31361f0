//! Settings: a flag wins over its variable, that over the default; and invalid settings.

use catena_token_issuer::{CLIENT_SECRET, Certificate, Issuer, Reply, Setup};

use crate::support::Tool;

#[test]
fn a_flag_wins_over_its_variable() {
    let issuer = Issuer::http();
    Tool::asking(&issuer)
        .env("CATENA_CLIENT_ID", "nobody")
        .args(["--client-id", "acme"])
        .env("CATENA_ISSUER", "https://unused.invalid")
        .args(["--issuer", &issuer.url()])
        .env("CATENA_SCOPE", "unknown")
        .args(["--scope", "organization"])
        .env("CATENA_CLIENT_AUTH", "post")
        .args(["--client-auth", "basic"])
        .env("CATENA_FORMAT", "json")
        .args(["--format", "token"])
        .succeeds();
    let requests = issuer.requests();
    assert!(requests[0].header("authorization").is_some());
    assert_eq!(requests[0].field("scope").as_deref(), Some("organization"));
}

#[test]
fn an_empty_variable_counts_as_not_given() {
    let issuer = Issuer::http();
    let mut tool = Tool::asking(&issuer);
    for name in [
        "CATENA_SCOPE",
        "CATENA_CLIENT_AUTH",
        "CATENA_FORMAT",
        "CATENA_TIMEOUT",
        "CATENA_RETRIES",
        "CATENA_CA_CERT",
        "SSL_CERT_FILE",
        "CATENA_CLIENT_SECRET_FILE",
        "CATENA_CLIENT_SECRET_COMMAND",
        "https_proxy",
    ] {
        tool = tool.env(name, "");
    }
    let token = tool.succeeds();
    assert!(token.starts_with("eyJ") && token.ends_with('\n') && token.lines().count() == 1);
}

#[test]
fn a_missing_client_id_says_whether_the_variable_is_empty() {
    let issuer = Issuer::idle();
    let failed = Tool::asking(&issuer).unset("CATENA_CLIENT_ID").fails(3);
    assert_eq!(failed.error, "no client id: --client-id is not given and CATENA_CLIENT_ID is not set");
    assert_eq!(failed.hint, "use --client-id or set CATENA_CLIENT_ID");
    let failed = Tool::asking(&issuer).env("CATENA_CLIENT_ID", "").fails(3);
    assert_eq!(failed.error, "no client id: --client-id is not given and CATENA_CLIENT_ID is set but empty");
    assert_eq!(Tool::asking(&issuer).args(["--client-id", ""]).fails(3).error, "cannot use --client-id: it is empty");
}

#[test]
fn an_error_in_a_variable_names_it() {
    let issuer = Issuer::idle();
    for (name, value, why) in [
        ("CATENA_CLIENT_AUTH", "mtls", "invalid value 'mtls' (expected post or basic)"),
        (
            "CATENA_FORMAT",
            "jsn",
            "invalid value 'jsn' (expected token, json, header, curl, env, sh, fish, powershell, exec-",
        ),
        ("CATENA_TIMEOUT", "5min", "invalid duration '5min' (examples: 30, 90s, 5m, 1h30m, 1500ms)"),
        ("CATENA_MIN_TTL", "1M", "invalid duration '1M' (examples: 30, 90s, 5m, 1h30m, 1500ms)"),
        ("CATENA_TIMEOUT", "0", "invalid duration '0' (must be longer than 0)"),
        ("CATENA_RETRIES", "-1", "invalid value '-1' (expected a number from 0 to 4294967295)"),
        ("CATENA_NO_CACHE", "a\u{1b}", "invalid value 'a\\u{1b}' (expected 1, true, yes, on, 0, false, no or off)"),
        ("CATENA_ISSUER", "https://h/r/protocol/x", "invalid URL 'https://h/r/protocol/x' (it is an endpoint: "),
        ("CATENA_ISSUER", "http://h/realms/a", "invalid URL 'http://h/realms/a' (http would send the secret unenc"),
        ("CATENA_ISSUER", "https://id.größe.example/r", "invalid URL 'https://id.größe.example/r' (write the host in"),
        // What may be a secret or hold a password is not shown.
        ("CATENA_TIMEOUT", "Zk3vQ9xW7tB2nM5rL8pY1sD4", "invalid duration (examples: "),
        ("CATENA_FORMAT", "Zk3vQ9xW7tB2nM5rL8pY1sD4", "invalid value (expected token"),
        ("CATENA_ISSUER", "Zk3vQ9xW7tB2nM5rL8pY1sD4", "invalid URL (it must start with https://)"),
        ("CATENA_ISSUER", "https://u:hunter2@h/r", "invalid URL (remove the user name: everything before the @)"),
        ("CATENA_ISSUER", "https://h/r?key=hunter2", "invalid URL (remove the query or fragment: "),
        ("HTTPS_PROXY", "socks5://u:hunter2@h", "invalid URL (expected http:// or https://)"),
        ("HTTPS_PROXY", "socks5://h:1080", "invalid URL 'socks5://h:1080' (expected http:// or https://)"),
    ] {
        let failed = Tool::at("https://id.example.com/realms/a", "acme", CLIENT_SECRET).env(name, value).fails(2);
        assert!(failed.error.starts_with(&format!("{name}: {why}")), "{}", failed.error);
    }
    let failed = Tool::asking(&issuer).env("CATENA_SCOPE", "a\"b").fails(2);
    let why = "a scope has at most 4000 printable ASCII characters, and no '\"' or '\\'";
    assert_eq!(failed.error, format!("cannot use CATENA_SCOPE: {why}"));
}

/// Python prints `True`, and YAML 1.1 knows `YES` and `Off`.
#[test]
fn a_switch_is_read_in_any_case() {
    let issuer = Issuer::http();
    for (value, is_off) in
        [("True", true), ("YES", true), ("oN", true), ("False", false), ("NO", false), ("Off", false)]
    {
        let (_, said) = Tool::asking(&issuer).env("CATENA_NO_CACHE", value).arg("-v").succeeds_saying();
        assert_eq!(said.contains("the cache is off (CATENA_NO_CACHE)"), is_off, "{value}: {said}");
    }
    Tool::asking(&issuer).env("CATENA_NO_CACHE", "Truer").fails(2);
}

/// A file with Windows line ends, sourced by a shell or read by `docker --env-file`, adds `\r` to each variable.
#[test]
fn a_line_break_at_the_end_of_a_variable_is_reported() {
    let issuer = Issuer::start(Setup { certificate: Some(Certificate::Good), may_be_idle: true, ..Setup::default() });
    let secret = ["CATENA_CLIENT_SECRET", "CATENA_CLIENT_SECRET_FILE", "CATENA_CLIENT_SECRET_COMMAND"];
    for (name, value, code) in [
        ("CATENA_CLIENT_ID", "acme", 3),
        (secret[0], CLIENT_SECRET, 3),
        (secret[1], "/nonexistent", 3),
        (secret[2], "echo x", 3),
        ("CATENA_ISSUER", "https://localhost/realms/a", 2),
        ("CATENA_SCOPE", "organization", 2),
        ("CATENA_CLIENT_AUTH", "basic", 2),
        ("CATENA_FORMAT", "json", 2),
        ("CATENA_MIN_TTL", "5s", 2),
        ("CATENA_NO_CACHE", "true", 2),
        ("CATENA_CACHE_DIR", "cache", 2),
        ("XDG_CACHE_HOME", "/nonexistent", 2),
        ("CATENA_TIMEOUT", "30s", 2),
        ("CATENA_RETRIES", "2", 2),
        ("CATENA_CA_CERT", "/nonexistent", 2),
        ("SSL_CERT_FILE", "/nonexistent", 2),
        ("HTTPS_PROXY", "http://127.0.0.1:1", 2),
        ("NO_PROXY", "localhost", 2),
    ] {
        let tool = Tool::asking(&issuer).env("ALL_PROXY", "http://127.0.0.1:1");
        let tool = match name {
            "SSL_CERT_FILE" => tool.unset("CATENA_CA_CERT"),
            _ if secret.contains(&name) => tool.unset(secret[0]),
            _ => tool,
        };
        let failed = tool.env(name, format!("{value}\r")).fails(code);
        assert_eq!(failed.error, format!("cannot use {name}: it ends with a line break: remove it"));
        assert!(failed.hint.contains("Windows line endings"), "{}", failed.hint);
    }
}

#[test]
fn a_proxys_host_beyond_ascii_is_asked_for_in_ascii() {
    let issuer = Issuer::start(Setup { certificate: Some(Certificate::Good), may_be_idle: true, ..Setup::default() });
    let failed = Tool::asking(&issuer).env("HTTPS_PROXY", "http://us%65r:hunter2@größe.example:3128").fails(2);
    assert_eq!(failed.error, "HTTPS_PROXY: invalid URL (write the host in ASCII, xn--…)");
}

#[test]
fn clap_refuses_invalid_flags() {
    let issuer = Issuer::idle();
    for arguments in [
        &["--timeout", "0"][..],
        &["--timeout", "soon"],
        &["--connect-timeout", "0s"],
        &["--retries", "many"],
        &["--client-auth", "mtls"],
        &["--format", "yaml"],
        &["--format", "sh", "--json"],
        &["--env-name", "2A"],
        &["--client-secret", "a", "--client-secret-file", "b"],
        &["-v", "-q"],
        &["--insecure"],
        &["surplus"],
        &["--client-id", "acme", "man"],
    ] {
        Tool::asking(&issuer).args(arguments).refused_by_clap();
    }
}

#[test]
fn clap_does_not_repeat_a_word_that_may_be_a_secret() {
    let issuer = Issuer::idle();
    for arguments in [
        &["--client-secret", "pass", "word s3cr3t"][..],
        &["s3cr3t"],
        &["http://user:s3cr3t@proxy"],
        &["--json=s3cr3t"],
        &["--bogus=s3cr3t"],
        &["man", "s3cr3t"],
    ] {
        let said = Tool::asking(&issuer).args(arguments).refused_by_clap();
        assert!(!said.contains("s3cr3t"), "{said}");
    }
}

#[test]
fn a_secret_may_begin_with_a_hyphen() {
    let issuer = Issuer::start(Setup { secret: "--s3cr3t-of-acme".to_owned(), ..Setup::default() });
    Tool::without_secret(&issuer).args(["--client-secret", "--s3cr3t-of-acme", "-q"]).succeeds();
}

#[test]
fn a_long_scope_is_refused_before_it_is_sent() {
    let issuer = Issuer::idle();
    let failed = Tool::asking(&issuer).args(["--scope", &"s".repeat(4_001)]).fails(2);
    assert_eq!(
        failed.error,
        "cannot use --scope: a scope has at most 4000 printable ASCII characters, and no '\"' or '\\'"
    );
}

#[test]
fn a_pasted_endpoint_is_no_issuer() {
    let issuer = Issuer::idle();
    let url = format!("{}/protocol/openid-connect/token", issuer.url());
    let failed = Tool::asking(&issuer).args(["--issuer", &url]).fails(2);
    let why = "it is an endpoint: remove everything after the realm's name";
    assert_eq!(failed.error, format!("--issuer: invalid URL '{url}' ({why})"));
}

/// As the server writes it in a token's `iss`.
#[test]
fn a_realms_name_is_percent_encoded() {
    let reply = Reply::json(404, r#"{"error":"Realm does not exist"}"#);
    let issuer = Issuer::start(Setup { replies: vec![reply], ..Setup::default() });
    for name in ["Größe 2", "Gr%C3%B6%C3%9Fe%202"] {
        Tool::asking(&issuer).args(["--issuer", &format!("{}/realms/{name}", issuer.origin())]).fails(4);
    }
    for request in issuer.requests() {
        assert_eq!(request.path, "/realms/Gr%C3%B6%C3%9Fe%202/protocol/openid-connect/token");
    }
}

#[test]
fn a_trailing_slash_of_the_issuer_is_not_sent() {
    let issuer = Issuer::http();
    Tool::asking(&issuer).args(["--issuer", &format!("{}/", issuer.url())]).succeeds();
    assert_eq!(issuer.requests()[0].path, "/realms/catena/protocol/openid-connect/token");
}

#[test]
fn sources_of_the_secret_conflict_only_at_the_same_level() {
    let issuer = Issuer::http();
    let failed = Tool::asking(&issuer).env("CATENA_CLIENT_SECRET_COMMAND", "echo x").fails(2);
    assert_eq!(failed.error, "more than one credential: CATENA_CLIENT_SECRET and CATENA_CLIENT_SECRET_COMMAND are set");
    let tool = Tool::asking(&issuer).env("CATENA_CLIENT_SECRET", "wrong");
    let command = format!("printf %s {CLIENT_SECRET}");
    tool.env("CATENA_CLIENT_SECRET_FILE", "/nonexistent").args(["--client-secret-command", &command]).succeeds();
}

#[test]
fn the_last_of_a_repeated_flag_counts() {
    let issuer = Issuer::http();
    Tool::asking(&issuer).args(["--client-id", "nobody", "--client-id", "acme"]).succeeds();
}

#[test]
fn a_name_for_a_format_without_one_is_refused() {
    let issuer = Issuer::idle();
    let failed = Tool::asking(&issuer).args(["--env-name", "API_TOKEN"]).fails(2);
    assert_eq!(failed.error, "cannot use --env-name: the format 'token' (default) does not use a variable name");
}

#[test]
fn durations_of_any_form_are_accepted() {
    let issuer = Issuer::http();
    for timeout in ["90s", "5m", "1h30m", "15000ms", "30", "18446744073709551615"] {
        Tool::asking(&issuer).env("CATENA_TIMEOUT", timeout).args(["--connect-timeout", timeout]).succeeds();
    }
}

#[test]
fn verbose_shows_settings_with_their_origin_and_never_the_secret() {
    let issuer = Issuer::http();
    let (_, said) = Tool::asking(&issuer).arg("-vv").succeeds_saying();
    for line in [
        "catena-token: client id: acme (CATENA_CLIENT_ID)\n",
        "catena-token: scope: organization (default)\n",
        "catena-token: client secret: set (CATENA_CLIENT_SECRET)\n",
        "catena-token: timeout: 30s (default)\n",
        "catena-token: HTTP 200, ",
        "is valid for 5m, granted scope 'organization'\n",
    ] {
        assert!(said.contains(line), "{line}{said}");
    }
    let (_, said) = Tool::asking(&issuer).arg("-v").succeeds_saying();
    assert!(said.contains("HTTP 200") && !said.contains("client id is"), "{said}");
}

#[test]
fn quiet_silences_the_warning_and_no_error() {
    let issuer = Issuer::start(Setup {
        replies: vec![Reply::Keycloak, Reply::Keycloak, Reply::json(403, r#"{"error":"access_denied"}"#)],
        ..Setup::default()
    });
    let secret = ["--client-secret", CLIENT_SECRET];
    let (_, said) = Tool::without_secret(&issuer).args(secret).succeeds_saying();
    assert!(said.starts_with("catena-token: warning: other users of this machine can read --client-secret"), "{said}");
    Tool::without_secret(&issuer).args(secret).arg("--quiet").succeeds();
    Tool::without_secret(&issuer).args(secret).arg("-q").fails(4);
}
