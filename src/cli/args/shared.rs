//! Options before and after a subcommand's name: `--timeout 5s exec` is `exec --timeout 5s`.
//!
//! A subcommand rejects the shared options that it does not use: no option is accepted and ignored.

use clap::error::{Error, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use super::Options;

/// A subcommand's own arguments and the shared options that it takes. clap builds them only for the subcommand in use,
/// because most calls have none.
pub struct WithShared<T, const IS_OF_CONFIG: bool = false>(pub T);

impl<T: Args, const IS_OF_CONFIG: bool> Args for WithShared<T, IS_OF_CONFIG> {
    fn augment_args(command: Command) -> Command {
        command.defer(|command| add_taken(T::augment_args(command), IS_OF_CONFIG))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<T: FromArgMatches, const IS_OF_CONFIG: bool> FromArgMatches for WithShared<T, IS_OF_CONFIG> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        T::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}

/// Adds them as global options, so that clap copies their values up to the bare command. A subcommand may define an
/// option of the same name, with help of its own.
fn add_taken(subcommand: Command, is_of_config: bool) -> Command {
    let shared = Options::augment_args(Command::new("shared"));
    let is_own = |arg: &Arg| subcommand.get_arguments().any(|own| own.get_id() == arg.get_id());
    let taken = shared.get_arguments().filter(|arg| takes(subcommand.get_name(), is_of_config, arg) && !is_own(arg));
    let taken: Vec<Arg> = taken.map(|arg| arg.clone().global(true)).collect();
    let mut examples = include_str!("examples/subcommands.txt").split("\n\n");
    let name = format!("{}{}: ", if is_of_config { "config " } else { "" }, subcommand.get_name());
    let own = examples.find_map(|block| block.strip_prefix(&name));
    subcommand.args(taken).args_override_self(true).after_long_help(own.unwrap_or_default())
}

/// `is_of_config`: it is about the configuration file itself.
fn takes(subcommand: &str, is_of_config: bool, option: &Arg) -> bool {
    let id = option.get_id().as_str();
    match subcommand {
        _ if is_of_config => matches!(id, "config" | "verbose" | "quiet"),
        "show" => !matches!(id, "refresh" | "json"),
        "exec" => !matches!(id, "format" | "json"),
        "renew" => !matches!(id, "format" | "json" | "env_name"),
        "inspect" | "doctor" => !matches!(id, "format" | "env_name"),
        "revoke" => !matches!(id, "format" | "json" | "env_name" | "min_ttl" | "refresh"),
        "list" => is_of_cache(id) || is_credential(id),
        "clear" => is_of_cache(id),
        "path" => matches!(id, "profile" | "config" | "cache_dir" | "verbose" | "quiet"),
        _ => false,
    }
}

fn is_of_cache(id: &str) -> bool {
    matches!(id, "profile" | "config" | "cache_dir" | "cache" | "cache_ca_cert" | "verbose" | "quiet")
}

/// Whether it says where the credential is: `--client-assertion-type` does not.
fn is_credential(id: &str) -> bool {
    ["client_secret", "client_assertion_", "signing_key_file", "client_cert", "client_key"]
        .iter()
        .any(|start| id.starts_with(start))
        && id != "client_assertion_type"
}

/// clap does not check options before a subcommand's name against the subcommand. This rejects those that it does not
/// take, and those that conflict with options after its name.
pub fn check(command: &Command, matches: &ArgMatches) -> Result<(), Error> {
    let is_typed = |matches: &ArgMatches, id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    let (mut subcommand, mut inner) = (command, matches);
    while let Some((name, next)) = inner.subcommand() {
        let Some(named) = subcommand.find_subcommand(name) else { break };
        (subcommand, inner) = (named, next);
    }
    let refuse = |kind, why| Err(subcommand.clone().error(kind, why));
    let own: Vec<&Arg> = subcommand.get_arguments().collect();
    let is_own = |arg: &Arg| own.iter().any(|own| own.get_id() == arg.get_id());
    let mut typed = command.get_arguments().filter(|arg| is_typed(matches, arg.get_id().as_str()));
    if let Some(arg) = typed.find(|arg| !is_own(arg)) {
        return refuse(ErrorKind::UnknownArgument, format!("unexpected argument '{arg}' found"));
    }
    let checks = subcommand.get_name() == "renew" && is_typed(inner, "check");
    let is_offline = subcommand.get_name() == "inspect" && is_typed(inner, "token") && !is_typed(inner, "verify");
    for arg in own.iter().filter(|arg| is_typed(inner, arg.get_id().as_str())) {
        let others = subcommand.get_arg_conflicts_with(arg);
        if let Some(other) = others.into_iter().find(|other| is_typed(inner, other.get_id().as_str())) {
            return refuse(ErrorKind::ArgumentConflict, format!("the argument '{arg}' cannot be used with '{other}'"));
        }
        if is_offline
            && (arg.get_help_heading() == Some("Network")
                || ["profile", "config", "issuer", "token_issuer"].contains(&arg.get_id().as_str()))
        {
            let why = "has no effect without --verify: a token passed as an argument is only decoded";
            return refuse(ErrorKind::MissingRequiredArgument, format!("the argument '{arg}' {why}"));
        }
        let is_for_check =
            |id: &str| matches!(id, "check" | "token_file" | "profile" | "config" | "min_ttl" | "verbose" | "quiet");
        if checks && !is_for_check(arg.get_id().as_str()) {
            let why = "cannot be used with '--check', which only reads the token file";
            return refuse(ErrorKind::ArgumentConflict, format!("the argument '{arg}' {why}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::path::Path;

    use super::*;
    use crate::cli::args::{Cli, Command as Subcommand, read};

    fn typed(line: &str) -> Result<Cli, Error> {
        read(std::iter::once("catena-token").chain(line.split(' ')).map(OsString::from))
    }

    #[test]
    fn shared_options_count_on_both_sides_of_a_subcommand() {
        for line in ["--cache-dir man cache list", "cache list --cache-dir man"] {
            let cli = typed(line).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(cli.options.cache.cache_dir.as_deref(), Some(Path::new("man")), "{line}");
        }
        let cli = typed("--timeout 1s -q --env-name A exec --timeout 2s cache list").unwrap();
        assert_eq!(cli.options.network.timeout.map(|timeout| timeout.as_secs()), Some(2));
        assert!(cli.options.messages.quiet);
        assert_eq!(cli.options.output.env_name.map(|name| name.to_string()).as_deref(), Some("A"));
        let Some(Subcommand::Exec(exec)) = cli.command else { panic!("no exec") };
        assert_eq!(exec.0.command, ["cache", "list"]);
    }

    #[test]
    fn what_a_subcommand_does_not_take_is_refused_on_both_sides_of_it() {
        for (line, kind) in [
            ("--json completions bash", ErrorKind::UnknownArgument),
            ("man --client-id a", ErrorKind::UnknownArgument),
            ("cache path --client-id a", ErrorKind::UnknownArgument),
            ("cache --cache-dir a path", ErrorKind::UnknownArgument),
            ("--scope a cache list", ErrorKind::UnknownArgument),
            ("--format json inspect -", ErrorKind::UnknownArgument),
            ("-q exec -v true", ErrorKind::ArgumentConflict),
            ("--client-id a inspect -", ErrorKind::ArgumentConflict),
            ("inspect --client-id a -", ErrorKind::ArgumentConflict),
            ("--client-id a renew --check --token-file b", ErrorKind::ArgumentConflict),
            ("renew --check --token-file b --refresh", ErrorKind::ArgumentConflict),
            ("renew --check --token-file b --token-file-mode 0640", ErrorKind::ArgumentConflict),
            ("--client-secret a exec --client-secret-file b true", ErrorKind::ArgumentConflict),
        ] {
            assert_eq!(typed(line).err().map(|error| error.kind()), Some(kind), "{line}");
        }
    }
}
