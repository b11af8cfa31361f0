//! `exec --renew`: a token file stays fresh while the command runs.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use catena_token_issuer::{Issuer, Reply, Setup};

use crate::support::job::waiting;
use crate::support::parallel;
use crate::support::wait::until;

fn short_lived(replies: Vec<Reply>) -> Issuer {
    Issuer::start(Setup { expires_in: "2", replies, ..Setup::default() })
}

fn unavailable() -> Reply {
    Reply::http(503, "text/plain", "starting up")
}

/// Waits until the file holds another token than `before`.
fn until_another(file: &Path, before: &str) -> String {
    let mut token = String::new();
    until(|| {
        token = fs::read_to_string(file).unwrap();
        assert!(token.starts_with("eyJ") && !token.ends_with('\n'), "a reader found '{token}'");
        token != before
    });
    token
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

/// Two jobs and plain calls, in sequence and in parallel, request one token after another.
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

/// The service recovers: the job did not notice, and stderr is empty.
#[test]
fn a_temporarily_unavailable_service() {
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

/// Refused or unavailable until the token has expired: it is reported once, and the job goes on. After it, a refusal
/// or a `Retry-After` is not retried soon.
#[test]
fn an_expired_token_without_a_new_one_is_reported_once() {
    let refused = Reply::json(401, r#"{"error":"unauthorized_client","error_description":"Invalid client"}"#);
    let until_it_ended = |reply: Reply, why: &str, asked: usize, options: &[&str]| {
        let issuer = short_lived(vec![Reply::Keycloak, reply]);
        let cache = tempfile::tempdir().unwrap();
        let (mut job, file) = waiting(&issuer, cache.path(), options);
        let said = job.said();
        let start = format!("catena-token: error: no valid token in '{}', still trying: ", file.display());
        assert!(said.starts_with(&start) && said.contains(why), "{said}");
        if asked > 2 {
            parallel::until_asked(&issuer, asked);
        } else {
            assert_eq!(issuer.requests().len(), asked);
        }
        let (status, _, said) = job.end();
        assert_eq!((status.code(), said.as_str()), (Some(1), ""), "the job's own code, and no further word");
    };
    std::thread::scope(|scope| {
        for (reply, why, asked) in [
            (unavailable(), "HTTP 503", 6),
            (refused, "HTTP 401, unauthorized_client", 3),
            (unavailable().header("Retry-After", "3600"), "the server requested a delay of 1h", 2),
        ] {
            for options in [&[][..], &["--quiet"], &["--no-cache"]] {
                let reply = reply.clone();
                scope.spawn(move || until_it_ended(reply, why, asked, options));
            }
        }
    });
}

/// One line says when the next try is.
#[test]
fn verbose_says_why_a_token_is_not_renewed_yet() {
    let issuer = short_lived(vec![Reply::Keycloak, unavailable().header("Retry-After", "7")]);
    let cache = tempfile::tempdir().unwrap();
    let (mut job, _) = waiting(&issuer, cache.path(), &["-v"]);
    let said: Vec<String> = (0..3).map(|_| job.said()).collect();
    assert!(said[0].contains("starting 'sh'") && said[1].contains("is valid for 1s, renewal in"), "{said:?}");
    assert!(said[2].contains("retrying in 7s: cannot get a token: "), "{said:?}");
    job.end();
}

#[test]
fn a_file_that_cannot_be_written_costs_no_second_request() {
    let (home, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let issuer = Issuer::start(Setup { expires_in: "20", ..Setup::default() });
    let path = home.path().join("token");
    let options = ["-v", "--no-cache", "--min-ttl", "16s", "--token-file", path.to_str().unwrap()];
    let (mut job, file) = waiting(&issuer, cache.path(), &options);
    let first = fs::read_to_string(&file).unwrap();
    fs::set_permissions(home.path(), Permissions::from_mode(0o777)).unwrap();
    while !job.said().contains("is writable by other users") {}
    assert_eq!((fs::read_to_string(&file).unwrap(), issuer.requests().len()), (first.clone(), 2));
    fs::set_permissions(home.path(), Permissions::from_mode(0o700)).unwrap();
    until_another(&file, &first);
    assert_eq!(issuer.requests().len(), 2);
    job.end();
}

/// A cleaner of temporary directories may remove token files.
#[test]
fn a_file_that_was_removed_comes_back_with_its_directory() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let (job, file) = waiting(&issuer, cache.path(), &[]);
    let token = fs::read_to_string(&file).unwrap();
    fs::remove_dir_all(file.parent().unwrap()).unwrap();
    until(|| file.exists());
    assert_eq!(fs::read_to_string(&file).unwrap(), token);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    assert_eq!(issuer.requests().len(), 1);
    let (status, _, said) = job.end();
    assert_eq!((status.code(), said.as_str()), (Some(1), ""));
    assert!(!file.parent().unwrap().exists());
}
