//! The recipes, parsed as their systems do, and run as far as possible without these systems.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use catena_token_issuer::{CLIENT_SECRET, Issuer};
use nix::sys::signal::Signal;
use yaml_rust2::{Yaml, YamlLoader};

use crate::support::job::Job;
use crate::support::pages::{blocks, page};
use crate::support::renewing::Manager;
use crate::support::wait::until;
use crate::support::{parallel, plain_command};

pub fn text(recipe: &str) -> String {
    blocks().into_iter().find(|block| block.how == recipe).unwrap().script
}

pub fn yaml(recipe: &str) -> Yaml {
    YamlLoader::load_from_str(&text(recipe)).unwrap().remove(0)
}

pub fn string(yaml: &Yaml) -> &str {
    yaml.as_str().unwrap()
}

/// systemd's rules: words quoted as in a shell, `%t` for the runtime directory, `%i` for what follows the `@`, a
/// credential as a file. The packages have this very unit.
#[test]
fn a_systemd_service() {
    assert_eq!(text("systemd"), page("dist/catena-token-renew@.service"));
    let unit = text("systemd").replace("%i", "acme");
    let lines = || unit.lines().filter_map(|line| line.split_once('='));
    let value = |key: &str| lines().find(|(own, _)| *own == key).unwrap().1.to_owned();
    assert_eq!((value("Type").as_str(), value("RestartPreventExitStatus").as_str()), ("notify", "2 3 4"));
    let run_time = tempfile::tempdir().unwrap();
    let words = |line: &str| shlex::split(&line.replace("%t", run_time.path().to_str().unwrap())).unwrap();

    // RuntimeDirectory= is created with this mode, for User=; LoadCredential= puts the file here.
    let directory = run_time.path().join(value("RuntimeDirectory"));
    fs::create_dir_all(&directory).unwrap();
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
    let credential = value("LoadCredential");
    let (name, source) = credential.split_once(':').unwrap();
    fs::write(run_time.path().join(name), format!("{CLIENT_SECRET}\n")).unwrap();
    // The files that the page makes.
    let settings = format!("echo 'CATENA_CLIENT_ID=acme' > {}", value("EnvironmentFile"));
    assert!([settings, format!("cat > {source}")].iter().all(|line| page("docs/recipes.md").contains(line)));

    let (issuer, manager) = (Issuer::http(), Manager::at(&run_time.path().join("notify")));
    let start = words(&value("ExecStart"));
    assert_eq!(start[0], "/usr/bin/catena-token");
    let mut command = plain_command::command(env!("CARGO_BIN_EXE_catena-token"));
    command.args(&start[1..]).env("CATENA_ISSUER", issuer.url()).env("NOTIFY_SOCKET", &manager.name);
    command.env("CREDENTIALS_DIRECTORY", run_time.path()).env("CATENA_CLIENT_ID", "acme");
    command.envs(words(&value("Environment")).iter().map(|word| word.split_once('=').unwrap()));
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let job = Job::of(command);
    assert_eq!(manager.hears(), "READY=1");
    let file = directory.join("token");
    let token = fs::read_to_string(&file).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640, "its group is Prometheus', too");

    let reload = words(&value("ExecReload").replace("$MAINPID", &job.pid().to_string()));
    assert!(Command::new(&reload[0]).args(&reload[1..]).status().unwrap().success());
    until(|| fs::read_to_string(&file).unwrap() != token);
    let (status, printed, said) = job.end_by(Signal::SIGTERM);
    assert_eq!((status.code(), printed.as_str(), said.as_str()), (Some(0), "", ""));

    let reader = yaml("prometheus");
    let path = string(&reader["scrape_configs"][0]["authorization"]["credentials_file"]);
    assert_eq!(Path::new("/run").join(value("RuntimeDirectory")).join("token"), Path::new(path));
}

/// The containers see the volumes at other paths: an emptyDir is world-writable, a secret's files are read-only.
#[test]
fn a_kubernetes_sidecar() {
    run_sidecar(&yaml("kubernetes"), &Issuer::http(), "secrets/client-secret", CLIENT_SECRET);
}

/// `file`: the volume and the file in it with the credential, `content`.
pub fn run_sidecar(pod: &Yaml, issuer: &Issuer, file: &str, content: &str) {
    let (sidecar, reader) = (&pod["spec"]["initContainers"][0], &pod["spec"]["containers"][0]);
    assert_eq!(string(&sidecar["restartPolicy"]), "Always", "that is what makes it a sidecar");
    let volumes = tempfile::tempdir().unwrap();
    for (name, mode) in [("tokens", 0o2777), (file.split('/').next().unwrap(), 0o755)] {
        let volume = pod["spec"]["volumes"].as_vec().unwrap().iter().find(|volume| string(&volume["name"]) == name);
        assert!(volume.is_some(), "{name}");
        fs::create_dir(volumes.path().join(name)).unwrap();
        fs::set_permissions(volumes.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
    }
    fs::write(volumes.path().join(file), content).unwrap();
    let mounted = |container: &Yaml, word: &str| {
        let mounts = container["volumeMounts"].as_vec().unwrap();
        let mount = mounts.iter().find(|mount| word.starts_with(string(&mount["mountPath"])));
        mount.map_or(word.to_owned(), |mount| {
            let path = volumes.path().join(string(&mount["name"]));
            word.replacen(string(&mount["mountPath"]), path.to_str().unwrap(), 1)
        })
    };
    let words = |container: &Yaml, list: &Yaml| -> Vec<String> {
        list.as_vec().unwrap().iter().map(|word| mounted(container, string(word))).collect()
    };
    let environment = |container: &Yaml| -> HashMap<String, String> {
        let list = container["env"].as_vec().unwrap().iter();
        list.map(|entry| (string(&entry["name"]).to_owned(), mounted(container, string(&entry["value"])))).collect()
    };

    let start = words(sidecar, &sidecar["command"]);
    assert_eq!(start[0], "catena-token");
    let mut command = plain_command::command(env!("CARGO_BIN_EXE_catena-token"));
    command.args(&start[1..]).envs(environment(sidecar)).env("CATENA_ISSUER", issuer.url());
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let job = Job::of(command);
    let probe = words(sidecar, &sidecar["startupProbe"]["exec"]["command"]);
    assert_eq!(probe[0], "catena-token");
    let probe = |file: Option<&str>| {
        let mut command = plain_command::command(env!("CARGO_BIN_EXE_catena-token"));
        let output = command.args(&probe[1..]).args(file).envs(environment(sidecar)).output().unwrap();
        assert_eq!(output.stdout, b"");
        output.status.code()
    };
    assert_eq!(probe(Some("--token-file=/tokens/none")), Some(5), "no token yet");
    until(|| probe(None) == Some(0));
    let file = &environment(reader)["CATENA_TOKEN_FILE"];
    assert!(fs::read_to_string(file).unwrap().starts_with("eyJ"));
    assert_eq!(job.end_by(Signal::SIGTERM).0.code(), Some(0));
}

/// Readers read the whole file; Prometheus trims white space, others do not.
#[test]
fn a_reader_of_the_file_finds_a_token_and_nothing_else() {
    let (issuer, home) = (Issuer::http(), tempfile::tempdir().unwrap());
    let manager = Manager::at(&home.path().join("notify"));
    let file = home.path().join("token");
    let mut call = parallel::command(&issuer, &home.path().join("cache"));
    call.args(["renew", "--token-file"]).arg(&file).env("NOTIFY_SOCKET", &manager.name);
    let job = Job::of(call);
    assert_eq!(manager.hears(), "READY=1");
    let token = fs::read_to_string(&file).unwrap();
    assert_eq!((token.trim(), token.split('.').count()), (token.as_str(), 3));
    job.end_by(Signal::SIGTERM);
}
