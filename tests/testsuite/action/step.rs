//! A step of the action: its inputs, what it hands on, and what the program gets and says.

use std::fs;

use catena_token_issuer::{CLIENT_SECRET, Issuer, RUNNER_TOKEN, Setup};

use crate::support::action::{archive, archive_of_script, calls, serve};
use crate::support::action_step::Step;
use crate::support::assertion;
use crate::support::pages::page;

/// A step whose program is a script, and the server that has it; the issuer gets no request.
fn with_program(script: &str) -> (Step, [Issuer; 2]) {
    let archive = archive_of_script(script);
    let servers = [Issuer::idle(), serve(archive.clone())];
    (Step::new(&archive, &servers[0], &servers[1]), servers)
}

#[test]
#[ignore = "needs node, jq and tar: tests/action/run"]
fn the_token_is_masked_before_it_is_handed_on() {
    let (issuer, releases) = (Issuer::http(), serve(archive()));
    let step = Step::new(&archive(), &issuer, &releases).input("env-name", "CATENA_TOKEN").input("token-issuer", "");
    let ran = step.main();
    let lines: Vec<&str> = ran.printed.lines().collect();
    let token = lines[1].strip_prefix("::add-mask::").unwrap();
    let parts = token.split('.').map(|part| format!("::add-mask::{part}"));
    let expected: Vec<String> =
        [format!("::add-mask::{CLIENT_SECRET}"), format!("::add-mask::{token}")].into_iter().chain(parts).collect();
    assert_eq!(lines[..5], expected);
    assert_eq!((lines.len(), ran.code), (6, 0), "{}", ran.printed);
    for (file, name) in [("OUTPUT", "token"), ("ENV", "CATENA_TOKEN"), ("STATE", "token")] {
        let text = step.file(file);
        assert!(text.contains(&format!("{name}<<")) && text.contains(&format!("\n{token}\n")), "{file}: {text}");
    }
    let post = step.post();
    assert_eq!((post.code, post.printed.as_str()), (0, "catena-token revoked the token\n"));
    assert_eq!(calls(&issuer), ["token", "revoke"]);
}

#[test]
#[ignore = "needs node, jq and tar: tests/action/run"]
fn a_step_without_a_token_revokes_nothing() {
    let (issuer, releases) = (Issuer::idle(), Issuer::idle());
    let step = Step::new(&archive(), &issuer, &releases);
    let post = step.post();
    assert_eq!((post.code, post.printed.as_str()), (0, ""));
}

/// Before any request.
#[test]
#[ignore = "needs node, jq and tar: tests/action/run"]
fn wrong_inputs_are_refused() {
    for (name, value, text) in [
        ("client-secret", "", "client-secret is empty"),
        ("client-secret", "\n", "client-secret is empty"),
        ("client-assertion-from", "github", "client-secret and client-assertion-from are both given"),
        ("env-name", "MY-TOKEN", "'MY-TOKEN', which is no name of a variable"),
        ("env-name", "A<<B", "'A<<B', which is no name of a variable"),
        ("env-name", "NODE_OPTIONS", "'NODE_OPTIONS', which the runner uses itself"),
        ("env-name", "GITHUB_TOKEN", "'GITHUB_TOKEN', which the runner uses itself"),
        ("env-name", "Path", "'Path', which the runner uses itself"),
        ("skip-token-revoke", "yes", "skip-token-revoke is 'yes': use true or false"),
    ] {
        let (issuer, releases) = (Issuer::idle(), Issuer::idle());
        let error = Step::new(&archive(), &issuer, &releases).input(name, value).fails(1);
        assert!(error.starts_with("::error title=catena-token%3A wrong input::"), "{error}");
        assert!(error.contains(text), "{error}");
    }
}

/// The secret is in the environment alone, and nothing that the runner gave the step is.
#[test]
#[ignore = "needs node, jq and tar: tests/action/run"]
fn the_program_gets_the_settings() {
    let (step, _servers) = with_program("env >\"$SEEN\"; echo \"$*\" >\"$SEEN.arguments\"; echo token");
    let seen = step.path("seen");
    let step = step.variable("SEEN", seen.to_str().unwrap()).variable("CATENA_RETRIES", "7");
    // Two sources of the secret would be an error, and an input wins over a variable.
    let step = step.variable("CATENA_CLIENT_SECRET_FILE", "/other").variable("CATENA_CLIENT_ID", "other");
    let step = step.input("min-ttl", "2m");
    assert_eq!(step.main().code, 0);
    let environment = fs::read_to_string(&seen).unwrap();
    let mut ours: Vec<&str> = environment.lines().filter(|line| line.starts_with("CATENA_")).collect();
    ours.sort_unstable();
    assert!(matches!(ours[..], [
        "CATENA_CLIENT_ID=acme",
        secret,
        issuer,
        "CATENA_MIN_TTL=2m",
        "CATENA_RETRIES=7"
    ] if secret == format!("CATENA_CLIENT_SECRET={CLIENT_SECRET}") && issuer.starts_with("CATENA_ISSUER=http://")));
    assert!(!environment.lines().any(|line| line.starts_with("INPUT_")), "{environment}");
    let arguments = fs::read_to_string(seen.with_extension("arguments")).unwrap();
    assert_eq!(arguments, "--format=token --scope=organization --no-cache\n");
}

#[test]
#[ignore = "needs node, jq and tar: tests/action/run"]
fn the_post_step_gets_the_settings_and_the_token_by_stdin() {
    let (step, _servers) = with_program(
        "case $1 in revoke) cat; echo \" $*\"; env;; *) echo \"$*\"; printf the-token;; esac >>\"$SEEN\"; echo the-token",
    );
    let seen = step.path("seen");
    let step = step.variable("SEEN", seen.to_str().unwrap()).input("token-issuer", "https://a.test/realms/a");
    assert_eq!((step.main().code, step.post().code), (0, 0));
    let text = fs::read_to_string(&seen).unwrap();
    assert!(
        text.starts_with("--format=token --scope=organization --no-cache --token-issuer=https://a.test/"),
        "{text}"
    );
    assert!(text.contains("the-token revoke - --no-cache --token-issuer=https://a.test/realms/a\n"), "{text}");
    assert!(text.contains(&format!("\nCATENA_CLIENT_SECRET={CLIENT_SECRET}\n")), "{text}");
    assert!(!text.contains("STATE_token"), "{text}");
}

/// Whatever the job's variables are, and with what the runner gives the step.
#[test]
#[ignore = "needs node, jq and tar: tests/action/run"]
fn an_identity_is_the_only_credential() {
    let (step, _servers) = with_program("env >\"$SEEN\"; echo token");
    let seen = step.path("seen");
    let mut step = step.input("client-secret", "").input("client-assertion-from", "github").input("client-id", "");
    for name in ["CATENA_CLIENT_SECRET", "CATENA_CLIENT_ASSERTION", "CATENA_SIGNING_KEY"] {
        for form in ["", "_FILE", "_COMMAND"] {
            step = step.variable(&format!("{name}{form}"), "/other");
        }
    }
    let step = step.variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN", RUNNER_TOKEN).variable("SEEN", seen.to_str().unwrap());
    let step = step.variable("ACTIONS_ID_TOKEN_REQUEST_URL", "https://runner.test/");
    let ran = step.main();
    assert_eq!((ran.code, ran.printed.lines().count()), (0, 2), "{}", ran.printed);
    let environment = fs::read_to_string(&seen).unwrap();
    let mut ours: Vec<&str> = environment.lines().filter(|line| line.starts_with("CATENA_")).collect();
    ours.sort_unstable();
    assert!(
        matches!(ours[..], ["CATENA_CLIENT_ASSERTION_FROM=github", issuer] if issuer.starts_with("CATENA_ISSUER="))
    );
    assert!(environment.contains("ACTIONS_ID_TOKEN_REQUEST_URL=https://runner.test/\n"), "{environment}");
    assert!(environment.contains(&format!("ACTIONS_ID_TOKEN_REQUEST_TOKEN={RUNNER_TOKEN}\n")), "{environment}");
}

#[test]
#[ignore = "needs node, jq and tar: tests/action/run"]
fn an_identity_gets_and_revokes_a_token() {
    let (issuer, runner, releases) = (assertion::issuer(), assertion::runner(), serve(archive()));
    let step = Step::new(&archive(), &issuer, &releases).input("client-secret", "");
    let step = step.input("client-assertion-from", "github");
    assert!(step.fails(3).contains("id-token: write"));
    let step = step.variable("ACTIONS_ID_TOKEN_REQUEST_URL", &runner.runner_url());
    let step = step.variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN", RUNNER_TOKEN);
    let ran = step.main();
    assert_eq!(ran.code, 0, "{}", ran.printed);
    assert_eq!(step.post().printed, "catena-token revoked the token\n");
    assert_eq!((calls(&issuer), runner.requests().len()), (vec!["token".to_owned(), "revoke".to_owned()], 2));
    let given = assertion::received(&issuer);
    assert!(given.iter().all(|jwt| !ran.printed.contains(jwt)) && !ran.printed.contains(RUNNER_TOKEN));
}

/// An empty input is one that is not given, except for the scope. A variable cannot change what the step reads.
#[test]
#[ignore = "needs node, jq and tar: tests/action/run"]
fn a_variable_of_the_job_may_give_the_secret() {
    let (issuer, releases) = (Issuer::http(), serve(archive()));
    let step = Step::new(&archive(), &issuer, &releases).input("client-secret", "").input("scope", "");
    let step = step.variable("CATENA_CLIENT_SECRET", CLIENT_SECRET).variable("CATENA_FORMAT", "json");
    let ran = step.main();
    assert!(ran.code == 0 && ran.printed.starts_with("::add-mask::eyJ"), "{}", ran.printed);
    assert_eq!(issuer.requests()[0].field("scope"), None);
}

/// What the program says is text: no line of it is a command, and its exit code is the step's.
#[test]
#[ignore = "needs node, jq and tar: tests/action/run"]
fn what_the_program_says_is_one_annotation() {
    let (step, _servers) = with_program("printf '100%%\\r\\n::warning::forged\\n::stop-commands::x\\n' >&2; exit 9");
    let error = step.fails(9);
    let text = "100%25%0D%0A::warning::forged%0A::stop-commands::x";
    assert_eq!(error, format!("::error title=catena-token%3A no token (exit code 9)::{text}"));

    let (step, _servers) = with_program("echo 'a warning' >&2; echo the-token");
    assert!(step.main().printed.contains("\n::warning title=catena-token::a warning\n"));
    let (step, _servers) = with_program("kill -9 $$");
    assert!(step.fails(1).contains("was ended by SIGKILL"));
    let (step, _servers) = with_program("exit 3");
    assert!(step.fails(3).contains("exited with 3 and said nothing"));
}

#[test]
#[ignore = "needs node, jq and tar: tests/action/run"]
fn a_revocation_that_cannot_start_is_a_warning() {
    let (step, _servers) = with_program("echo the-token");
    assert_eq!(step.main().code, 0);
    fs::remove_dir_all(step.path("tools")).unwrap();
    let post = step.post();
    assert_eq!(post.code, 0);
    assert!(post.printed.starts_with("::warning title=catena-token%3A token not revoked (exit code 1)::cannot run "));
}

#[test]
#[ignore = "needs node, jq and tar: tests/action/run"]
fn a_token_that_cannot_be_handed_on_fails_the_step_and_is_revoked() {
    let (issuer, releases) = (Issuer::http(), serve(archive()));
    let step = Step::new(&archive(), &issuer, &releases).input("env-name", "CATENA_TOKEN");
    fs::create_dir(step.path("ENV")).unwrap();
    let ran = step.main();
    assert!(ran.code == 1 && ran.printed.contains("::error title=catena-token%3A failed::EISDIR"), "{}", ran.printed);
    assert_eq!(step.post().printed, "catena-token revoked the token\n");
    assert_eq!(calls(&issuer), ["token", "revoke"]);
}

/// A long job: the service does not know an expired token any more.
#[test]
#[ignore = "needs node, jq and tar: tests/action/run"]
fn an_expired_token_is_no_warning() {
    let (issuer, releases) = (Issuer::start(Setup { expires_in: "0", ..Setup::default() }), serve(archive()));
    let step = Step::new(&archive(), &issuer, &releases);
    assert_eq!(step.main().code, 0);
    assert!(!step.post().printed.contains("::warning"));
}

#[test]
fn the_action_knows_where_the_releases_are() {
    let address = format!("const RELEASES = '{}/releases/download';", env!("CARGO_PKG_REPOSITORY"));
    assert!(page("action/program.js").contains(&address), "action/program.js has another address than Cargo.toml");
}

/// The runner sets no default but those, and the README of the action has a row for each.
#[test]
fn the_inputs_and_outputs_are_documented() {
    let (action, readme) = (page("action/action.yml"), page("action/README.md"));
    let names: Vec<&str> = action.lines().filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':')).collect();
    assert_eq!(names.len(), 13, "{names:?}");
    for name in names {
        assert!(readme.contains(&format!("| `{name}` |")), "{name}");
    }
}
