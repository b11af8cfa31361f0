//! What may be typed. Parsing returns values; it opens nothing, asks nothing and reads no variable.
//!
//! The first line of a doc comment is `-h`, all of it is `--help`. Values that may hold a secret or a password stay
//! text here and are checked in `settings`, because clap repeats what it refuses.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgAction, Args, Parser, Subcommand, ValueHint};

use crate::duration;
use crate::event::Level;
use crate::oauth::client_auth::ClientAuth;
use crate::output::{EnvName, Format};

/// Prints an access token for the Catena Telematics API
///
/// Exchanges a client id and secret for an OAuth 2.0 access token at Catena's Keycloak, or at any other realm, and
/// prints it for a pipe. stdout holds the token or nothing; everything for a person goes to stderr.
#[derive(Parser)]
#[command(
    name = "catena-token",
    version,
    max_term_width = 100,
    args_override_self = true,
    args_conflicts_with_subcommands = true,
    after_help = "--help says more: variables, examples, exit codes.",
    after_long_help = include_str!("after_help.txt"),
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub token: TokenArgs,
}

#[derive(Subcommand)]
pub enum Command {
    /// Prints the completion script of a shell
    Completions {
        /// The shell
        #[arg(value_parser = PossibleValuesParser::new(SHELLS))]
        shell: String,
    },
    /// Prints the man page (roff)
    Man,
}

/// The shells that a completion script is there for.
pub const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "elvish", "powershell"];

/// The options of the bare command.
#[derive(Args)]
pub struct TokenArgs {
    #[command(flatten)]
    pub identity: IdentityArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub network: NetworkArgs,
    #[command(flatten)]
    pub messages: MessageArgs,
}

#[derive(Args)]
#[command(next_help_heading = "Credentials")]
pub struct IdentityArgs {
    /// Client identifier
    ///
    /// [CATENA_CLIENT_ID]
    #[arg(long, value_name = "ID", value_hint = ValueHint::Other)]
    pub client_id: Option<String>,
    #[command(flatten)]
    pub secret: SecretArgs,
    /// URL of the realm, Catena's by default
    ///
    /// The token endpoint is ISSUER/protocol/openid-connect/token. Plain http is for loopback hosts alone.
    /// [CATENA_ISSUER] [default: https://auth.catenatelematics.com/realms/catena]
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub issuer: Option<String>,
    /// Scope to ask for, '' for none
    ///
    /// [CATENA_SCOPE] [default: organization]
    #[arg(long, value_name = "SCOPE", value_hint = ValueHint::Other)]
    pub scope: Option<String>,
    /// post (the default) or basic
    ///
    /// Where the credentials travel: `post` puts them into the form body, `basic` into an Authorization header (RFC
    /// 6749 section 2.3.1). [CATENA_CLIENT_AUTH] [default: post]
    #[arg(long, value_name = "METHOD", hide_possible_values = true,
        value_parser = PossibleValuesParser::new(ClientAuth::NAMES).try_map(|name| ClientAuth::parse(&name)))]
    pub client_auth: Option<ClientAuth>,
}

/// Without any of these, the systemd credential `catena-client-secret` is read, else the terminal asked.
#[derive(Args)]
#[group(multiple = false)]
pub struct SecretArgs {
    /// The secret; others can read it in `ps`
    ///
    /// The variable is the better way: a command line can be read by every user of the machine. Without any source the
    /// systemd credential `catena-client-secret` is read, else the terminal asked. [CATENA_CLIENT_SECRET]
    #[arg(long, value_name = "SECRET", value_hint = ValueHint::Other, allow_hyphen_values = true)]
    pub client_secret: Option<OsString>,
    /// File with the secret, - is stdin
    ///
    /// Pipes and <(...) work. One final line break is not part of the secret. [CATENA_CLIENT_SECRET_FILE]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub client_secret_file: Option<PathBuf>,
    /// Shell command that prints the secret
    ///
    /// Run by `sh -c`, with the terminal and without stdin: 'op read op://vault/catena/secret', 'pass show catena'.
    /// [CATENA_CLIENT_SECRET_COMMAND]
    #[arg(long, value_name = "CMD", value_hint = ValueHint::CommandString)]
    pub client_secret_command: Option<OsString>,
}

#[derive(Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// token, json, header, curl, env, sh, fish, powershell
    ///
    /// token: the token alone.  json: the server's answer on one line.
    /// header: `Authorization: Bearer ...` for `curl -H @-`.  curl: a configuration for `curl -K -`.
    /// env: `CATENA_TOKEN=...` for dotenv and systemd.  sh, fish, powershell: the line to eval that exports it.
    /// [CATENA_FORMAT] [default: token]
    #[arg(long, value_name = "FORMAT", hide_possible_values = true,
        value_parser = PossibleValuesParser::new(Format::NAMES).try_map(|name| Format::parse(&name)))]
    pub format: Option<Format>,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Variable's name in env, sh, fish and powershell
    ///
    /// [default: CATENA_TOKEN]
    #[arg(long, value_name = "NAME", value_parser = EnvName::parse, value_hint = ValueHint::Other)]
    pub env_name: Option<EnvName>,
}

#[derive(Args)]
#[command(next_help_heading = "Network")]
pub struct NetworkArgs {
    /// For the whole call; 30s
    ///
    /// Retries included. Written as 90s, 5m, 1h30m, 1500ms or plain seconds. The time that a person takes at the prompt
    /// does not count. [CATENA_TIMEOUT] [default: 30s]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse_positive, value_hint = ValueHint::Other)]
    pub timeout: Option<Duration>,
    /// For name, socket, proxy and TLS; 10s
    ///
    /// [default: 10s]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse_positive, value_hint = ValueHint::Other)]
    pub connect_timeout: Option<Duration>,
    /// Further tries after a temporary failure; 2
    ///
    /// [CATENA_RETRIES] [default: 2]
    #[arg(long, value_name = "N", value_hint = ValueHint::Other)]
    pub retries: Option<u32>,
    /// PEM bundle to trust, not the system's
    ///
    /// [CATENA_CA_CERT, SSL_CERT_FILE] [default: the system's]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub ca_cert: Option<PathBuf>,
    /// Proxy, '' for none
    ///
    /// http://[USER:PASSWORD@]HOST:PORT or https://... A proxy that cannot be used is an error, never bypassed. The
    /// variables are read as curl reads them. [HTTPS_PROXY, ALL_PROXY, NO_PROXY]
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub proxy: Option<String>,
}

#[derive(Args)]
#[command(next_help_heading = "Messages")]
pub struct MessageArgs {
    /// Tell on stderr what happens; -vv tells more
    ///
    /// Never a secret or a token.
    #[arg(short, long, action = ArgAction::Count)]
    pub verbose: u8,
    /// Errors only, no warnings
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
}

impl MessageArgs {
    pub fn level(&self) -> Level {
        match (self.quiet, self.verbose) {
            (true, _) => Level::Quiet,
            (false, 0) => Level::Warnings,
            (false, 1) => Level::Steps,
            (false, _) => Level::Details,
        }
    }
}

/// What ends the call before it begins.
pub enum NotRun {
    /// `--help` or `--version`: the text is the result.
    Text(String),
    /// The command line is wrong: the text is clap's.
    Usage(String),
}

/// What was typed.
pub fn parse() -> Result<Cli, NotRun> {
    Cli::try_parse().map_err(|mut error| {
        hide_words(&mut error);
        let text = error.render().to_string();
        if error.use_stderr() { NotRun::Usage(text) } else { NotRun::Text(text) }
    })
}

const NOT_REPEATED: &str = "(a word that is not repeated here)";

/// A word that stands where none belongs may be a secret with a blank in it, or one without its flag: clap must not
/// repeat it. The names of options are no secret.
fn hide_words(error: &mut clap::Error) {
    for kind in
        [ContextKind::InvalidArg, ContextKind::InvalidSubcommand, ContextKind::PriorArg, ContextKind::InvalidValue]
    {
        let shown = match (kind, error.get(kind)) {
            (ContextKind::InvalidValue, Some(_)) if error.kind() == ErrorKind::TooManyValues => NOT_REPEATED.to_owned(),
            (ContextKind::InvalidValue, _) => continue,
            (_, Some(ContextValue::String(word))) => match word.split_once('=') {
                Some((name, _)) if name.starts_with('-') => name.to_owned(),
                _ if word.starts_with('-') || is_placeholder(word) => continue,
                _ => NOT_REPEATED.to_owned(),
            },
            _ => continue,
        };
        error.insert(kind, ContextValue::String(shown));
    }
}

/// `<SHELL>`, as clap names a missing or wrong argument.
fn is_placeholder(word: &str) -> bool {
    let name = word.strip_prefix('<').and_then(|word| word.strip_suffix('>'));
    name.is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::CommandFactory as _;
    use clap_complete::Shell;

    use super::*;

    /// The committed file is what the arguments generate; `UPDATE=1 cargo test` writes it anew.
    #[allow(clippy::disallowed_methods, reason = "a test may read a switch and write a source file")]
    fn assert_committed(name: &str, generated: &[u8]) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions").join(name);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, generated).unwrap();
        }
        let committed = std::fs::read(&path).unwrap();
        assert!(committed == generated, "{name} is out of date: run `UPDATE=1 cargo test`");
    }

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn completions_are_what_the_arguments_generate() {
        for (shell, name) in [
            (Shell::Bash, "catena-token.bash"),
            (Shell::Zsh, "_catena-token"),
            (Shell::Fish, "catena-token.fish"),
            (Shell::Elvish, "catena-token.elv"),
            (Shell::PowerShell, "_catena-token.ps1"),
        ] {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "catena-token", &mut script);
            assert_committed(name, &script);
        }
    }

    #[test]
    fn the_man_page_is_what_the_arguments_generate() {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut page).unwrap();
        assert_committed("catena-token.1", &page);
    }
}
