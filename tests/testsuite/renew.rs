//! `renew`: a token file that is kept fresh, for sidecars, services and programs that read one.

use std::ffi::OsString;
use std::fs;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::{Path, PathBuf};
use std::process::Command;

use catena_token_issuer::{CLIENT_SECRET, Issuer, Reply, Setup};
use nix::sys::signal::Signal;

use crate::support::job::Job;
use crate::support::{Tool, many, shell};

/// A service manager: a socket, and what `NOTIFY_SOCKET` names it.
struct Manager {
    socket: UnixDatagram,
    name: OsString,
}

impl Manager {
    fn at(path: &Path) -> Self {
        Self { socket: UnixDatagram::bind(path).unwrap(), name: path.into() }
    }

    /// A name that is in no directory, as systemd's in a container.
    fn without_a_path(name: &str) -> Self {
        let socket = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(name).unwrap()).unwrap();
        Self { socket, name: format!("@{name}").into() }
    }

    fn hears(&self) -> String {
        let mut bytes = [0; 64];
        let count = self.socket.recv(&mut bytes).unwrap();
        String::from_utf8(bytes[..count].to_vec()).unwrap()
    }
}

struct Renewing {
    job: Job,
    file: PathBuf,
    _home: tempfile::TempDir,
}

impl Renewing {
    /// A call whose first token has been told to `manager`.
    fn ready(issuer: &Issuer, manager: &Manager, options: &[&str]) -> Self {
        let renewing = Self::start(issuer, &manager.name, options);
        assert_eq!(manager.hears(), "READY=1");
        renewing
    }

    fn start(issuer: &Issuer, socket: &OsString, options: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("tokens/token");
        let mut command = many::command(issuer, &home.path().join("cache"));
        command.env("NOTIFY_SOCKET", socket).args(["renew", "--retries", "0", "--token-file"]).arg(&file).args(options);
        Self { job: Job::of(command), file, _home: home }
    }

    fn token(&self) -> String {
        fs::read_to_string(&self.file).unwrap()
    }

    fn until_another(&self, before: &str) -> String {
        while self.token() == before {
            std::thread::yield_now();
        }
        self.token()
    }

    /// Ends it by SIGTERM, which is a success. What it said.
    fn end(self) -> String {
        let (status, printed, said) = self.job.end_by(Signal::SIGTERM);
        assert_eq!((status.code(), printed.as_str()), (Some(0), ""));
        said
    }
}

fn nobody() -> OsString {
    OsString::new()
}

#[test]
fn a_service_manager_hears_of_the_first_token_and_of_the_end() {
    let directory = tempfile::tempdir().unwrap();
    let name = format!("catena-token-test-{}", std::process::id());
    for manager in [Manager::at(&directory.path().join("notify")), Manager::without_a_path(&name)] {
        let issuer = Issuer::http();
        let renewing = Renewing::ready(&issuer, &manager, &[]);
        let token = renewing.token();
        assert!(token.starts_with("eyJ") && !token.ends_with('\n'), "{token}");
        assert_eq!(renewing.job.end_by(Signal::SIGTERM).0.code(), Some(0));
        assert_eq!(manager.hears(), "STOPPING=1");
        assert_eq!(fs::read_to_string(&renewing.file).unwrap(), token, "it is left");
    }
}

#[test]
fn a_manager_that_is_not_there_is_a_warning() {
    let issuer = Issuer::http();
    let renewing = Renewing::start(&issuer, &"/nonexistent/notify".into(), &[]);
    while !renewing.file.exists() {
        std::thread::yield_now();
    }
    let said = renewing.end();
    assert!(
        said.starts_with("catena-token: warning: the service manager at NOTIFY_SOCKET cannot be told: no such"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn both_signals_that_end_a_service_are_a_success() {
    let directory = tempfile::tempdir().unwrap();
    let manager = Manager::at(&directory.path().join("notify"));
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let issuer = Issuer::http();
        let renewing = Renewing::ready(&issuer, &manager, &[]);
        assert_eq!(renewing.job.end_by(signal).0.code(), Some(0));
        assert_eq!(manager.hears(), "STOPPING=1");
        assert!(renewing.file.exists());
    }
}

/// Not when the time-out is over.
#[test]
fn a_signal_ends_it_whatever_it_waits_for() {
    let issuer = Issuer::start(Setup { replies: vec![Reply::Hang], ..Setup::default() });
    let renewing = Renewing::start(&issuer, &nobody(), &["--timeout", "1h"]);
    many::until_asked(&issuer, 1);
    let file = renewing.file.clone();
    assert_eq!(renewing.end(), "");
    assert!(!file.exists());
}

#[test]
fn sighup_renews_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let manager = Manager::at(&directory.path().join("notify"));
    let issuer = Issuer::http();
    let renewing = Renewing::ready(&issuer, &manager, &[]);
    let mut token = renewing.token();
    for asked in 2..4 {
        renewing.job.signal(Signal::SIGHUP);
        token = renewing.until_another(&token);
        assert_eq!(issuer.requests().len(), asked);
    }
    assert_eq!(renewing.end(), "");
}

#[test]
fn verbose_is_one_line_a_renewal() {
    let directory = tempfile::tempdir().unwrap();
    let manager = Manager::at(&directory.path().join("notify"));
    let issuer = Issuer::start(Setup { expires_in: "2", ..Setup::default() });
    let renewing = Renewing::ready(&issuer, &manager, &["-v"]);
    let mut token = renewing.token();
    for _ in 0..2 {
        token = renewing.until_another(&token);
    }
    many::until_asked(&issuer, 3);
    let file = renewing.file.display().to_string();
    let said = renewing.end();
    let renewals: Vec<&str> = said.lines().collect();
    assert!((2..=3).contains(&renewals.len()), "{said}");
    for line in renewals {
        assert_eq!(line, format!("catena-token: the token in `{file}` lives 1s, the next one is asked for in 1s"));
    }
}

/// The kept token is good enough for the first one, unless it is old, or `--refresh` asks for another.
#[test]
fn the_first_token_may_be_a_kept_one() {
    let directory = tempfile::tempdir().unwrap();
    let manager = Manager::at(&directory.path().join("notify"));
    let issuer = Issuer::http();
    let cache = directory.path().join("cache");
    let kept = Tool::asking(&issuer).keeping_in(&cache).succeeds();
    let options = ["--cache-dir", cache.to_str().unwrap()];
    let renewing = Renewing::ready(&issuer, &manager, &options);
    assert_eq!(renewing.token(), kept.trim_end());
    renewing.end();
    assert_eq!(manager.hears(), "STOPPING=1");
    let renewing = Renewing::ready(&issuer, &manager, &[&options[..], &["--refresh"]].concat());
    assert_ne!(renewing.token(), kept.trim_end());
    renewing.end();
    assert_eq!(issuer.requests().len(), 2);
}

#[test]
fn a_refusal_ends_it() {
    let issuer = Issuer::http();
    let tool = Tool::asking(&issuer).env("CATENA_CLIENT_SECRET", "not-the-secret");
    let failed = tool.args(["renew", "--token-file", "tokens/token"]).fails(4);
    assert!(failed.error.contains("HTTP 401"), "{}", failed.error);
}

/// A client that is switched off later: the file is left, and the code says whom to ask.
#[test]
fn a_later_refusal_ends_it_too() {
    let refused = Reply::json(401, r#"{"error":"invalid_client","error_description":"Invalid client"}"#);
    let issuer = Issuer::start(Setup { expires_in: "2", replies: vec![Reply::Keycloak, refused], ..Setup::default() });
    let renewing = Renewing::start(&issuer, &nobody(), &[]);
    let file = renewing.file.clone();
    let (status, printed, said) = renewing.job.end();
    assert_eq!((status.code(), printed.as_str()), (Some(4), ""));
    assert!(said.starts_with("catena-token: error: no token: the server refused (HTTP 401, invalid_client)"), "{said}");
    assert!(fs::read_to_string(file).unwrap().starts_with("eyJ"));
}

/// At the start of a machine the network comes later: it waits, says so once, and is not ready before.
#[test]
fn the_first_token_may_take_its_time() {
    let directory = tempfile::tempdir().unwrap();
    let manager = Manager::at(&directory.path().join("notify"));
    let replies = vec![Reply::Close, Reply::http(503, "text/plain", ""), Reply::Keycloak];
    let issuer = Issuer::start(Setup { replies, ..Setup::default() });
    let renewing = Renewing::ready(&issuer, &manager, &[]);
    assert_eq!(issuer.requests().len(), 3);
    let file = renewing.file.display().to_string();
    let said = renewing.end();
    assert!(
        said.starts_with(&format!("catena-token: error: there is no token for `{file}` yet: no token: ")),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
}

/// What a retry does not mend ends it, as long as there was no token.
#[test]
fn a_wrong_set_up_ends_it_with_its_code() {
    let issuer = Issuer::start(Setup { may_be_idle: true, ..Setup::default() });
    let renew = || Tool::without_secret(&issuer).args(["renew", "--token-file", "tokens/token"]);
    renew().env("CATENA_CLIENT_SECRET_FILE", "/nonexistent").fails(3);
    renew().env("CATENA_CLIENT_SECRET_COMMAND", "exit 1").fails(3);
    renew().env("CATENA_CLIENT_SECRET", CLIENT_SECRET).env("CATENA_RETRIES", "many").fails(2);
    let told = Tool::asking(&issuer).arg("renew").refused_by_clap();
    assert!(told.contains("--token-file <PATH>"), "{told}");
    for mode in ["0644", "0666", "777", "rw", ""] {
        let arguments = ["renew", "--token-file", "tokens/token", "--token-file-mode", mode];
        let told = Tool::asking(&issuer).args(arguments).refused_by_clap();
        assert!(told.contains("it is 0600 or 0640"), "{told}");
    }
    Tool::asking(&Issuer::http()).args(["renew", "--token-file", "tokens/token", "--min-ttl", "1h"]).fails(7);
}

/// Read anew for each token: a secret that was replaced in its file is the next one's. What can be read only once is kept.
#[test]
fn the_secret_is_got_for_each_token_where_it_can_be() {
    let directory = tempfile::tempdir().unwrap();
    let manager = Manager::at(&directory.path().join("notify"));
    let count = directory.path().join("count");
    let command = format!("echo >> {}; echo {CLIENT_SECRET}", count.display());
    for (options, runs) in [(["--client-secret-command", &command], 2), (["--client-secret-file", "-"], 0)] {
        let issuer = Issuer::http();
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("token");
        let mut call = many::command(&issuer, home.path());
        call.env_remove("CATENA_CLIENT_SECRET").env("NOTIFY_SOCKET", &manager.name);
        call.args(["renew", "--no-cache", "--token-file"]).arg(&file).args(options);
        let mut job = Job::of(call);
        job.types(CLIENT_SECRET);
        assert_eq!(manager.hears(), "READY=1");
        job.signal(Signal::SIGHUP);
        many::until_asked(&issuer, 2);
        assert_eq!((job.end_by(Signal::SIGTERM).0.code(), manager.hears().as_str()), (Some(0), "STOPPING=1"));
        assert_eq!(fs::read_to_string(&count).unwrap_or_default().lines().count(), runs);
        let _ = fs::remove_file(&count);
    }
}

/// A Kubernetes volume is everybody's; the directory in it is ours, and its readers' by the group that the volume hands on.
#[test]
fn a_volume_that_everybody_can_write_to_takes_a_directory() {
    let volume = tempfile::tempdir().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let manager = Manager::at(&directory.path().join("notify"));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    fs::set_permissions(volume.path(), fs::Permissions::from_mode(0o2777)).unwrap();
    let file = volume.path().join("catena/token");
    let issuer = Issuer::http();
    let mut command = Command::new("sh");
    let call = many::command(&issuer, directory.path());
    command.args(["-c", "umask 077; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_catena-token"), "renew", "--token-file"]);
    command.arg(&file).args(["--token-file-mode", "0640"]).env_clear().env("NOTIFY_SOCKET", &manager.name);
    command.envs(call.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let job = Job::of(command);
    assert_eq!(manager.hears(), "READY=1");
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o640, 0o2750));
    assert_eq!(job.end_by(Signal::SIGTERM).0.code(), Some(0));
}

/// Between two renewals there is one wait, and nothing else.
#[test]
#[ignore = "needs strace"]
fn nothing_wakes_it_up_between_renewals() {
    shell::assert_installed("strace");
    let home = tempfile::tempdir().unwrap();
    let (trace, file) = (home.path().join("trace"), home.path().join("token"));
    let issuer = Issuer::start(Setup { expires_in: "5", ..Setup::default() });
    let call = many::command(&issuer, home.path());
    let mut command = Command::new("strace");
    command
        .args(["-D", "-f", "-o"])
        .arg(&trace)
        .arg(env!("CARGO_BIN_EXE_catena-token"))
        .args(["renew", "--token-file"]);
    command.arg(&file).env_clear().envs(call.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let job = Job::of(command);
    many::until_asked(&issuer, 3);
    job.end_by(Signal::SIGTERM);
    // strace is not ours to wait for: it has written all when it has seen the end.
    while !fs::read_to_string(&trace).unwrap().contains("+++ exited with 0") {
        std::thread::yield_now();
    }
    let trace = fs::read_to_string(&trace).unwrap();
    let calls: Vec<&str> = trace.lines().filter_map(|line| line.split_once(' ')).map(|(_, call)| call.trim()).collect();
    let put: Vec<usize> =
        (0..calls.len()).filter(|at| calls[*at].contains("/token\"") || calls[*at].contains("\"token\"")).collect();
    let put = put.into_iter().find(|at| calls[*at].starts_with("rename")).unwrap();
    let between: Vec<&str> = calls[put + 1..].iter().copied().take_while(|call| !call.contains(".token\"")).collect();
    let waits = between.iter().filter(|call| call.starts_with("poll(") || call.starts_with("ppoll(")).count();
    assert!(waits == 1 && between.len() < 20, "{between:#?}");
}
