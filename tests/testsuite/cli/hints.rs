//! The hint of a call knows what `doctor` knows: the secret's source, a mistake in it, a misspelt variable.

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Certificate, Issuer, Setup};

use crate::support::Tool;

#[test]
fn a_refusal_says_who_refused_whom_and_where_the_secret_is_from() {
    let issuer = Issuer::http();
    let wrong = || Tool::without_secret(&issuer).secret_is("not-the-secret");
    for (tool, by) in [
        (wrong().env("CATENA_CLIENT_SECRET", "not-the-secret"), "CATENA_CLIENT_SECRET"),
        (wrong().secret_file("not-the-secret"), "CATENA_CLIENT_SECRET_FILE"),
        (wrong().args(["--client-secret-command", "echo not-the-secret"]), "--client-secret-command"),
        (wrong().args(["--client-secret-file", "-"]).stdin("not-the-secret"), "--client-secret-file"),
    ] {
        let failed = tool.fails(4);
        let start = format!("cannot get a token: the realm at localhost:{} refused client 'acme'", issuer.port());
        assert!(failed.error.starts_with(&format!("{start} (HTTP 401, unauthorized_client): ")), "{}", failed.error);
        let hint = format!("check --issuer, --client-id and the client secret ({by}); for more, run ");
        assert_eq!(failed.hint, hint + "'catena-token doctor'");
    }
}

#[test]
fn a_refusal_says_what_is_wrong_with_the_secret() {
    let issuer = Issuer::http();
    for (secret, hint) in [
        ("\"quoted-secret\"", "is in quotation marks, which are part of it"),
        ("a-secret-with-a-blank ", "begins or ends with whitespace"),
        ("${{ secrets.CATENA_SECRET }}", "looks like an unexpanded reference"),
        (CLIENT_ID, "is the same as the client id"),
    ] {
        let tool = Tool::asking(&issuer).secret_is(secret).env("CATENA_CLIENT_SECRET", secret);
        let failed = tool.fails(4);
        let start = format!("the client secret (CATENA_CLIENT_SECRET) {hint}");
        assert!(failed.hint.starts_with(&start), "{}", failed.hint);
        assert_eq!(failed.error.contains("client '[redacted]'"), secret == CLIENT_ID, "{}", failed.error);
        assert!(failed.hint.ends_with("; for more, run 'catena-token doctor'"), "{}", failed.hint);
    }
    let (id, secret) = ("Zk3vQ9xW7tB2nM5rL8pY1sD4", "acme-integration");
    let swapped = Tool::at(&issuer.url(), id, secret).fails(4);
    assert!(swapped.error.contains(" refused client '[redacted]' (HTTP 401"), "{}", swapped.error);
    assert!(
        swapped.hint.starts_with("the client secret (CATENA_CLIENT_SECRET) looks like a client id, and"),
        "{}",
        swapped.hint
    );
}

/// An undefined variable of a CI system is empty, and a staging secret must not go to production in silence.
#[test]
fn an_empty_issuer_is_a_warning_that_names_the_realm() {
    let warning = "warning: CATENA_ISSUER is set but empty: using the default realm \
                   https://auth.catenatelematics.com/realms/catena\n";
    let empty = || {
        let tool = Tool::bare()
            .env("CATENA_ISSUER", "")
            .env("CATENA_CLIENT_ID", CLIENT_ID)
            .env("HTTPS_PROXY", "http://[::1]:1");
        tool.args(["--client-secret-file", "/nonexistent", "--retries", "0"])
    };
    for command in [&[][..], &["revoke"], &["exec", "true"]] {
        let (_, stdout, said) = empty().args(command).run();
        assert!(stdout.is_empty() && said.starts_with(&format!("catena-token: {warning}")), "{said}");
        assert_eq!(said.matches("CATENA_ISSUER").count(), 1, "{said}");
        for flags in [&["-q"][..], &["--issuer", "http://localhost:1/realms/a"]] {
            let (_, _, said) = empty().args(flags).args(command).run();
            assert!(!said.contains("CATENA_ISSUER"), "{said}");
        }
    }
    let (_, report) = empty().args(["doctor", "--offline"]).reports();
    assert!(report.contains(warning) && report.matches("CATENA_ISSUER").count() == 1, "{report}");
}

#[test]
fn a_misspelt_variable_is_the_hint_of_what_it_would_have_prevented() {
    let https = Setup { certificate: Some(Certificate::Good), ..Setup::default() };
    let (issuer, https) = (Issuer::http(), Issuer::start(https));
    let no_id = || Tool::bare().env("CATENA_CLIENT_SECRET", CLIENT_SECRET);
    for (tool, name, code, meant) in [
        (no_id(), "CATENA_CLIENTID", 3, "CATENA_CLIENT_ID"),
        (Tool::without_secret(&issuer), "CATENA_CLIENT_SECRTE", 3, "CATENA_CLIENT_SECRET"),
        (Tool::without_secret(&issuer), "CATENA_SECRET_FILE", 3, "CATENA_CLIENT_SECRET_FILE"),
        (Tool::at(&https.url(), CLIENT_ID, CLIENT_SECRET), "CATENA_CACERT", 6, "CATENA_CA_CERT"),
        (Tool::at("http://localhost:1/realms/a", CLIENT_ID, CLIENT_SECRET), "CATENA_ISSUER_URL", 5, "CATENA_ISSUER"),
        (Tool::asking(&issuer).env("CATENA_CLIENT_ID", "nobody"), "CATENA_ID", 4, "CATENA_CLIENT_ID"),
    ] {
        let failed = tool.env("CATENA_RETRIES", "0").env(name, "x").env("CATENA_FLEET", "x").fails(code);
        assert_eq!(failed.hint, format!("{name} is set, but unknown: did you mean {meant}?"));
    }
    // One that is of no importance to this failure is left to `doctor`.
    let failed = no_id().env("CATENA_CACERT", "x").fails(3);
    assert_eq!(failed.hint, "use --client-id or set CATENA_CLIENT_ID");
}
