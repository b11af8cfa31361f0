//! The recipes for CI systems: their steps, run as the systems' runners run them. `action` has those with the action.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Output;

use catena_token_issuer::{CLIENT_SECRET, Issuer};
use tempfile::TempDir;
use yaml_rust2::Yaml;

use super::recipes::{string, text, yaml};
use crate::support::{plain_command, shell};

/// A CI runner: the tool and the partner's script on the PATH, and an empty environment.
struct Runner {
    issuer: Issuer,
    home: TempDir,
}

impl Runner {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let script = home.path().join("sync-fleets");
        fs::write(
            &script,
            "#!/bin/sh\n[ -z \"$CATENA_CLIENT_SECRET$CATENA_CLIENT_SECRET_FILE\" ] && echo \"$CATENA_TOKEN\"\n",
        )
        .unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
        Self { issuer: Issuer::http(), home }
    }

    /// A file with the secret.
    fn file(&self) -> String {
        let file = self.home.path().join("value");
        fs::write(&file, CLIENT_SECRET).unwrap();
        file.to_str().unwrap().to_owned()
    }

    fn run(&self, words: &[&str], variables: &[(&str, &str)]) -> Output {
        let mut command = plain_command::command(words[0]);
        command.args(&words[1..]).env("HOME", self.home.path());
        command.env("PATH", format!("{}:{}", self.home.path().display(), shell::path()));
        command.env("CATENA_ISSUER", self.issuer.url()).envs(variables.iter().copied());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{words:?}: {output:?}");
        output
    }

    /// The output of a step under bash, which must succeed in silence.
    fn prints(&self, script: &str, variables: &[(&str, &str)]) -> String {
        let output = self.run(&["bash", "-e", "-c", script], variables);
        assert!(output.stderr.is_empty(), "{script}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

#[test]
fn the_step_for_github() {
    let step = &yaml("github-step")[0];
    let value = |name: &str| string(&step["env"][name]).to_owned();
    assert_eq!(value("CATENA_CLIENT_ID"), "${{ vars.CATENA_CLIENT_ID }}");
    assert_eq!(value("CATENA_CLIENT_SECRET"), "${{ secrets.CATENA_CLIENT_SECRET }}");
    let variables = [("CATENA_CLIENT_ID", "acme"), ("CATENA_CLIENT_SECRET", CLIENT_SECRET)];
    assert!(Runner::new().prints(string(&step["run"]), &variables).starts_with("eyJ"));
}

/// A variable of the type File is the path of a file with its value.
#[test]
fn gitlab_ci() {
    let runner = Runner::new();
    let variables = [("CATENA_CLIENT_ID", "acme"), ("CATENA_CLIENT_SECRET_FILE", &runner.file())];
    for line in yaml("gitlab-ci")["sync"]["script"].as_vec().unwrap() {
        assert!(runner.prints(string(line), &variables).starts_with("eyJ"));
    }
}

/// The page's own text, as GitLab's runner reads it.
#[test]
#[ignore = "needs gitlab-ci-local, node, git and rsync: tests/action/run"]
fn gitlab_ci_runs() {
    let runner = Runner::new();
    let project = runner.home.path().join("project");
    fs::create_dir(&project).unwrap();
    fs::write(project.join(".gitlab-ci.yml"), text("gitlab-ci")).unwrap();
    let file = format!("CATENA_CLIENT_SECRET_FILE:\n  type: file\n  values:\n    '*': {CLIENT_SECRET}\n");
    let others = format!("CATENA_CLIENT_ID: acme\nCATENA_ISSUER: {}\n", runner.issuer.url());
    fs::write(project.join(".gitlab-ci-local-variables.yml"), others + &file).unwrap();
    let tool = shell::path().split(':').next().unwrap().to_owned();
    let path = format!("{}:{tool}:{}", runner.home.path().display(), std::env::var("PATH").unwrap());
    let run = |program: &str, arguments: &[&str]| {
        let mut command = plain_command::command("env");
        command.arg(program).args(arguments).current_dir(&project).env("HOME", runner.home.path()).env("PATH", &path);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{program}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    run("git", &["init", "-q"]);
    run("git", &["add", "-A"]);
    run("git", &["-c", "user.name=t", "-c", "user.email=t@t.invalid", "commit", "-q", "-m", "test"]);
    let log = run("gitlab-ci-local", &["--force-shell-executor", "sync"]);
    assert!(log.contains("sync > eyJ") && log.contains("PASS  sync"), "{log}");
}

/// The agent replaces `$(NAME)` and runs `bash` without `-e`.
fn azure_step(runner: &Runner, step: &Yaml, values: &[(&str, &str)]) -> String {
    let mapped = step["env"].as_hash().unwrap().iter().map(|(name, value)| {
        let name =
            string(value).strip_prefix("$(").unwrap().strip_suffix(')').map(|from| (string(name), from)).unwrap();
        (name.0, values.iter().find(|(own, _)| *own == name.1).unwrap().1)
    });
    // A variable that is no secret is in the environment of every step.
    let variables: Vec<(&str, &str)> = mapped.chain([("CATENA_CLIENT_ID", "acme")]).collect();
    let output = runner.run(&["bash", "--noprofile", "--norc", "-c", string(&step["bash"])], &variables);
    assert!(output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn azure_pipelines() {
    let runner = Runner::new();
    let secret = ("CATENA_CLIENT_SECRET", CLIENT_SECRET);
    let token = azure_step(&runner, &yaml("azure-pipelines")["steps"][0], &[secret]);
    assert!(token.starts_with("eyJ"), "{token}");

    let steps = yaml("azure-pipelines-steps");
    let said = azure_step(&runner, &steps["steps"][0], &[secret]);
    let set = "##vso[task.setvariable variable=CATENA_TOKEN;issecret=true]";
    assert_eq!(said, format!("{set}{token}"), "the only line that the step prints is masked");
    let said = azure_step(&runner, &steps["steps"][1], &[("CATENA_TOKEN", token.trim())]);
    assert_eq!(said, token);

    let refused = Issuer::http();
    let mut bash = plain_command::command("bash");
    bash.args(["-c", string(&steps["steps"][0]["bash"])]).env("PATH", shell::path()).env("HOME", runner.home.path());
    bash.env("CATENA_ISSUER", refused.url()).env("CATENA_CLIENT_ID", "acme").env("CATENA_CLIENT_SECRET", "wrong");
    let output = bash.output().unwrap();
    assert_eq!((output.status.code(), output.stdout), (Some(4), Vec::new()), "without a token, nothing is set");
}

/// `sh` is `sh -xe`: it prints each command, and nothing of it may be a token.
#[test]
fn jenkins() {
    let recipe = text("jenkins");
    let quoted = |before: &str| {
        let rest = recipe.split_once(before).unwrap_or_else(|| panic!("{before}")).1;
        rest.split('\'').nth(1).unwrap().to_owned()
    };
    let (script, client, variable) = (quoted("  sh "), quoted("CATENA_CLIENT_ID ="), quoted("variable:"));
    assert_eq!(variable, "CATENA_CLIENT_SECRET_FILE");
    let runner = Runner::new();
    let variables = [("CATENA_CLIENT_ID", client.as_str()), (&variable, &runner.file())];
    let output = runner.run(&["sh", "-xe", "-c", &script], &variables);
    assert!(output.stdout.starts_with(b"eyJ"), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), format!("+ {script}\n"));
    // Braces are all that Groovy needs beyond that.
    assert_eq!(recipe.matches('{').count(), recipe.matches('}').count());
}
