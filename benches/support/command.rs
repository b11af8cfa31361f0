//! The two clients, each started in the same way: nothing of the caller's environment reaches them.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use super::nginx::{CLIENT_ID, CLIENT_SECRET, Nginx, TOKEN};

/// A command line that fetches a token.
#[derive(Clone)]
pub struct Client {
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
    /// Variables besides `LANG` and `HOME`.
    environment: Vec<(&'static str, String)>,
    home: PathBuf,
    /// What it reads; nothing without it.
    stdin: Option<PathBuf>,
}

impl Client {
    /// A call for a new token. `program` is ours.
    pub fn new_token(program: &Path, issuer: &str, ca: &Path, home: &Path) -> Self {
        Self {
            program: program.to_owned(),
            // With all that the cache takes: the lock, the look, the store.
            arguments: ["--refresh".into(), "--issuer".into(), issuer.into(), "--ca-cert".into(), ca.into()].into(),
            environment: vec![
                ("CATENA_CLIENT_ID", CLIENT_ID.to_owned()),
                ("CATENA_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
            ],
            home: home.to_owned(),
            stdin: None,
        }
    }

    /// The same by variables alone, as a script has it: a kept token is used, `cache` says which.
    pub fn cached(server: &Nginx, program: &Path, cache: &Path) -> Self {
        let cache = cache.to_string_lossy().into_owned();
        let environment = vec![
            ("CATENA_CLIENT_ID", CLIENT_ID.to_owned()),
            ("CATENA_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
            ("CATENA_ISSUER", server.issuer()),
            ("CATENA_CA_CERT", server.ca.to_string_lossy().into_owned()),
            ("CATENA_CACHE_DIR", cache),
        ];
        let program = program.to_owned();
        Self { program, arguments: Vec::new(), environment, home: server.home.clone(), stdin: None }
    }

    /// Any other program; it gets the variables of none.
    pub fn other(program: &Path, arguments: Vec<OsString>, home: &Path) -> Self {
        let (program, home) = (program.to_owned(), home.to_owned());
        Self { program, arguments, environment: Vec::new(), home, stdin: None }
    }

    /// The same request by curl.
    pub fn curl(program: &Path, endpoint: &str, ca: &Path, home: &Path) -> Self {
        let mut arguments: Vec<OsString> = vec!["-sS".into(), "--cacert".into(), ca.into()];
        arguments.extend(fields().iter().flat_map(|field| ["-d".into(), field.into()]));
        arguments.push(endpoint.into());
        Self::other(program, arguments, home)
    }

    /// The same with other words behind the program's name.
    pub fn saying(mut self, words: &[&str]) -> Self {
        self.arguments = words.iter().map(OsString::from).collect();
        self
    }

    /// Another program in the same surroundings.
    pub fn of(mut self, program: &Path) -> Self {
        self.program = program.to_owned();
        self
    }

    /// The same with this file on its standard input.
    pub fn reading(mut self, file: &Path) -> Self {
        self.stdin = Some(file.to_owned());
        self
    }

    /// The same with one more variable.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.environment.push((name, value.to_owned()));
        self
    }

    pub fn command(&self) -> Command {
        self.command_under(&[])
    }

    /// The same, started by another program: `strace -c`, say.
    pub fn command_under(&self, starter: &[&OsStr]) -> Command {
        let line: Vec<&OsStr> = starter
            .iter()
            .copied()
            .chain([self.program.as_os_str()])
            .chain(self.arguments.iter().map(OsString::as_os_str))
            .collect();
        let mut command = Command::new(line[0]);
        command.args(&line[1..]).env_clear().env("LANG", "C.UTF-8").env("HOME", &self.home);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let file = self.stdin.as_ref().and_then(|path| File::open(path).ok());
        command.stdin(file.map_or_else(Stdio::null, Stdio::from)).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// A client that is refused is fast, too.
    pub fn prints_the_token(&self) -> Result<()> {
        let output = self.command().stdout(Stdio::piped()).stderr(Stdio::piped()).output()?;
        if !String::from_utf8_lossy(&output.stdout).contains(TOKEN.trim()) {
            bail!("`{}` prints no token: {}", self.program.display(), String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(())
    }
}

/// What is posted.
pub fn fields() -> [String; 4] {
    [
        "grant_type=client_credentials".to_owned(),
        format!("client_id={CLIENT_ID}"),
        format!("client_secret={CLIENT_SECRET}"),
        "scope=organization".to_owned(),
    ]
}

/// Where `name` is, so that nothing has to be looked for while the clock runs.
pub fn find_program(name: &str) -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // An ordinary user's PATH lacks the directories where nginx is.
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/usr/local/sbin".into()])
        .map(|directory| directory.join(name))
        .find(|file| file.is_file())
        .with_context(|| format!("{name} is not installed"))
}
