//! What is generated from the arguments, completions and the man page, and what must agree with them.
#![cfg(test)]

use std::path::Path;

use clap::{Arg, ValueHint};
use clap_complete::Shell;

use super::*;
use crate::base::duration;
use crate::cli::format::EnvName;
use crate::cli::settings::Settings;
use crate::oauth::issuer::Issuer;
use crate::oauth::scope::Scope;

/// Compares the committed file with the generated text; `UPDATE=1 cargo test` rewrites it.
#[allow(clippy::disallowed_methods, reason = "a test may read a switch and write a source file")]
pub fn assert_committed(name: &str, generated: &[u8]) {
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

/// `-h`, `--help` and the reference show the defaults of the code.
#[test]
fn help_and_reference_show_the_defaults() {
    let command = Cli::command();
    let reference = include_str!("../../../docs/reference.md");
    for (id, default) in [
        ("timeout", duration::display(Settings::TIMEOUT)),
        ("connect_timeout", duration::display(Settings::CONNECT_TIMEOUT)),
        ("retries", Settings::RETRIES.to_string()),
        ("client_auth", Settings::CLIENT_AUTH.name().to_owned()),
        ("format", Settings::FORMAT.name().to_owned()),
        ("env_name", EnvName::default().to_string()),
        ("issuer", Issuer::default().as_str().to_owned()),
        ("scope", Scope::default().as_str().to_owned()),
    ] {
        let option = command.get_arguments().find(|option| option.get_id() == id).unwrap();
        let long = option.get_long_help().unwrap().to_string();
        assert!(long.contains(&format!("[default: {default}]")), "{id}: {long}");
        let short = option.get_help().unwrap().to_string();
        let shown = if id == "issuer" { "Catena's realm" } else { &default };
        assert!(short.ends_with(&format!("[default: {shown}]")), "{id}: {short}");
        let row = format!("| `--{} ", option.get_long().unwrap());
        let row = reference.lines().find(|line| line.starts_with(&row)).unwrap();
        assert_eq!(row.split('|').nth(3).unwrap().trim(), format!("`{default}`"), "{id}: {row}");
    }
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
        let mut command = Cli::command();
        // The subcommands' own arguments are not there before.
        command.build();
        clap_complete::generate(shell, &mut hinted(command), "catena-token", &mut script);
        assert_committed(name, mended(shell, String::from_utf8(script).unwrap()).as_bytes());
    }
}

/// What a value is, by its name. Only completions need that, so that no call pays for it.
fn hinted(command: clap::Command) -> clap::Command {
    let hint = |arg: &Arg| match arg.get_value_names().and_then(|names| names.first()).map(|name| name.as_str())? {
        "PATH" | "FILE" => Some(ValueHint::FilePath),
        "DIR" => Some(ValueHint::DirPath),
        "URL" => Some(ValueHint::Url),
        "CMD" if arg.is_positional() => Some(ValueHint::CommandWithArguments),
        "CMD" => Some(ValueHint::CommandString),
        _ => Some(ValueHint::Other),
    };
    let with_hint = |arg: Arg| match hint(&arg) {
        Some(hint) if arg.get_possible_values().is_empty() => arg.value_hint(hint),
        _ => arg,
    };
    command.mut_args(with_hint).mut_subcommands(hinted)
}

/// Corrects what clap_complete 4.6.11 generates wrong; tests drive the scripts in their shells.
fn mended(shell: Shell, script: String) -> String {
    let mut command = Cli::command();
    command.build();
    let exec = command.find_subcommand("exec").unwrap();
    let with_value = exec.get_opts().map(|option| format!("--{}", option.get_long().unwrap())).collect::<Vec<_>>();
    let replaced = |script: &str, old: &str, new: &str| {
        assert!(script.contains(old), "clap_complete does not generate this any more: {old}");
        script.replace(old, new)
    };
    match shell {
        // The labels of the subcommands replace a dash in the program's name by the separator of subcommands, but what
        // is compared with them replaces it by `__`. And a positional argument is never completed as a command.
        Shell::Bash => {
            let script = replaced(&script, "catena__subcmd__token", "catena__token");
            let command = BASH_COMMAND.replace("VALUE", &with_value.join(",*|"));
            let script = replaced(&script, "prev=\"$3\"\n", &format!("prev=\"$3\"\n{BASH_EQUALS}"));
            let script = replaced(
                &script,
                "catena__token__subcmd__exec)\n",
                &format!("catena__token__subcmd__exec)\n{command}"),
            );
            let script = replaced(&script, BASH_PROFILE, BASH_PROFILES);
            bash_in_groups(&bash_without_help(&script))
        }
        // An option without its value does not parse: the words before it say which command this is. Positional
        // arguments are not generated; none is a file, and files for an option have a `-F` of their own. The
        // lone dash ends the helper's own options.
        Shell::Fish => {
            let parse = "argparse -s (__fish_catena_token_global_optspecs) -- $cmd 2>/dev/null\n    or ";
            let without_last = parse.replace("$cmd", "$cmd[1..-2]");
            let script = replaced(&script, parse, &format!("{parse}{without_last}"));
            let words = with_value.join(" ");
            let shells = SHELLS.map(|(name, _)| name).join(" ");
            let using = "complete -c catena-token -n \"__fish_catena_token_using_subcommand";
            let script = fish_in_groups(&script, using);
            let profile = "-l profile -d 'Use this profile of the configuration file' -r -f";
            let names = format!("{profile} -a \"(catena-token config profiles 2>/dev/null)\"");
            let script = replaced(&script, profile, &names);
            format!(
                "{script}complete -c catena-token -f\n{using} completions\" -a \"{shells}\"\n\
                 {using} exec\" -a \"(__fish_complete_subcommand --fcs-skip=2 - {words})\"\n"
            )
        }
        Shell::Zsh => {
            let names = r#":PROFILE:{compadd -- ${(f)"$(catena-token config profiles 2>/dev/null)"}}'"#;
            zsh_in_groups(&replaced(&script, ":PROFILE:'", names))
        }
        _ => script,
    }
}

/// Without the words after `help exec` and the like, which are those after `exec`.
fn bash_without_help(script: &str) -> String {
    let is_of_help = |label: &str| label.contains("__help__subcmd__") || label.contains("__help,");
    let mut is_left_out = false;
    let mut is_kept = |line: &&str| {
        if let Some(label) = line.trim_start().strip_suffix(')').filter(|label| label.starts_with("catena__token")) {
            is_left_out = is_of_help(label);
        }
        // The end of a case, of either level.
        let is_end = is_left_out && (*line == "            ;;" || *line == "                ;;");
        let is_kept = !is_left_out;
        is_left_out &= !is_end;
        is_kept
    };
    script.lines().filter(|line| is_kept(line)).map(|line| format!("{line}\n")).collect()
}

/// The options that every command with many options has, once.
fn zsh_in_groups(script: &str) -> String {
    const START: &str = "_arguments \"${_arguments_options[@]}\" : \\\n";
    const MANY: usize = 20;
    let options = |block: &str| -> Vec<String> {
        let lines = block.split("&& ret=0").next().unwrap().lines();
        lines.filter(|line| line.starts_with('\'')).map(str::to_owned).collect()
    };
    let blocks: Vec<Vec<String>> = script.split(START).skip(1).map(options).filter(|all| all.len() > MANY).collect();
    let mut shared = blocks[0].clone();
    shared.retain(|line| blocks.iter().all(|block| block.contains(line)));
    let mut pieces = script.split(START);
    let mut grouped = pieces.next().unwrap().to_owned();
    let array: String = shared.iter().map(|line| format!("        {}\n", line.trim_end_matches(" \\"))).collect();
    grouped
        .insert_str(grouped.rfind("    local context").unwrap(), &format!("    local -a shared=(\n{array}    )\n\n"));
    for piece in pieces {
        grouped.push_str(START);
        if options(piece).len() <= MANY {
            grouped.push_str(piece);
            continue;
        }
        grouped.push_str("\"${shared[@]}\" \\\n");
        let is_shared = |line: &&str| shared.iter().any(|own| *own == line.trim_end());
        grouped.extend(piece.split_inclusive('\n').filter(|line| !is_shared(line)));
    }
    grouped
}

/// One case for options that are completed alike: a third of the text.
fn bash_in_groups(script: &str) -> String {
    const START: &str = "            case \"${prev}\" in\n";
    const END: &str = "                    ;;\n";
    let mut pieces = script.split(START);
    let mut grouped = pieces.next().unwrap().to_owned();
    for piece in pieces {
        let (cases, rest) = piece.split_once("                *)\n").unwrap();
        let mut groups: Vec<(String, &str)> = Vec::new();
        for (option, body) in cases.split(END).filter_map(|case| case.split_once(")\n")) {
            match groups.iter_mut().find(|(_, own)| *own == body) {
                Some((options, _)) => options.push_str(&format!("|{}", option.trim())),
                None => groups.push((option.to_owned(), body)),
            }
        }
        let groups = groups.iter().map(|(options, body)| format!("{options})\n{body}{END}")).collect::<String>();
        grouped.push_str(&format!("{START}{groups}                *)\n{rest}"));
    }
    grouped
}

/// One line for an option of several subcommands: `using` begins the lines of each.
fn fish_in_groups(script: &str, using: &str) -> String {
    let (head, lines) = script.split_once("complete -c").unwrap();
    let mut groups: Vec<(String, String)> = Vec::new();
    for line in lines.split("\ncomplete -c").map(|line| format!("complete -c{}", line.trim_end())) {
        let own = line.strip_prefix(using).and_then(|rest| rest.split_once('"')).filter(|own| !own.0.contains(';'));
        match own {
            Some((subcommand, rest)) => match groups.iter_mut().find(|(_, known)| known == rest) {
                Some((subcommands, _)) => subcommands.push_str(subcommand),
                None => groups.push((format!("{using}{subcommand}"), rest.to_owned())),
            },
            None => groups.push((line, String::new())),
        }
    }
    let line = |(start, rest): &(String, String)| match &rest[..] {
        "" => format!("{start}\n"),
        rest => format!("{start}\"{rest}\n"),
    };
    format!("{head}{}", groups.iter().map(line).collect::<String>())
}

/// The names of profiles are in the configuration file.
const BASH_PROFILE: &str = r#"                --profile)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
"#;
const BASH_PROFILES: &str = r#"                --profile)
                    COMPREPLY=( $(compgen -W "$(catena-token config profiles 2>/dev/null)" -- "${cur}") )
"#;

/// `--format=j` is three words for bash.
const BASH_EQUALS: &str = r#"    if [[ "${prev}" == "=" ]]; then
        prev="${COMP_WORDS[COMP_CWORD-2]}"
    fi
"#;

/// CMD is the first word that is neither an option nor an option's value; after it, files are completed.
const BASH_COMMAND: &str = r#"            local word last=""
            for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                case "${last},${word}" in
                    *,=) continue ;;
                    *,-*|VALUE,*|*,exec) ;;
                    *) return 0 ;;
                esac
                last="${word}"
            done
            case "${last},${cur}" in
                *,-*|VALUE,*) ;;
                *)
                    COMPREPLY=( $(compgen -c -- "${cur}") )
                    return 0
                    ;;
            esac
"#;
