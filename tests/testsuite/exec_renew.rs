//! `exec --renew`: a command that outlives its token, and a token file that is fresh as long as it runs.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};

use catena_token_issuer::{CLIENT_SECRET, Issuer, Reply, Setup};
use nix::sys::signal::Signal;

use crate::support::job::Job;
use crate::support::{Tool, many};

/// Prints where the token file is, and ends with its input.
const WAITING: &str = "echo \"$CATENA_TOKEN_FILE\"; read -r end";

fn short_lived(replies: Vec<Reply>) -> Issuer {
    Issuer::start(Setup { expires_in: "2", replies, ..Setup::default() })
}

fn unavailable() -> Reply {
    Reply::http(503, "text/plain", "starting up")
}

/// A job that waits for the test, and its token file.
fn waiting(issuer: &Issuer, cache: &Path, options: &[&str]) -> (Job, PathBuf) {
    let words = [&["exec", "--renew", "--retries", "0"], options, &["--", "sh", "-c", WAITING]].concat();
    let mut job = Job::start(issuer, cache, &words);
    let file = PathBuf::from(job.line());
    if !file.is_absolute() {
        panic!("the job did not start: {}", job.end().2);
    }
    (job, file)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Waits until the file holds another token than `before`.
fn until_another(file: &Path, before: &str) -> String {
    loop {
        let token = fs::read_to_string(file).unwrap();
        assert!(token.starts_with("eyJ") && !token.ends_with('\n'), "a reader found `{token}`");
        if token != before {
            return token;
        }
        std::thread::yield_now();
    }
}

#[test]
fn a_private_file_in_memory_holds_the_token_and_is_gone_at_the_end() {
    let issuer = Issuer::http();
    let runtime = tempfile::tempdir().unwrap();
    for (variable, place) in [(runtime.path(), runtime.path()), (Path::new("relative"), Path::new("/dev/shm"))] {
        let tool = Tool::asking(&issuer).env("XDG_RUNTIME_DIR", variable);
        let script = "umask; stat -c '%a %n' \"$CATENA_TOKEN_FILE\" \"${CATENA_TOKEN_FILE%/*}\"; \
            [ \"$(cat \"$CATENA_TOKEN_FILE\")\" = \"$CATENA_TOKEN\" ] && wc -c <\"$CATENA_TOKEN_FILE\"; \
            ls -A \"${CATENA_TOKEN_FILE%/*}\"; echo ${#CATENA_TOKEN}";
        let printed = tool.args(["exec", "--renew", "sh", "-c", script]).succeeds();
        let lines: Vec<&str> = printed.lines().collect();
        let (file, directory) = (lines[1].strip_prefix("600 ").unwrap(), lines[2].strip_prefix("700 ").unwrap());
        assert!(file.starts_with(&format!("{}/catena-token-", place.display())), "{file}");
        assert_eq!(lines[3..], [lines[5], "token", lines[5]], "the file holds the token and nothing else");
        assert!(!Path::new(directory).exists());
    }
    assert_eq!(fs::read_dir(runtime.path()).unwrap().count(), 0);
}

#[test]
fn the_file_is_fresh_while_the_command_runs() {
    let (issuer, cache) = (short_lived(vec![Reply::Keycloak]), tempfile::tempdir().unwrap());
    let (job, file) = waiting(&issuer, cache.path(), &[]);
    let mut token = fs::read_to_string(&file).unwrap();
    for _ in 0..3 {
        token = until_another(&file, &token);
    }
    let asked = issuer.requests().len();
    assert!((4..=5).contains(&asked), "one request for each token, not {asked}");
    let (status, _, said) = job.end();
    assert_eq!((status.code(), said.as_str()), (Some(1), ""));
    assert!(!file.exists() && !file.parent().unwrap().exists());
}

/// Two jobs and plain calls, one after the other and beside each other, ask for one token after the other.
#[test]
fn jobs_share_what_they_renew() {
    let (issuer, cache) = (short_lived(vec![Reply::Keycloak]), tempfile::tempdir().unwrap());
    let (one, first) = waiting(&issuer, cache.path(), &[]);
    let (other, second) = waiting(&issuer, cache.path(), &[]);
    let mut token = fs::read_to_string(&first).unwrap();
    for _ in 0..3 {
        token = until_another(&first, &token);
    }
    until_another(&second, "");
    let asked = issuer.requests().len();
    assert!((4..=6).contains(&asked), "{asked}");
    assert_eq!(issuer.most_at_once(), 1);
    assert_eq!((one.end().2, other.end().2), (String::new(), String::new()));
}

#[test]
fn a_named_file_is_for_those_it_is_meant_for() {
    let issuer = Issuer::http();
    for (options, file_mode, directory_mode) in
        [(&[][..], 0o600, 0o700), (&["--token-file-mode", "0640"], 0o640, 0o750)]
    {
        let (home, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let path = home.path().join("made/token");
        let (job, file) =
            waiting(&issuer, cache.path(), &[&["--token-file", path.to_str().unwrap()], options].concat());
        assert_eq!(file, path);
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (file_mode, directory_mode));
        job.end();
        assert!(!file.exists() && !file.parent().unwrap().exists(), "what was made for it is removed with it");
    }
}

/// The command may go to another directory; a directory that was there stays.
#[test]
fn a_relative_path_is_made_whole() {
    let issuer = Issuer::http();
    let tool = Tool::asking(&issuer);
    let home = tool.home().to_owned();
    let script = "cd /; [ -s \"$CATENA_TOKEN_FILE\" ] && echo \"$CATENA_TOKEN_FILE\"";
    let printed = tool.args(["exec", "--renew", "--token-file", "./token", "sh", "-c", script]).succeeds();
    assert_eq!(
        printed.trim_end(),
        fs::canonicalize(home.parent().unwrap())
            .unwrap()
            .join(home.file_name().unwrap())
            .join("token")
            .to_str()
            .unwrap()
    );
}

/// The second job's file stands in the place of the first one's.
#[test]
fn a_file_that_is_anothers_by_now_is_left() {
    let (issuer, home, cache) = (Issuer::http(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = home.path().join("token");
    let options = ["--token-file", path.to_str().unwrap()];
    let (one, _) = waiting(&issuer, cache.path(), &options);
    let (other, _) = waiting(&issuer, cache.path(), &options);
    one.end();
    assert!(path.exists());
    other.end();
    assert!(!path.exists());
    assert!(home.path().exists());
}

#[test]
fn what_a_process_sends_is_for_the_command() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let script = "for s in HUP INT QUIT USR1 USR2 ALRM WINCH TSTP TERM; do trap \"echo $s\" $s; done; echo ready; \
        while [ ! -e \"$STOP\" ]; do :; done; exit 5";
    // A shell that waits in a builtin may begin to wait just when a signal has come, and act on it only afterwards.
    let stop = cache.path().join("stop");
    let mut command = many::command(&issuer, cache.path());
    command.env("STOP", &stop).args(["exec", "--renew", "bash", "-c", script]);
    let mut job = Job::of(command);
    assert_eq!(job.line(), "ready");
    use Signal::{SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2, SIGWINCH};
    for signal in [SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH, SIGTSTP, SIGTERM, SIGTERM] {
        job.signal(signal);
        assert_eq!(format!("SIG{}", job.line()), signal.as_str());
    }
    fs::write(&stop, "").unwrap();
    let (status, rest, said) = job.end();
    assert_eq!((status.code(), rest.as_str(), said.as_str()), (Some(5), "", ""), "once each");
}

/// What the parent has ignored (`nohup`) the command has ignored, and nothing is handed on.
#[test]
fn an_ignored_signal_stays_ignored() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let inner = many::command(&issuer, cache.path());
    let mut command = std::process::Command::new("sh");
    command.args(["-c", "trap '' HUP; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_catena-token"), "exec", "--renew"]);
    command.args(["sh", "-c", WAITING]).env_clear().stdout(std::process::Stdio::piped());
    command.stderr(std::process::Stdio::piped());
    command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut job = Job::of(command);
    let file = PathBuf::from(job.line());
    job.signal(Signal::SIGHUP);
    assert_eq!(job.end_by(Signal::SIGTERM).0.signal(), Some(15), "and not by the first one");
    assert!(!file.exists());
}

#[test]
fn the_end_by_a_signal_is_passed_on_and_leaves_nothing() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
        let (job, file) = waiting(&issuer, cache.path(), &[]);
        assert_eq!(job.end_by(signal).0.signal(), Some(signal as i32));
        assert!(!file.parent().unwrap().exists());
    }
}

/// A service that comes back after a while: the job did not notice, and neither did anybody at its stderr.
#[test]
fn a_service_that_is_away_for_a_while() {
    let away = [Reply::Close, unavailable(), Reply::http(429, "text/plain", "")];
    let replies = [&[Reply::Keycloak][..], &away, &[Reply::Keycloak]].concat();
    let issuer = Issuer::start(Setup { expires_in: "20", replies, ..Setup::default() });
    let cache = tempfile::tempdir().unwrap();
    let (job, file) = waiting(&issuer, cache.path(), &["--min-ttl", "16s"]);
    let first = fs::read_to_string(&file).unwrap();
    until_another(&file, &first);
    let (status, _, said) = job.end();
    assert_eq!((status.code(), said.as_str()), (Some(1), ""));
    assert_eq!(issuer.requests().len(), 5);
}

/// Refused or away, until the token has ended: it is said once, and the job goes on.
#[test]
fn a_token_that_ended_without_another_is_said_once() {
    let refused = Reply::json(401, r#"{"error":"unauthorized_client","error_description":"Invalid client"}"#);
    let until_it_ended = |reply: Reply, why: &str, options: &[&str]| {
        let issuer = short_lived(vec![Reply::Keycloak, reply]);
        let cache = tempfile::tempdir().unwrap();
        let (job, file) = waiting(&issuer, cache.path(), options);
        // The first of them comes while the token lives, for half a second; pauses are half a second or longer.
        many::until_asked(&issuer, 6);
        let (status, _, said) = job.end();
        assert_eq!(status.code(), Some(1), "the job's own");
        let file = file.display();
        let start = format!("catena-token: error: the token in `{file}` has ended, and there is no new one yet: ");
        assert!(said.starts_with(&start) && said.contains(why), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    };
    std::thread::scope(|scope| {
        for (reply, why) in [(unavailable(), "HTTP 503"), (refused, "HTTP 401, unauthorized_client")] {
            for options in [&[][..], &["--quiet"]] {
                let reply = reply.clone();
                scope.spawn(move || until_it_ended(reply, why, options));
            }
        }
    });
}

/// With and without a cache: a service that asks for time gets it.
#[test]
fn nobody_asks_inside_the_wait_of_the_service() {
    for options in [&["-v"][..], &["-v", "--no-cache"]] {
        let issuer = short_lived(vec![Reply::Keycloak, unavailable().header("Retry-After", "3600")]);
        let cache = tempfile::tempdir().unwrap();
        let (mut job, _) = waiting(&issuer, cache.path(), options);
        let said: Vec<String> = (0..3).map(|_| job.said()).collect();
        assert!(
            said[0].contains("starting `sh`") && said[1].contains("lives 1s, the next one is asked for"),
            "{said:?}"
        );
        assert!(said[2].contains("is not renewed yet, trying again in 1h: no token: "), "{said:?}");
        job.end();
    }
}

#[test]
fn a_file_that_cannot_be_written_costs_no_second_request() {
    let (home, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let issuer = Issuer::start(Setup { expires_in: "20", ..Setup::default() });
    let path = home.path().join("token");
    let (job, file) =
        waiting(&issuer, cache.path(), &["--min-ttl", "16s", "--token-file", path.to_str().unwrap(), "-v"]);
    let first = fs::read_to_string(&file).unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o777)).unwrap();
    many::until_asked(&issuer, 2);
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o700)).unwrap();
    until_another(&file, &first);
    assert_eq!(issuer.requests().len(), 2);
    let (_, _, said) = job.end();
    assert!(said.lines().all(|line| line.starts_with("catena-token: ")), "{said}");
}

#[test]
fn a_place_that_is_not_private_is_refused_before_the_command_starts() {
    let issuer = Issuer::start(Setup { may_be_idle: true, ..Setup::default() });
    let home = tempfile::tempdir().unwrap();
    let open = home.path().join("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o770)).unwrap();
    std::os::unix::fs::symlink("/tmp", home.path().join("link")).unwrap();
    fs::create_dir(home.path().join("directory")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", home.path().join("passwd")).unwrap();
    for (place, why) in [
        ("open/token", "others can write to the directory `"),
        ("link/token", "it is a link: name what it leads to"),
        ("missing/too/token", "no such file or directory"),
        ("directory", "what is there is not a regular file"),
        ("passwd", "what is there is not a regular file"),
        ("..", "it names no file"),
    ] {
        let path = home.path().join(place);
        let tool = |words: &[&str]| Tool::asking(&issuer).args(words).arg("--token-file").arg(&path);
        let failed = tool(&["exec", "--renew"]).args(["sh", "-c", "echo started"]).fails(125);
        assert!(
            failed.error.starts_with("the token file cannot be `") && failed.error.contains(why),
            "{}",
            failed.error
        );
        assert!(failed.hint.contains("only you can write to"), "{}", failed.hint);
        assert!(tool(&["renew"]).fails(3).error.contains(why));
    }
}

/// The secret is in our memory and in our environment: whoever we start must not get it from there.
#[test]
fn the_command_cannot_read_us() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let script = "stat -c %u /proc/$PPID/environ; if [ \"$(id -u)\" != 0 ]; then cat /proc/$PPID/environ; fi";
    let mut job = Job::start(&issuer, cache.path(), &["exec", "--renew", "sh", "-c", script]);
    assert_eq!(job.line(), "0", "what is not dumpable belongs to root in /proc");
    assert!(!job.end().1.contains(CLIENT_SECRET));
}
