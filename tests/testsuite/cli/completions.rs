//! The completion scripts in their shells: what is offered at the end of a line.

use std::process::Command;

use crate::support::shell;

/// A line, some of what must be offered at its end, and what must not.
const OFFERED: [(&str, &[&str], &[&str]); 15] = [
    ("--client-secret-f", &["--client-secret-file"], &["--client-id"]),
    ("cache ", &["path", "list", "clear"], &["Cargo.toml", "exec"]),
    ("cache cl", &["clear"], &["path"]),
    ("cache list --cache", &["--cache-dir"], &["--client-id"]),
    ("--format ", &["json", "header"], &["Cargo.toml"]),
    ("--format=j", &["json"], &["jq"]),
    ("-q exec --client-auth ", &["post", "basic"], &["Cargo.toml"]),
    ("completions ", &["bash", "zsh"], &["Cargo.toml"]),
    ("exec mkfi", &["mkfifo"], &[]),
    ("exec --timeout 5s -q -- mkfi", &["mkfifo"], &[]),
    ("doctor ", &[], &["Cargo.toml"]),
    ("--profile st", &["staging"], &["prod", "Cargo.toml"]),
    ("doctor --profile ", &["staging", "prod"], &["Cargo.toml"]),
    ("config show --prof", &["--profile"], &["profiles"]),
    ("exec --re", &["--renew", "--refresh"], &["--revoke"]),
];

fn run(program: &str, script: &str, line: &str) -> String {
    // Names of profiles are offered, too.
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config.toml");
    std::fs::write(&config, "[profile.staging]\n[profile.prod]\n").unwrap();
    shell::assert_installed(program);
    let options: &[&str] = if program == "zsh" { &["-f", "-c"] } else { &["-c"] };
    let output = Command::new("timeout")
        .args(["60", program])
        .args(options)
        .args([script, program, line])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("PATH", shell::path())
        .env("CATENA_CONFIG", &config)
        .output()
        .unwrap();
    assert!(output.status.success(), "{program} {line}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn assert_offered(program: &str, offered: impl Fn(&str) -> Vec<String>) {
    for (line, wanted, unwanted) in OFFERED {
        let offered = offered(&format!("catena-token {line}"));
        let is_offered = |word: &&str| offered.iter().any(|offer| offer.trim_start_matches("--format=") == *word);
        assert!(wanted.iter().all(is_offered), "{program}: {line}: {offered:?}");
        assert!(!unwanted.iter().any(is_offered), "{program}: {line}: {offered:?}");
    }
}

/// Calls the function as bash does, with the line's words as it splits them; no offer falls back to files.
#[test]
#[ignore = "needs bash"]
fn bash_completes() {
    let script = r#"
        source completions/catena-token.bash
        spaced=${1//=/ = }
        read -ra COMP_WORDS <<<"$spaced"
        [[ $1 == *' ' ]] && COMP_WORDS+=('')
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        cur=${COMP_WORDS[COMP_CWORD]}
        _catena__token catena-token "$cur" "${COMP_WORDS[COMP_CWORD - 1]}"
        [[ ${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- "$cur"))
        printf '%s\n' "${COMPREPLY[@]}""#;
    let offered = |line: &str| run("bash", script, line).lines().map(str::to_owned).collect::<Vec<_>>();
    assert_offered("bash", offered);
    let files = offered("catena-token exec --renew cat Cargo.t");
    assert_eq!(files, ["Cargo.toml"], "the arguments of CMD are files");
}

#[test]
#[ignore = "needs fish"]
fn fish_completes() {
    let script = "source completions/catena-token.fish; complete -C $argv[2]";
    assert_offered("fish", |line| {
        run("fish", script, line).lines().filter_map(|line| line.split('\t').next()).map(str::to_owned).collect()
    });
    let script = script.replace("$argv[2]", "'catena-token exec cat Cargo.t'");
    assert!(run("fish", &script, "").contains("Cargo.toml"), "the arguments of CMD are files");
}

/// Types the line and a tab in a terminal; the widget prints what was added instead of the list.
#[test]
#[ignore = "needs zsh"]
fn zsh_completes() {
    // `""` tells what is printed from the echo of what is typed.
    let script = r#"
        zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell 'PS1= PS2=; unsetopt zle_bracketed_paste; fpath=($PWD/completions $fpath)'
        zpty -w shell 'autoload -U compinit && compinit -u -D; bindkey "^I" offered'
        zpty -w shell 'compadd() {
            [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]] && { builtin compadd "$@"; return }
            local -a found; builtin compadd -O found "$@"; print -rl -- OFFER:${^found}; builtin compadd "$@" }'
        zpty -w shell 'offer() { _main_complete; print END-OF-""OFFERS; compstate[insert]= compstate[list]= }'
        zpty -w shell 'zle -C offered complete-word offer; print RE""ADY'
        zpty -r -m shell seen '*READY*' || exit 1
        zpty -w -n shell "$1"$'\t'
        zpty -r -m shell seen '*END-OF-OFFERS*' || exit 1
        print -r -- "$seen""#;
    assert_offered("zsh", |line| {
        let printed = run("zsh", script, line);
        printed.lines().filter_map(|line| Some(line.trim().split_once("OFFER:")?.1.trim().to_owned())).collect()
    });
}
