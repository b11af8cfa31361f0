//! Invalid command lines: the tip, the word that is shown or not, and the usage of the right command.

use catena_token_issuer::Issuer;

use crate::support::Tool;

fn said(line: &str) -> String {
    Tool::bare().args(line.split(' ')).refused_by_clap()
}

/// The text after `tip: `, if there is one.
fn tip(line: &str) -> String {
    let said = said(line);
    said.lines().filter_map(|line| line.strip_prefix("  tip: ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_other_tools_have_gets_its_tip() {
    for (line, wanted) in [
        ("--secret x", "--client-secret-file"),
        ("-o json", "--format"),
        ("--output json", "--format"),
        ("--force", "--refresh"),
        ("--realm x", "--issuer"),
        ("--url x", "--issuer"),
        ("--server=x", "--issuer"),
        ("--max-time 5", "--timeout"),
        ("--debug", "-vv"),
        ("-k", "always verified; use --ca-cert"),
        ("exec --insecure -- true", "always verified; use --ca-cert"),
        ("--silent", "--quiet"),
        ("--header x", "--format header"),
        ("--decode", "catena-token inspect"),
        ("--id x", "--client-id"),
        ("--ttl 5m", "--min-ttl"),
        ("login", "`catena-token` without a subcommand"),
        ("token", "`catena-token` without a subcommand"),
        ("get", "`catena-token` without a subcommand"),
        ("print", "`catena-token` without a subcommand"),
        ("logout", "catena-token revoke"),
        ("whoami", "catena-token inspect"),
        ("decode", "catena-token inspect"),
        ("status", "catena-token inspect"),
        ("ls", "catena-token cache list"),
        ("list", "catena-token cache list"),
        ("cache ls", "catena-token cache list"),
        ("refresh", "catena-token --refresh"),
        ("env", "catena-token --format env"),
        ("verify", "inspect --verify"),
        ("help -h", "catena-token help SUBCOMMAND"),
        ("--client-secrt-file=x", "--client-secret-file"),
        ("--cacert x", "--ca-cert"),
        ("--client-secret-f x", "--client-secret-file"),
        ("inspct", "'inspect'"),
        ("comp", "'completions'"),
        ("cache lst", "'list'"),
    ] {
        assert!(tip(line).contains(wanted), "{line}: {}", said(line));
    }
}

/// Neither one that is far off, nor one that this command does not take.
#[test]
fn no_tip_is_better_than_a_wrong_one() {
    let far = ["--key x", "--raw", "-x", "completions tcsh", "xy", "exec --what true", "inspect --what"];
    for line in far.into_iter().chain(["exec -o x true", "cache list -k", "man --silent", "cache path --secret x"]) {
        assert_eq!(tip(line), "", "{line}");
    }
}

#[test]
fn a_word_is_shown_unless_it_may_be_a_secret() {
    for line in ["whoami", "inspct", "cache lst", "cache ls"] {
        let word = line.split(' ').next_back().unwrap();
        assert!(said(line).contains(&format!("unknown subcommand '{word}'")), "{}", said(line));
    }
    for (line, word) in
        [("s3cr3t", "s3cr3t"), ("cache s3cr3t", "s3cr3t"), ("lst=s3cr3t", "lst"), ("exe=s3cr3t", "exe=")]
    {
        let said = said(line);
        assert!(said.contains("unknown subcommand (not shown, it may be a secret)\n"), "{said}");
        assert!(!said.contains(word), "{said}");
    }
    let unexpected = "unexpected argument (not shown, it may be a secret) found";
    assert!(said("inspect a s3cr3t").contains(unexpected), "{}", said("inspect a s3cr3t"));
    assert!(!said("--client-secrt=s3cr3t").contains("s3cr3t"));
    assert!(!Tool::bare().arg("--a\u{1b}[31m").refused_by_clap().contains('\u{1b}'));
}

#[test]
fn the_usage_is_that_of_the_command() {
    assert!(said("--secret x").contains("Usage: catena-token [OPTIONS] [COMMAND]\n"), "{}", said("--secret x"));
    assert!(said("exec -k true").contains("Usage: catena-token exec [OPTIONS] <CMD>...\n"), "{}", said("exec -k true"));
    assert!(said("cache list -k").contains("Usage: catena-token cache list [OPTIONS]\n"), "{}", said("cache list -k"));
}

#[test]
fn options_that_exclude_each_other_are_named() {
    let expected = "the argument '--quiet' cannot be used with '--verbose'\n";
    assert!(said("-q -v").contains(expected), "{}", said("-q -v"));
    assert!(!said("-q -v").contains("Usage: catena-token --quiet"), "{}", said("-q -v"));
    assert!(said("-q exec -v true").contains("'--verbose'"), "{}", said("-q exec -v true"));
    let expected = "the argument '--json' cannot be used with any '--format' but json";
    assert!(said("--format sh --json").contains(expected), "{}", said("--format sh --json"));
}

#[test]
fn json_may_be_said_twice() {
    let issuer = Issuer::http();
    let printed = Tool::asking(&issuer).args(["--json", "--format", "json"]).succeeds();
    assert!(printed.starts_with('{'), "{printed}");
}
