//! The recipes of clients without a secret, with what their platforms give a job, a pod or a workload. A real Keycloak
//! gets the same in `keycloak::realm_side`.

use std::fs;
use std::process::Output;

use catena_token_issuer::{Issuer, RUNNER_TOKEN};
use tempfile::TempDir;

use super::recipes::{run_sidecar, string, text, yaml};
use crate::support::action::write_script;
use crate::support::assertion::{self, Claims, WORKLOAD, client_of, job};
use crate::support::pages::page;
use crate::support::{plain_command, shell};

/// The audience of the recipes is the default realm.
fn assert_default(audience: &str) {
    assert!(page("docs/reference.md").contains(&format!("`{audience}`")), "{audience}");
}

/// A machine with the partner's script, which prints the token, and the tool.
struct Machine {
    home: TempDir,
}

impl Machine {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        write_script(&home.path().join("sync-fleets"), "[ -z \"$CATENA_CLIENT_ASSERTION\" ] && echo \"$CATENA_TOKEN\"");
        Self { home }
    }

    fn run(&self, script: &str, issuer: &Issuer, variables: &[(&str, &str)]) -> Output {
        let mut command = plain_command::command("bash");
        command.args(["-e", "-c", script]).env("HOME", self.home.path()).current_dir(&self.home);
        command.env("PATH", format!("{}:{}", self.home.path().display(), shell::path()));
        command.env("CATENA_ISSUER", issuer.url()).envs(variables.iter().copied()).output().unwrap()
    }

    /// The client that the script, which must succeed in silence, got the token of.
    fn gets(&self, script: &str, issuer: &Issuer, variables: &[(&str, &str)]) -> String {
        let output = self.run(script, issuer, variables);
        assert!(output.status.success() && output.stderr.is_empty(), "{script}: {output:?}");
        client_of(&String::from_utf8(output.stdout).unwrap())
    }
}

#[test]
fn the_step_for_github() {
    let (issuer, runner) = (assertion::issuer(), assertion::runner());
    let step = &yaml("github-step-identity")[0];
    let from = string(&step["env"]["CATENA_CLIENT_ASSERTION_FROM"]);
    let url = runner.runner_url();
    let mut variables = vec![("CATENA_CLIENT_ASSERTION_FROM", from)];
    let without = Machine::new().run(string(&step["run"]), &issuer, &variables);
    assert!(String::from_utf8_lossy(&without.stderr).contains("id-token: write"), "{without:?}");
    variables
        .extend([("ACTIONS_ID_TOKEN_REQUEST_URL", url.as_str()), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", RUNNER_TOKEN)]);
    assert_eq!(Machine::new().gets(string(&step["run"]), &issuer, &variables), "job");
}

/// GitLab makes the variables that `id_tokens` names, for these audiences.
#[test]
fn gitlab_ci() {
    let issuer = assertion::reusing();
    let recipe = yaml("gitlab-ci-identity");
    let tokens = recipe["sync"]["id_tokens"].as_hash().unwrap();
    let [(name, token)] = &tokens.iter().collect::<Vec<_>>()[..] else { panic!() };
    assert_default(string(&token["aud"]));
    let jwt = job(&issuer).signed();
    for line in recipe["sync"]["script"].as_vec().unwrap() {
        assert_eq!(Machine::new().gets(string(line), &issuer, &[(string(name), &jwt)]), "job");
    }
}

#[test]
fn a_kubernetes_sidecar() {
    let (issuer, pod) = (assertion::reusing(), yaml("kubernetes-identity"));
    let volume = pod["spec"]["volumes"].as_vec().unwrap().iter().find(|volume| !volume["projected"].is_badvalue());
    let volume = volume.unwrap();
    let source = &volume["projected"]["sources"][0]["serviceAccountToken"];
    assert_default(string(&source["audience"]));
    let file = format!("{}/{}", string(&volume["name"]), string(&source["path"]));
    let jwt = job(&issuer).with("aud", vec![issuer.url()]).signed();
    run_sidecar(&pod, &issuer, &file, &jwt);
}

fn svid(issuer: &Issuer) -> String {
    Claims::new("", WORKLOAD, &issuer.url()).without("iss").signed()
}

/// With what `spire-agent` prints.
#[test]
#[ignore = "needs jq"]
fn spiffe_by_command() {
    shell::assert_installed("jq");
    let (issuer, machine) = (assertion::issuer(), Machine::new());
    let printed = format!(
        r#"[{{"svids":[{{"hint":"","spiffe_id":"{WORKLOAD}","svid":"{}"}}]}},{{"bundles":{{"spiffe://lab.example":"x"}}}}]"#,
        svid(&issuer)
    );
    let wanted = format!("api fetch jwt -audience {} -output json", issuer.url());
    let agent = format!("[ \"$*\" = '{wanted}' ] && echo '{printed}'");
    write_script(&machine.home.path().join("spire-agent"), &agent);
    assert_eq!(machine.gets(&text("run-spiffe"), &issuer, &[]), "workload");
}

/// Where `spiffe-helper` puts the file.
#[test]
fn spiffe_by_file() {
    let (issuer, machine) = (assertion::issuer(), Machine::new());
    let helper = text("spiffe-helper");
    let value = |name: &str| {
        let (_, rest) = helper.split_once(&format!("{name} = \"")).unwrap_or_else(|| panic!("{name}"));
        rest.split('"').next().unwrap().to_owned()
    };
    assert_default(&value("jwt_audience"));
    fs::write(machine.home.path().join(value("jwt_svid_file_name")), svid(&issuer)).unwrap();
    let file = format!("{}/{}", value("cert_dir"), value("jwt_svid_file_name"));
    let block = text("run-spiffe-file");
    assert!(block.contains(&file), "{file}: {block}");
    let block = block.replace(&value("cert_dir"), machine.home.path().to_str().unwrap());
    assert_eq!(machine.gets(&block, &issuer, &[]), "workload");
}
