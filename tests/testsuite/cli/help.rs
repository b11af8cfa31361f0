//! Help: the short and the long one, completions and the man page.

use std::path::Path;
use std::process::Command;

use crate::support::{Tool, shell};

fn completions() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("completions")
}

#[test]
fn the_short_help_fits_one_screen() {
    for (columns, width) in [(None, 100), (Some("80"), 80), (Some("200"), 100)] {
        let tool = Tool::bare().arg("-h");
        let help = columns.into_iter().fold(tool, |tool, columns| tool.env("COLUMNS", columns)).succeeds();
        assert!(help.lines().count() <= 60, "{} lines", help.lines().count());
        assert!(help.lines().all(|line| line.chars().count() <= width), "{help}");
        assert!(!help.contains('\u{1b}'));
    }
}

#[test]
fn the_long_help_has_headings_examples_and_the_exit_codes() {
    let help = Tool::bare().arg("--help").succeeds();
    for text in ["Credentials:", "Output:", "Network:", "Messages:", "Examples:", "Exit codes:", "  7  unusable"] {
        assert!(help.contains(text), "{text}\n{help}");
    }
}

/// Nothing is printed by these, and only `exec` has exit codes of its own.
#[test]
fn an_options_words_fit_its_command() {
    for command in ["exec", "renew"] {
        let help = Tool::bare().args([command, "--help"]).succeeds();
        let (_, cache) = help.split_once("\nCache:\n").unwrap();
        let (cache, _) = cache.split_once("\nMessages:\n").unwrap();
        assert!(!cache.contains("print") && cache.contains("(`exec`: 125)"), "{cache}");
        assert!(cache.contains("[default: 30s]") && !cache.contains("whole call"), "{cache}");
    }
}

#[test]
fn help_does_not_depend_on_the_environment() {
    let secret = "the-secret-of-the-environment";
    let plain = Tool::bare().arg("--help").succeeds();
    let set = Tool::bare().env("CATENA_CLIENT_SECRET", secret).env("CATENA_ISSUER", "x").arg("--help").succeeds();
    assert_eq!(plain, set);
}

#[test]
fn the_version_is_the_packages() {
    assert_eq!(Tool::bare().arg("--version").succeeds(), concat!("catena-token ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn completions_and_man_page_are_the_committed_files() {
    for (arguments, file) in [
        (&["completions", "bash"][..], "catena-token.bash"),
        (&["completions", "zsh"], "_catena-token"),
        (&["completions", "fish"], "catena-token.fish"),
        (&["completions", "elvish"], "catena-token.elv"),
        (&["completions", "powershell"], "_catena-token.ps1"),
        (&["man"], "catena-token.1"),
    ] {
        let committed = std::fs::read_to_string(completions().join(file)).unwrap();
        assert!(committed.len() > 1000, "{file}");
        assert_eq!(Tool::bare().args(arguments).succeeds(), committed);
    }
    Tool::bare().args(["completions", "tcsh"]).refused_by_clap();
}

#[test]
fn the_man_page_has_the_usual_sections_and_each_option_once() {
    let page = Tool::bare().arg("man").succeeds().replace("\\-", "-");
    for section in ["SYNOPSIS", "OPTIONS", "SUBCOMMANDS", "EXAMPLES", "\"EXIT STATUS\"", "ENVIRONMENT", "FILES"] {
        assert_eq!(page.matches(&format!("\n.SH {section}\n")).count(), 1, "{section}");
    }
    assert!(!page.contains("EXTRA") && page.contains(" renew [OPTIONS] --token-file <PATH>"), "{page}");
    let help = Tool::bare().arg("--help").succeeds();
    let options = help.lines().filter_map(|line| line.strip_prefix("      --")?.split(' ').next());
    let mut count = 0;
    for option in options.filter(|option| !["json", "env-name"].contains(option)) {
        let entry = format!("\n.TP\n\\fB--{option}\\fR");
        assert_eq!(page.matches(&entry).count(), 1, "{option}");
        count += 1;
    }
    assert!(count > 15, "{count} options");
    let is_variable = |word: &&str| word.contains('_') && word.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    for variable in help.split(['[', ']', ',', ' ', '\n', '`', '=']).filter(is_variable) {
        assert!(page.contains(&format!("\\fB{variable}\\fR")), "{variable}");
    }
}

#[test]
#[ignore = "needs man"]
fn the_man_page_is_set_without_a_complaint() {
    shell::assert_installed("man");
    let page = completions().join("catena-token.1");
    let output = Command::new("man").arg("--warnings").arg("-l").arg(page).env("MANWIDTH", "80").output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("client-secret-file"));
}
