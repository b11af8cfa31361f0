//! The pages and the help: every command in them is run, every link resolves, and what both say is compared.
//!
//! A block's info string says how: `run` is run here by its shell, `run-curl` and fish blocks by the ignored tests, and
//! `ci` must be in `.ci/run` word for word.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer, Reply, Setup};

use crate::support::pages::{self, Block, blocks, page};
use crate::support::{Tool, plain_command, shell};

/// Runs a block in a home with the files that the README creates; the API is the issuer.
fn run(block: &Block, issuer: &Issuer) {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(home.path().join(".config")).unwrap();
    fs::write(home.path().join(".config/catena-secret"), CLIENT_SECRET).unwrap();
    fs::create_dir(home.path().join("bin")).unwrap();
    for (name, line) in [
        ("pass", format!("[ \"$*\" = 'show catena' ] && echo {CLIENT_SECRET}")),
        ("sync-fleets", "[ -n \"$CATENA_TOKEN\" ] && [ -z \"$CATENA_CLIENT_SECRET\" ]".to_owned()),
    ] {
        let program = home.path().join("bin").join(name);
        fs::write(&program, format!("#!/bin/sh\n{line}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
    }
    let names_secret = block.script.contains("CATENA_CLIENT_SECRET_FILE");
    let output = plain_command::command(&block.shell)
        .args(["-c", &block.script.replace("https://api.catenatelematics.com", &issuer.origin())])
        .env("HOME", home.path())
        .env("PATH", format!("{}:{}", home.path().join("bin").display(), shell::path()))
        .env("CATENA_ISSUER", issuer.url())
        .env("CATENA_CLIENT_ID", CLIENT_ID)
        .env(if names_secret { "UNUSED" } else { "CATENA_CLIENT_SECRET" }, CLIENT_SECRET)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("error"), "{}: {said}", block.script);
}

#[test]
fn every_block_says_how_it_is_run() {
    let all = blocks();
    assert!(all.len() >= 8, "{} blocks", all.len());
    for block in &all {
        let recipes = [
            ("yaml", "github-step"),
            ("yaml", "github-action"),
            ("yaml", "gitlab-ci"),
            ("yaml", "azure-pipelines"),
            ("yaml", "azure-pipelines-steps"),
            ("groovy", "jenkins"),
            ("ini", "systemd"),
            ("toml", "config"),
            ("yaml", "kubernetes"),
            ("yaml", "kubeconfig"),
            ("yaml", "prometheus"),
            ("sh", "run-openssl"),
            ("sh", "run-key"),
            ("sh", "run-certificate"),
            ("json", "realm"),
            ("yaml", "github-action-identity"),
            ("yaml", "github-step-identity"),
            ("yaml", "gitlab-ci-identity"),
            ("yaml", "kubernetes-identity"),
            ("sh", "run-spiffe"),
            ("sh", "run-spiffe-file"),
            ("hcl", "spiffe-helper"),
        ];
        let known = [("sh", "run"), ("sh", "run-curl"), ("sh", "run-typing"), ("sh", "ci"), ("fish", "run")];
        let known = [&known[..], &recipes].concat();
        assert!(known.contains(&(block.shell.as_str(), block.how.as_str())), "{} {}", block.shell, block.how);
    }
}

#[test]
fn the_shell_blocks_run() {
    for block in blocks().iter().filter(|block| block.shell == "sh" && block.how == "run") {
        // In a new home there is nothing to revoke.
        let may_be_idle =
            ["completions", "cache path", "revoke --all"].iter().any(|command| block.script.contains(command));
        run(block, &Issuer::start(Setup { may_be_idle, ..Setup::default() }));
    }
}

/// Standard input is empty, as if only Ctrl-D was typed.
#[test]
fn the_typing_block_makes_a_private_file() {
    let block = blocks().into_iter().find(|block| block.how == "run-typing").unwrap();
    let home = tempfile::tempdir().unwrap();
    let status = Command::new("sh").args(["-c", &block.script]).env("HOME", home.path()).stdin(Stdio::null()).status();
    assert!(status.unwrap().success());
    let made = fs::metadata(home.path().join(".config/catena-secret")).unwrap();
    assert_eq!(made.permissions().mode() & 0o777, 0o600);
}

#[test]
fn the_commands_of_the_clone_are_in_ci() {
    let ci = page(".ci/run");
    for block in blocks().iter().filter(|block| block.how == "ci") {
        assert!(ci.lines().any(|line| line.ends_with(block.script.trim_end())), "{}", block.script);
    }
}

#[test]
#[ignore = "needs curl"]
fn the_curl_blocks_run() {
    shell::assert_installed("curl");
    for block in blocks().iter().filter(|block| block.how == "run-curl") {
        let api = Reply::http(200, "application/json", "{}");
        // The first call of the tool requests a token, the others find it cached.
        let issuer = Issuer::start(Setup { replies: vec![Reply::Keycloak, api], ..Setup::default() });
        run(block, &issuer);
        assert!(issuer.requests().len() > 1);
        for request in issuer.requests().iter().skip(1) {
            assert!(request.header("authorization").unwrap().starts_with("Bearer eyJ"), "{}", block.script);
        }
    }
}

#[test]
#[ignore = "needs fish"]
fn the_fish_blocks_run() {
    shell::assert_installed("fish");
    blocks().iter().filter(|block| block.shell == "fish").for_each(|block| run(block, &Issuer::http()));
}

/// The quotes of the tables, without what the program inserts (`…`).
#[test]
fn the_messages_of_troubleshooting_are_the_programs() {
    let directory = fs::read_dir(pages::root().join("src/cli/message")).unwrap();
    let source: String = directory.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    // A long text goes on after a backslash.
    let lines = source.split("\\\n").map(str::trim_start);
    let source = lines.collect::<String>().replace("{of}", "client secret");
    let page = page("docs/troubleshooting.md");
    let quotes: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert!(quotes.len() > 30, "{quotes:?}");
    for piece in quotes.iter().flat_map(|quote| quote.split('…')).map(str::trim) {
        assert!(source.contains(piece), "no message has '{piece}'");
    }
}

/// A heading's anchor, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || " -_".contains(*c);
    heading.trim_start_matches('#').trim().to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
}

#[test]
fn every_link_resolves() {
    let mut count = 0;
    for path in pages::all() {
        let text = fs::read_to_string(&path).unwrap();
        let prose: String = text.split("```").step_by(2).collect();
        for link in prose.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            if link.starts_with("https://") {
                continue;
            }
            let target = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            assert!(target.exists(), "{}: {link}", path.display());
            let is_there = |page: String| page.lines().any(|line| line.starts_with('#') && anchor(line) == heading);
            assert!(heading.is_empty() || is_there(fs::read_to_string(&target).unwrap()), "{}: {link}", path.display());
            count += 1;
        }
    }
    assert!(count > 20, "{count} links");
}

/// The examples of each command's `--help`, one per line; the first of the bare command exports what the others use.
fn examples() -> Vec<Block> {
    let commands = ["", "exec", "renew", "inspect", "revoke", "doctor", "cache", "cache path", "cache list"];
    let mut blocks = Vec::new();
    for command in commands.into_iter().chain(["cache clear", "completions", "man"]) {
        let help = Tool::bare().args(command.split_whitespace()).arg("--help").succeeds();
        let (_, examples) = help.split_once("Examples:\n").unwrap_or_else(|| panic!("{command}: no example"));
        let lines: Vec<&str> = examples.lines().map_while(|line| line.strip_prefix("  ")).collect();
        let named = format!("catena-token {command}");
        assert!(lines.iter().filter(|line| line.contains(named.trim_end())).count() >= 2, "{command}: {examples}");
        let block = |line: &str| Block { shell: "sh".into(), how: command.into(), script: line.into() };
        blocks.extend(lines.into_iter().map(block));
    }
    blocks
}

fn needs_more(block: &Block) -> bool {
    ["curl ", "jq ", "man -l"].iter().any(|program| block.script.contains(program))
}

#[test]
fn the_examples_of_the_help_run() {
    for mut example in examples().into_iter().filter(|example| !needs_more(example)) {
        if example.script.contains("--check") {
            example.script = format!("mkdir -p ~/token; printf a-token >~/token/catena; {}", example.script);
        } else if example.how == "renew" {
            let ended = "until [ -s ~/token/catena ]; do :; done; kill $! && wait $!";
            example.script = format!("{} & {ended}", example.script);
        }
        // In a new home there is nothing to revoke.
        let idle =
            ["export", "-token revoke", "-token cache", "-token completions", "-token man", "--offline", "--check"];
        let may_be_idle = idle.iter().any(|word| example.script.contains(word));
        run(&example, &Issuer::start(Setup { may_be_idle, ..Setup::default() }));
    }
}

#[test]
#[ignore = "needs curl, jq and man"]
fn the_other_examples_of_the_help_run() {
    ["curl", "jq", "man"].into_iter().for_each(shell::assert_installed);
    for example in examples().iter().filter(|example| needs_more(example)) {
        let replies = vec![Reply::Keycloak, Reply::http(200, "application/json", "{}")];
        run(example, &Issuer::start(Setup { replies, may_be_idle: example.how == "man", ..Setup::default() }));
    }
}

#[test]
fn pages_and_help_have_the_same_exit_codes() {
    let help = Tool::bare().arg("--help").succeeds();
    let codes = help.lines().skip_while(|line| *line != "Exit codes:").skip(1).take_while(|line| !line.is_empty());
    let pages = ["README.md", "docs/reference.md"].map(page);
    let mut count = 0;
    for (code, meaning) in codes.filter_map(|line| line.trim_start().split_once("  ")) {
        assert!(pages.iter().all(|page| page.contains(&format!("| {code} | {meaning} |"))), "{code} {meaning}");
        count += 1;
    }
    assert_eq!(count, 8);
}

/// The options of a command's help, each with its lines.
fn options_of(command: &[&str]) -> Vec<(String, String)> {
    let help = Tool::bare().args(command).arg("--help").succeeds();
    let help = help.split("\nExamples:").next().unwrap();
    // An option's text ends before the next line that begins with an option.
    let starts = |line: &str| line.starts_with("  -") || line.starts_with("      --");
    let lines: Vec<&str> = help.lines().collect();
    let pieces = lines.split_inclusive(|line| starts(line)).collect::<Vec<_>>();
    let options = pieces.windows(2).map(|text| {
        let line = text[0].last().unwrap();
        let option = line.split_whitespace().find(|word| word.starts_with("--")).unwrap().trim_end_matches('.');
        let text: Vec<&str> = text[1].iter().copied().filter(|line| !starts(line)).collect();
        (option.to_owned(), text.join("\n"))
    });
    options.filter(|(option, _)| !["--help", "--version"].contains(&option.as_str())).collect()
}

#[test]
fn every_option_has_its_row_with_its_variable() {
    let reference = page("docs/reference.md");
    let rows: Vec<&str> = reference.lines().filter(|line| line.starts_with("| `-")).collect();
    let mut seen = Vec::new();
    for (option, text) in
        [&[][..], &["exec"], &["renew"], &["inspect"], &["revoke"], &["doctor"]].into_iter().flat_map(options_of)
    {
        let row = rows.iter().find(|row| row.contains(&format!("`{option}"))).unwrap_or_else(|| panic!("{option}"));
        for variables in text.split('[').skip(1).filter_map(|rest| rest.split(']').next()) {
            let is_variable = |word: &&str| word.len() > 7 && word.chars().all(|c| c.is_ascii_uppercase() || c == '_');
            for variable in variables.split([',', ' ']).filter(is_variable).filter(|name| *name != "CATENA_TOKEN") {
                assert!(row.contains(&format!("`{variable}`")), "{option}: {variable}");
            }
        }
        seen.push(*row);
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(rows.len(), seen.len(), "an option of the reference is in no help");
}
