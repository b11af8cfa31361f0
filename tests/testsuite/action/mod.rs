//! The GitHub action under `act`, which runs a job as GitHub's runner does: outputs, masks, annotations and revocation.
//! The whole log of each run is searched for the secret, the token and its parts.

mod download;
mod step;

use catena_token_issuer::{CLIENT_ID, Issuer, Reply, Setup};

use crate::support::action::{Repository, VERSION, archive, calls, serve};
use crate::support::assertion::{self, client_of};
use crate::support::pages::blocks;

/// A step with the action.
const STEP: &str = "- uses: ./action
  id: catena
  with:
    client-id: ${{ vars.CATENA_CLIENT_ID }}
    client-secret: ${{ secrets.CATENA_CLIENT_SECRET }}
    issuer: ${{ vars.ISSUER }}
    download-url: ${{ vars.RELEASES }}
    env-name: CATENA_TOKEN
";

/// Notes the token, and prints it in every way that a careless step may.
const CARELESS: &str = "- run: |
    printf %s \"$CATENA_TOKEN\" > \"$NOTED/token\"
    printf %s \"$FROM_OUTPUT\" > \"$NOTED/output\"
    \"$PROGRAM\" --version > \"$NOTED/version\"
    command -v catena-token > \"$NOTED/path\"
    echo \"$CATENA_TOKEN\"
    for part in 1 2 3; do echo \"part: $(echo \"$CATENA_TOKEN\" | cut -d. -f$part)\"; done
    env
  env:
    FROM_OUTPUT: ${{ steps.catena.outputs.token }}
    PROGRAM: ${{ steps.catena.outputs.path }}
";

#[test]
#[ignore = "needs act, node, git, jq and tar: tests/action/run"]
fn a_job_gets_a_masked_token_that_is_revoked_at_its_end() {
    let (issuer, releases, repository) = (Issuer::http(), serve(archive()), Repository::new(&archive()));
    let run = repository.run(&format!("{STEP}{CARELESS}"), &issuer, &releases);
    run.assert_succeeded();
    assert_eq!(run.annotations("warning"), [""; 0]);
    let token = repository.noted("token").unwrap();
    assert!(token.starts_with("eyJ"), "{token}");
    assert_eq!(repository.noted("output").unwrap(), token);
    assert_eq!(repository.noted("version").unwrap(), format!("catena-token {VERSION}\n"));
    assert!(repository.noted("path").unwrap().contains(&format!("/catena-token/{VERSION}/")));
    assert_eq!(run.log.matches("part: ***").count(), 3, "{}", run.log);
    assert_eq!(calls(&issuer), ["token", "revoke"]);
    assert_eq!(issuer.requests()[1].field("token").unwrap(), token);
}

#[test]
#[ignore = "needs act, node, git, jq and tar: tests/action/run"]
fn a_token_is_revoked_after_a_failed_step() {
    let (issuer, releases) = (Issuer::http(), serve(archive()));
    let run = Repository::new(&archive()).run(&format!("{STEP}{CARELESS}- run: exit 9\n"), &issuer, &releases);
    run.assert_failed();
    assert_eq!(calls(&issuer), ["token", "revoke"]);
}

/// Each step revokes its own token, so it must not get the one that another step cached.
#[test]
#[ignore = "needs act, node, git, jq and tar: tests/action/run"]
fn a_second_step_gets_another_token_and_downloads_nothing() {
    let (issuer, releases) = (Issuer::http(), serve(archive()));
    let second = STEP.replace("id: catena", "id: second");
    Repository::new(&archive()).run(&format!("{STEP}{second}"), &issuer, &releases).assert_succeeded();
    assert_eq!(calls(&issuer), ["token", "token", "revoke", "revoke"]);
    let [.., first, other] = &issuer.requests()[..] else { panic!() };
    assert_ne!(first.field("token"), other.field("token"));
    assert_eq!(releases.requests().len(), 1);
}

#[test]
#[ignore = "needs act, node, git, jq and tar: tests/action/run"]
fn a_token_that_is_not_revoked_is_cached() {
    let (issuer, releases) = (Issuer::http(), serve(archive()));
    let step = format!("{STEP}    skip-token-revoke: true\n");
    let second = step.replace("id: catena", "id: second");
    Repository::new(&archive()).run(&format!("{step}{second}{CARELESS}"), &issuer, &releases).assert_succeeded();
    assert_eq!(calls(&issuer), ["token"]);
}

/// The secret is in plain text here, and masked all the same.
#[test]
#[ignore = "needs act, node, git, jq and tar: tests/action/run"]
fn a_refused_secret_is_an_annotation_with_the_hint() {
    let (issuer, releases) = (Issuer::http(), serve(archive()));
    let refused = "Rk3vQ9xW7tB2nM5rL8pY1sD5";
    let step = STEP.replace("${{ secrets.CATENA_CLIENT_SECRET }}", refused);
    let steps = format!("{step}- if: always()\n  run: 'echo \"plain: {refused}\"'\n");
    let run = Repository::new(&archive()).run(&steps, &issuer, &releases);
    run.assert_failed();
    let [annotation] = run.annotations("error")[..] else { panic!("{}", run.log) };
    assert!(annotation.contains("refused client 'acme' (HTTP 401, unauthorized_client)"), "{annotation}");
    assert!(annotation.contains("hint: "), "{annotation}");
    assert!(run.log.contains("exit status 4") || run.log.contains("exitcode '4'"), "{}", run.log);
    assert!(run.log.contains("plain: ***"), "{}", run.log);
    assert_eq!(calls(&issuer), ["token"], "there is nothing to revoke");
}

#[test]
#[ignore = "needs act, node, git, jq and tar: tests/action/run"]
fn a_revocation_that_fails_is_a_warning() {
    let replies = vec![Reply::Keycloak, Reply::json(403, r#"{"error":"access_denied"}"#)];
    let (issuer, releases) = (Issuer::start(Setup { replies, ..Setup::default() }), serve(archive()));
    let run = Repository::new(&archive()).run(&format!("{STEP}{CARELESS}"), &issuer, &releases);
    run.assert_succeeded();
    let [annotation] = run.annotations("warning")[..] else { panic!("{}", run.log) };
    assert!(annotation.contains("cannot revoke") && annotation.contains("HTTP 403, access_denied"), "{annotation}");
    assert_eq!(calls(&issuer), ["token", "revoke"]);
}

#[test]
#[ignore = "needs act, node, git, jq and tar: tests/action/run"]
fn a_wrong_checksum_fails_before_a_request_to_the_issuer() {
    let changed = [&archive()[..], b"x"].concat();
    let (issuer, releases) = (Issuer::idle(), serve(changed));
    let run = Repository::new(&archive()).run(&format!("{STEP}{CARELESS}"), &issuer, &releases);
    run.assert_failed();
    let [annotation] = run.annotations("error")[..] else { panic!("{}", run.log) };
    assert!(annotation.starts_with("not installed::wrong checksum: "), "{annotation}");
}

#[test]
#[ignore = "needs act, node, git, jq and tar: tests/action/run"]
fn an_unknown_version_fails_before_any_request() {
    let steps = format!("{STEP}    version: 9.9.9\n{CARELESS}");
    let run = Repository::new(&archive()).run(&steps, &Issuer::idle(), &Issuer::idle());
    run.assert_failed();
    let [annotation] = run.annotations("error")[..] else { panic!("{}", run.log) };
    assert!(annotation.contains("no checksum of version 9.9.9"), "{annotation}");
}

/// The pages' own text, with the action and the servers of this test.
#[test]
#[ignore = "needs act, node, git, jq and tar: tests/action/run"]
fn the_recipes_run() {
    let recipes: Vec<(bool, String)> = blocks()
        .into_iter()
        .filter(|block| block.how.starts_with("github-action"))
        .map(|block| (block.how.ends_with("-identity"), block.script))
        .collect();
    assert_eq!(recipes.len(), 5);
    let owner = env!("CARGO_PKG_REPOSITORY").strip_prefix("https://github.com/").unwrap();
    for (is_identity, recipe) in recipes {
        assert_eq!(recipe.contains("permissions:\n      contents: read\n      id-token: write\n"), is_identity);
        let (head, steps) = recipe.split_once("steps:\n").unwrap();
        let margin = "  ".len() + head.rsplit('\n').next().unwrap().len();
        let steps: String = steps.lines().map(|line| format!("{}\n", &line[margin..])).collect();
        let uses = format!("uses: {owner}/action@COMMIT\n");
        assert!(steps.contains(&uses), "{steps}");
        let servers = "  with:\n    issuer: ${{ vars.ISSUER }}\n    download-url: ${{ vars.RELEASES }}\n";
        let steps = steps.replace(&uses, "uses: ./action\n").replace("  with:\n", servers);
        let (issuer, releases) = (assertion::issuer(), serve(archive()));
        let runner = is_identity.then(assertion::runner);
        let repository = Repository::new(&archive()).on(runner.as_ref());
        repository.run(&steps, &issuer, &releases).assert_succeeded();
        let client = client_of(&repository.noted("token").unwrap());
        assert_eq!(client, if is_identity { "job" } else { CLIENT_ID });
        assert_eq!(calls(&issuer), ["token", "revoke"]);
    }
}
