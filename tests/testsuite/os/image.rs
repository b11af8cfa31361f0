//! The container image that is released, run by podman and runc: read-only, without a capability, as its own user.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer};
use tempfile::TempDir;
use yaml_rust2::{Yaml, YamlLoader};

use crate::support::pages::blocks;
use crate::support::plain_command;
use crate::support::wait::until;

/// Set by `dist/verify`: the OCI archive.
const IMAGE: &str = "IMAGE";

/// The rights of a strict cluster, and limits that a machine without rights of its own can set.
const RUN: &str = "run --rm --read-only --cap-drop=all --security-opt=no-new-privileges --network=host \
                   --ulimit=nofile=1024:1024 --ulimit=nproc=4096:4096 --name=catena-token \
                   --env=CATENA_ISSUER --env=CATENA_CLIENT_ID --env=CATENA_CLIENT_SECRET --env=SSL_CERT_FILE";

/// The user of the image.
const USER: u32 = 65532;

/// podman's storage with the image, and two volumes.
struct Engine {
    issuer: Issuer,
    storage: TempDir,
    trust: TempDir,
    tokens: TempDir,
    image: String,
}

impl Engine {
    fn new() -> Self {
        let archive = std::env::var(IMAGE).unwrap_or_else(|_| panic!("{IMAGE} is not set"));
        let volume = |mode| {
            let volume = tempfile::tempdir().unwrap();
            fs::set_permissions(volume.path(), fs::Permissions::from_mode(mode)).unwrap();
            volume
        };
        let (trust, tokens) = (volume(0o755), volume(0o777));
        let issuer = Issuer::https();
        fs::write(trust.path().join("ca.pem"), issuer.trusted_pem()).unwrap();
        let mut engine = Self { issuer, storage: tempfile::tempdir().unwrap(), trust, tokens, image: String::new() };
        let output = engine.podman("pull --quiet").arg(format!("oci-archive:{archive}")).output().unwrap();
        engine.image = text(&output).trim().to_owned();
        engine
    }

    fn podman(&self, words: &str) -> Command {
        let mut command = plain_command::command("podman");
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("HOME", self.storage.path());
        for (option, directory) in [("--root", "root"), ("--runroot", "run"), ("--tmpdir", "tmp")] {
            command.arg(option).arg(self.storage.path().join(directory));
        }
        command.args("--storage-driver vfs --runtime runc --cgroup-manager cgroupfs --events-backend none".split(' '));
        command.args(words.split(' '));
        command
    }

    /// A call of the image's program, or of `start` as Kubernetes starts it.
    fn run(&self, start: Option<&String>, arguments: &[String]) -> Command {
        let mut command = self.podman(RUN);
        command.args(start.map(|program| format!("--entrypoint={program}")));
        command.env("CATENA_ISSUER", self.issuer.url()).env("SSL_CERT_FILE", "/trust/ca.pem");
        command.env("CATENA_CLIENT_ID", CLIENT_ID).env("CATENA_CLIENT_SECRET", CLIENT_SECRET);
        command.arg(mount(&self.trust, "/trust:ro")).arg(mount(&self.tokens, "/tokens"));
        command.arg(&self.image).args(arguments);
        command
    }

    /// A probe in the container that runs.
    fn probe(&self, words: &[String]) -> Option<i32> {
        self.podman("exec catena-token").args(words).output().unwrap().status.code()
    }
}

/// The containers have ended; what podman keeps mounted goes with its storage.
impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.podman("rm --force --all").output();
        let _ = self.podman("system reset --force").output();
    }
}

fn mount(from: &TempDir, to: &str) -> String {
    format!("--volume={}:{to}", from.path().display())
}

fn text(output: &Output) -> String {
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The words of the recipe's sidecar and of its probe.
fn sidecar() -> (Vec<String>, Vec<String>) {
    let recipe = blocks().into_iter().find(|block| block.how == "kubernetes").unwrap().script;
    let pod = YamlLoader::load_from_str(&recipe).unwrap().remove(0);
    let sidecar = &pod["spec"]["initContainers"][0];
    let words = |list: &Yaml| list.as_vec().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect();
    (words(&sidecar["command"]), words(&sidecar["startupProbe"]["exec"]["command"]))
}

fn is_a_token(file: &Path) -> bool {
    fs::read_to_string(file).is_ok_and(|text| text.starts_with("eyJ"))
}

#[test]
#[ignore = "needs root, podman, runc, and the image that IMAGE names"]
fn it_gets_a_token_without_a_right() {
    let engine = Engine::new();
    assert!(text(&engine.run(None, &[]).output().unwrap()).starts_with("eyJ"));
    assert_eq!(engine.issuer.requests().len(), 1);
}

#[test]
#[ignore = "needs root, podman, runc, and the image that IMAGE names"]
fn it_keeps_a_token_fresh_and_stops_when_told() {
    let engine = Engine::new();
    let (start, mut probe) = sidecar();
    let mut sidecar = engine.run(start.first(), &start[1..]);
    let sidecar = sidecar.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let file = engine.tokens.path().join("catena/token");
    until(|| is_a_token(&file));
    let made = fs::metadata(&file).unwrap();
    assert_eq!((made.uid(), made.gid(), made.mode() & 0o777), (USER, USER, 0o600));
    assert_eq!(engine.probe(&probe), Some(0));
    *probe.last_mut().unwrap() = "/tokens/none".to_owned();
    assert_eq!(engine.probe(&probe), Some(5));
    // After a second it is killed, and that is not a success.
    let stopped = engine.podman("stop --time 1 catena-token").output().unwrap();
    assert!(stopped.status.success(), "{stopped:?}");
    let output = sidecar.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{output:?}");
}
