//! The cases of a fleet with a real Redis and a real Valkey.

use std::fs;
use std::process::Command;
use std::time::Duration;

use catena_token_issuer::{Authority, CLIENT_SECRET, Issuer, Reply, Setup};
use nix::sys::signal::Signal;
use tempfile::TempDir;

use crate::support::Tool;
use crate::support::doctor::examine;
use crate::support::engine::{ENGINES, Engine, PASSWORD, cluster};
use crate::support::job::Job;
use crate::support::parallel::{self, different, signal, tokens, until_asked};
use crate::support::wait::until;

fn slow() -> Issuer {
    Issuer::start(Setup { delay: Duration::from_secs(1), ..Setup::default() })
}

/// The variables for TLS with the engine's own authority and a user with few rights.
fn with_tls(engine: &Engine) -> Vec<(&'static str, String)> {
    let ca = engine.ca().to_str().unwrap().to_owned();
    let password = PASSWORD.to_owned();
    vec![("CATENA_CACHE", engine.tls_url()), ("CATENA_CACHE_CA_CERT", ca), ("CATENA_CACHE_PASSWORD", password)]
}

fn plain(engine: &Engine) -> Vec<(&'static str, String)> {
    vec![("CATENA_CACHE", engine.url())]
}

/// Calls at once, each on a machine of its own.
pub struct Crowd {
    homes: Vec<TempDir>,
    variables: Vec<(&'static str, String)>,
}

impl Crowd {
    pub fn of(count: usize, variables: Vec<(&'static str, String)>) -> Self {
        Self { homes: (0..count).map(|_| tempfile::tempdir().unwrap()).collect(), variables }
    }

    pub fn commands(&self, issuer: &Issuer) -> Vec<Command> {
        let command = |home: &TempDir| {
            let mut command = parallel::command(issuer, home.path());
            command.envs(self.variables.iter().map(|(name, value)| (*name, value)));
            command
        };
        self.homes.iter().map(command).collect()
    }

    fn tokens(&self, issuer: &Issuer) -> Vec<String> {
        let mut commands = self.commands(issuer).into_iter();
        tokens(parallel::run(self.homes.len(), || commands.next().unwrap()))
    }
}

#[test]
#[ignore = "needs redis"]
fn two_hundred_cold_machines_make_one_request() {
    for name in ENGINES {
        let engine = Engine::start(name, &["--maxclients", "1000"]);
        for variables in [plain(&engine), with_tls(&engine)] {
            engine.ask("FLUSHALL");
            let issuer = slow();
            let got = Crowd::of(200, variables.clone()).tokens(&issuer);
            assert_eq!((different(got), issuer.requests().len()), (1, 1), "{name}");
            // One who comes later makes none.
            Crowd::of(1, variables).tokens(&issuer);
            assert_eq!(issuer.requests().len(), 1, "{name}");
        }
    }
}

#[test]
#[ignore = "needs redis"]
fn a_cluster_is_followed_to_the_node_with_the_keys() {
    for name in ENGINES {
        for tls in [false, true] {
            for kind in ["ip", "hostname"] {
                let mut options =
                    vec!["--cluster-preferred-endpoint-type", kind, "--cluster-announce-hostname", "localhost"];
                options.extend(["--tls-cluster", "yes"].iter().filter(|_| tls));
                let nodes = cluster(name, &options);
                let issuer = Issuer::http();
                for node in &nodes {
                    Crowd::of(1, if tls { with_tls(node) } else { plain(node) }).tokens(&issuer);
                }
                assert_eq!(issuer.requests().len(), 1, "{name} {tls} {kind}");
            }
        }
    }
}

#[test]
#[ignore = "needs redis"]
fn what_an_engine_refuses_is_a_warning_that_names_it() {
    for name in ENGINES {
        let issuer = Issuer::http();
        let engine =
            Engine::start(name, &["--maxmemory", "1", "--user", "few", "on", "nopass", "~*", "+mget", "+pttl"]);
        let replica = Engine::start(name, &["--replicaof", "127.0.0.1", "1"]);
        let other = Engine::start(name, &[]);
        let ca = |engine: &Engine| ("CATENA_CACHE_CA_CERT", engine.ca().to_str().unwrap().to_owned());
        let wrong = vec![("CATENA_CACHE", engine.tls_url()), ca(&engine), ("CATENA_CACHE_PASSWORD", "another".into())];
        let mut untrusted = with_tls(&other);
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("ca.pem"), Authority::new().pem()).unwrap();
        untrusted[1].1 = home.path().join("ca.pem").to_str().unwrap().to_owned();
        let at_plain = vec![("CATENA_CACHE", format!("rediss://127.0.0.1:{}", other.port)), ca(&other)];
        let few = vec![("CATENA_CACHE", format!("redis://few@127.0.0.1:{}", engine.port))];
        for (variables, why) in [
            (plain(&engine), "it answers OOM command not allowed"),
            (plain(&replica), "it answers "),
            (wrong, "it answers WRONGPASS"),
            (few, "it answers NOPERM"),
            (untrusted, "its certificate"),
            (at_plain, "it "),
            (vec![("CATENA_CACHE", format!("redis://127.0.0.1:{}", other.tls_port))], "connection reset by peer"),
        ] {
            let tool = variables.iter().fold(Tool::asking(&issuer), |tool, (name, value)| tool.env(name, value));
            let (token, said) = tool.succeeds_saying();
            assert!(token.starts_with("eyJ") && said.lines().count() == 1, "{name} {why}: {said}");
            let (_, cause) = said.split_once("cannot use the shared cache at ").unwrap_or_else(|| panic!("{said}"));
            assert!(cause.contains(&format!(": {why}")) && !said.contains(PASSWORD), "{name} {why}: {said}");
        }
    }
}

#[test]
#[ignore = "needs redis"]
fn a_killed_holder_costs_one_more_request() {
    for name in ENGINES {
        let (engine, issuer) = (Engine::start(name, &[]), slow());
        let holder = Crowd::of(1, plain(&engine));
        let mut holder = holder.commands(&issuer).remove(0).spawn().unwrap();
        until_asked(&issuer, 1);
        assert_eq!(engine.keys("lease").len(), 1);
        signal(&holder, Signal::SIGKILL);
        holder.wait().unwrap();
        assert_eq!(different(Crowd::of(30, plain(&engine)).tokens(&issuer)), 1, "{name}");
        assert_eq!(issuer.requests().len(), 2, "{name}");
    }
}

#[test]
#[ignore = "needs redis"]
fn an_engine_that_restarts_empty_costs_two_requests_at_most() {
    for name in ENGINES {
        let (mut engine, issuer) = (Engine::start(name, &[]), slow());
        let crowd = Crowd::of(50, with_tls(&engine));
        let started: Vec<_> = crowd.commands(&issuer).into_iter().map(|mut one| one.spawn().unwrap()).collect();
        until_asked(&issuer, 1);
        engine.restart();
        tokens(started.into_iter().map(|one| one.wait_with_output().unwrap()).collect());
        assert!(issuer.requests().len() <= 3, "{name}: {}", issuer.requests().len());
    }
}

#[test]
#[ignore = "needs redis"]
fn two_hundred_machines_with_a_wrong_secret_are_refused_once() {
    for name in ENGINES {
        let (engine, issuer) = (Engine::start(name, &[]), slow());
        let mut commands = Crowd::of(200, plain(&engine)).commands(&issuer).into_iter();
        let outputs = parallel::run(200, || {
            let mut command = commands.next().unwrap();
            command.env("CATENA_CLIENT_SECRET", "not-the-secret-at-all");
            command
        });
        assert!(outputs.iter().all(|output| output.status.code() == Some(4)), "{name}");
        assert_eq!(issuer.requests().len(), 1, "{name}");
        // The right one beside it is served.
        Crowd::of(1, plain(&engine)).tokens(&issuer);
    }
}

#[test]
#[ignore = "needs redis"]
fn retry_after_holds_for_all_and_then_one_asks() {
    for name in ENGINES {
        let limited = Reply::http(429, "text/plain", "slow down").header("Retry-After", "2");
        let replies = vec![limited, Reply::Keycloak];
        let delay = Duration::from_millis(500);
        let (engine, issuer) = (Engine::start(name, &[]), Issuer::start(Setup { replies, delay, ..Setup::default() }));
        assert_eq!(different(Crowd::of(100, plain(&engine)).tokens(&issuer)), 1, "{name}");
        assert_eq!(issuer.requests().len(), 2, "{name}");
    }
}

#[test]
#[ignore = "needs redis"]
fn a_short_listen_queue_costs_no_request() {
    for name in ENGINES {
        let (engine, issuer) = (Engine::start(name, &["--tcp-backlog", "16"]), slow());
        Crowd::of(300, plain(&engine)).tokens(&issuer);
        assert!(issuer.requests().len() <= 3, "{name}: {}", issuer.requests().len());
    }
}

#[test]
#[ignore = "needs redis"]
fn a_value_of_another_type_is_a_miss() {
    for name in ENGINES {
        let (engine, issuer) = (Engine::start(name, &[]), Issuer::http());
        Crowd::of(1, plain(&engine)).tokens(&issuer);
        let token = engine.keys("token").remove(0);
        for key in [&token, &token.replace(":token", ":outcome"), &token.replace(":token", ":lease")] {
            engine.ask("FLUSHALL");
            assert!(engine.ask(&format!("LPUSH {key} a")).starts_with(":1"));
            Crowd::of(1, plain(&engine)).tokens(&issuer);
        }
        assert_eq!(issuer.requests().len(), 4, "{name}");
    }
}

#[test]
#[ignore = "needs redis"]
fn twenty_sidecars_make_one_request_for_each_renewal() {
    for name in ENGINES {
        let (engine, issuer) = (Engine::start(name, &[]), Issuer::start(Setup { expires_in: "5", ..Setup::default() }));
        let crowd = Crowd::of(20, plain(&engine));
        let files: Vec<_> = crowd.homes.iter().map(|home| home.path().join("token")).collect();
        let renew = |(mut command, file): (Command, _)| {
            command.args(["renew", "--token-file"]).arg(file);
            Job::of(command)
        };
        let jobs: Vec<_> = crowd.commands(&issuer).into_iter().zip(&files).map(renew).collect();
        // Each of them has had three tokens.
        let mut had = vec![Vec::new(); files.len()];
        until(|| {
            for (had, file) in had.iter_mut().zip(&files) {
                let token = fs::read_to_string(file).unwrap_or_default();
                if !had.contains(&token) {
                    had.push(token);
                }
            }
            had.iter().all(|tokens: &Vec<String>| tokens.iter().filter(|token| !token.is_empty()).count() >= 3)
        });
        let different = different(had.into_iter().flatten().filter(|token| !token.is_empty()).collect());
        // The last one may not have been seen yet.
        assert!((different..=different + 1).contains(&issuer.requests().len()), "{name}");
        assert!(different <= 5, "{name}: {different}");
        jobs.into_iter().for_each(|job| drop(job.end_by(Signal::SIGTERM)));
    }
}

#[test]
#[ignore = "needs redis"]
fn nothing_that_an_engine_keeps_or_shows_can_be_read() {
    for name in ENGINES {
        let engine = Engine::start(name, &["--appendonly", "yes"]);
        let issuer = Issuer::http();
        let monitored = engine.monitor(|| {
            for variables in [plain(&engine), with_tls(&engine)] {
                Crowd::of(1, variables).tokens(&issuer);
            }
        });
        assert!(monitored.contains("\"SET\"") && engine.ask("SAVE").starts_with("+OK"), "{monitored}");
        let token = Crowd::of(1, plain(&engine)).tokens(&issuer).remove(0);
        let mut kept = monitored.into_bytes();
        kept.extend(fs::read(engine.path().join("dump.rdb")).unwrap());
        for file in fs::read_dir(engine.path().join("appendonlydir")).unwrap() {
            kept.extend(fs::read(file.unwrap().path()).unwrap());
        }
        let has = |text: &str| kept.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(has("catena-token:1:{"));
        for hidden in [token.trim(), CLIENT_SECRET, "acme", "organization", "realms", &issuer.origin()[7..]] {
            assert!(!has(hidden), "{name}: {hidden}");
        }
        // Nor does the tool show the store's password.
        let tool =
            with_tls(&engine).into_iter().fold(Tool::asking(&issuer), |tool, (name, value)| tool.env(name, value));
        let (_, said) = tool.arg("-vv").succeeds_saying();
        assert!(!said.contains(PASSWORD) && said.contains("shared cache: rediss://catena@localhost"), "{said}");
        let tool =
            with_tls(&engine).into_iter().fold(Tool::asking(&issuer), |tool, (name, value)| tool.env(name, value));
        let report = examine(tool);
        assert_eq!(report.status("shared cache"), "ok", "{report}");
        assert!(!report.to_string().contains(PASSWORD), "{report}");
    }
}
