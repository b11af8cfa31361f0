//! The configuration file: its levels, and what a call does with them.

use std::fs;

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer, Setup};

use crate::support::config::{configured, place, written};
use crate::support::pages::blocks;
use crate::support::{Tool, assertion};

/// What `config show` prints for a setting.
fn shown(tool: Tool, name: &str) -> String {
    let all = tool.args(["config", "show"]).succeeds();
    let line = all.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name} in {all}")).to_owned()
}

#[test]
fn a_call_needs_nothing_but_its_profile() {
    let issuer = Issuer::http();
    let file = format!("client-id = '{CLIENT_ID}'\n[profile.test]\nissuer = '{}'\n", issuer.url());
    let call = || {
        let tool = configured(format!("{file}client-secret-file = 'secret'"));
        fs::create_dir_all(tool.home().join(".config/catena-token")).unwrap();
        let secret = place(&tool).with_file_name("secret");
        fs::write(&secret, CLIENT_SECRET).unwrap();
        tool.reading(secret)
    };
    assert!(call().args(["--profile", "test"]).succeeds().starts_with("eyJ"));
    assert!(call().env("CATENA_PROFILE", "test").succeeds().starts_with("eyJ"));
}

/// Flag, variable, profile, top level, default.
#[test]
fn the_nearest_level_wins() {
    const FILE: &str = "timeout = 1\n[profile.a]\ntimeout = '2s'\n[profile.b]\nretries = 7\n";
    let value = |options: &[&str], variables: &[(&str, &str)]| {
        let tool = variables.iter().fold(configured(FILE), |tool, (name, value)| tool.env(name, value));
        let path = place(&tool).display().to_string();
        shown(tool.args(options), "timeout").replace(&path, "FILE")
    };
    let both = &[("CATENA_PROFILE", "a"), ("CATENA_TIMEOUT", "3")];
    assert_eq!(value(&["--timeout", "4s"], both), "4s (--timeout)");
    assert_eq!(value(&[], both), "3s (CATENA_TIMEOUT)");
    assert_eq!(value(&[], &both[..1]), "2s (FILE:3)");
    assert_eq!(value(&["--profile", "b"], &both[..1]), "1s (FILE:1)");
    assert_eq!(value(&[], &[]), "1s (FILE:1)");
    assert_eq!(shown(Tool::bare(), "timeout"), "30s (default)");
}

#[test]
fn the_file_is_where_an_option_a_variable_or_the_user_says() {
    let file = |name: &str, tool: &Tool| {
        let path = tool.home().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("scope = '{name}'")).unwrap();
        path
    };
    let scope = |names: &[&str]| {
        let mut tool = configured("scope = 'home'");
        for name in names {
            let path = file(name, &tool);
            tool = match *name {
                "flag" => tool.arg("--config").arg(path),
                "variable" => tool.env("CATENA_CONFIG", path),
                _ => tool.env("XDG_CONFIG_HOME", path.ancestors().nth(2).unwrap()),
            };
        }
        shown(tool, "scope").split(' ').next().unwrap().to_owned()
    };
    assert_eq!(scope(&[]), "home");
    assert_eq!(scope(&["xdg/catena-token/config.toml"]), "xdg/catena-token/config.toml");
    assert_eq!(scope(&["xdg/catena-token/config.toml", "variable"]), "variable");
    assert_eq!(scope(&["variable", "flag"]), "flag");
    // As the XDG specification says, a relative path counts as not set.
    assert_eq!(
        shown(configured("scope = 'home'").env("XDG_CONFIG_HOME", "xdg"), "scope").split(' ').next(),
        Some("home")
    );
    let tool = Tool::bare();
    let expected = format!("{}\n", place(&tool).display());
    assert_eq!(tool.args(["config", "path"]).succeeds(), expected);
    assert_eq!(Tool::bare().unset("HOME").args(["config", "path"]).fails(3).hint, "name the file with --config");
}

/// The first level that names any kind decides.
#[test]
fn a_credential_is_one_setting() {
    const FILE: &str = "client-secret-file = 'a'\n[profile.key]\nsigning-key-file = 'k'\n[profile.none]\nretries = 1\n";
    let row = |options: &[&str], name: &str| shown(configured(FILE).args(options), name);
    assert!(row(&[], "client-secret").contains("/a' ("));
    assert!(row(&["--profile", "none"], "client-secret").contains("/a' ("));
    assert!(row(&["--profile", "key"], "signing-key").contains("/k' ("));
    assert!(row(&["--profile", "key", "--client-secret-file", "/b"], "client-secret").starts_with("in '/b'"));
    let variable = configured(FILE).env("CATENA_CLIENT_SECRET_COMMAND", "true").args(["--profile", "key"]);
    assert!(shown(variable, "client-secret").ends_with("(CATENA_CLIENT_SECRET_COMMAND)"));
    let systemd = |file: &str| {
        let tool = configured(file);
        tool.file("catena-client-secret", "s");
        let home = tool.home().to_owned();
        shown(tool.env("CREDENTIALS_DIRECTORY", home), "client-secret")
    };
    assert!(systemd(FILE).contains("/a' ("));
    assert!(systemd("").ends_with("(CREDENTIALS_DIRECTORY)"));
    let two = configured("client-id = 'i'\nclient-secret-file = 'a'\nclient-secret-command = 'b'\n").fails(2);
    assert!(two.error.contains("'client-secret-file' (") && two.error.contains("config.toml:3)"), "{two:?}");
}

#[test]
fn what_is_for_another_credential_counts_at_its_level_alone() {
    let profile = "[profile.key]\nsigning-key-file = 'k'\n";
    let call = |file: &str| configured(file).args(["--client-id", "acme", "config", "show"]);
    call(&format!("client-auth = 'basic'\n{profile}")).args(["--profile", "key"]).succeeds();
    let same = call(&format!("{profile}client-auth = 'basic'\n")).args(["--profile", "key"]).fails(2);
    assert!(same.error.contains("'client-auth' (") && same.error.contains("it is for a client secret"), "{same:?}");
    // A key is that of the certificate beside it.
    let file = "client-cert = 'a'\nclient-key = 'k'\n[profile.p]\nclient-cert = 'b'\n";
    let key = |options: &[&str]| shown(configured(file).args(options), "client-key");
    assert!(key(&[]).contains("/k' ("), "{}", key(&[]));
    assert!(key(&["--profile", "p"]).contains("/b' ("), "{}", key(&["--profile", "p"]));
}

#[test]
fn a_path_starts_at_the_files_directory_or_the_home() {
    for (path, expected) in
        [("a/b", ".config/catena-token/a/b"), ("~/b", "b"), ("/b", "/b"), ("~b", ".config/catena-token/~b")]
    {
        let tool = configured(format!("ca-cert = '{path}'"));
        let expected = tool.home().join(expected);
        assert!(shown(tool, "ca-cert").starts_with(&format!("{} (", expected.display())), "{path}");
    }
    let tool = Tool::bare();
    tool.file("own.toml", "cache-dir = 'a'");
    assert!(shown(tool.args(["--config", "own.toml"]), "cache-dir").starts_with("a ("));
}

#[test]
fn each_kind_of_value() {
    let file = "param = ['audience=api', 'resource=r']\nno-cache = true\nscope = ''\nproxy = ''\nconnect-timeout = 5\n";
    let value = |name: &str| shown(configured(file), name).split(" (").next().unwrap().to_owned();
    assert_eq!(value("param"), "audience, resource");
    assert_eq!(value("no-cache"), "true");
    assert_eq!(value("scope"), "none");
    assert_eq!(value("connect-timeout"), "5s");
    // Flags replace the list, and are not added to it.
    assert_eq!(shown(configured(file).args(["--param", "a=b"]), "param"), "a (--param)");
}

/// Variables of other programs come after the file.
#[test]
fn the_file_wins_over_variables_that_are_not_ours() {
    let file = "proxy = 'http://own:1'\nca-cert = '/own.pem'\ncache-dir = '/own'\n";
    let value = |name: &str| {
        let tool = configured(file).env("HTTPS_PROXY", "http://other:1").env("SSL_CERT_FILE", "/other.pem");
        shown(tool.env("XDG_CACHE_HOME", "/other"), name).split(" (").next().unwrap().to_owned()
    };
    assert_eq!(value("proxy"), "http://own:1");
    assert_eq!(value("ca-cert"), "/own.pem");
    assert_eq!(value("cache-dir"), "/own");
}

#[test]
fn a_byte_order_mark_and_windows_line_ends() {
    let tool = configured("\u{feff}scope = 'a'\r\n\r\n[profile.p]\r\nscope = 'b'\r\n");
    let expected = format!("b ({}:4)", place(&tool).display());
    assert_eq!(shown(tool.args(["--profile", "p"]), "scope"), expected);
}

/// The name of `exec`'s variable, and whom `inspect --verify` expects.
#[test]
fn settings_of_one_command() {
    let issuer = Issuer::http();
    let tool = written(Tool::asking(&issuer), "env-name = 'OWN'\n");
    assert!(tool.args(["exec", "--", "sh", "-c", "printf %s \"$OWN\""]).succeeds().starts_with("eyJ"));
    // A format without a variable does not mind.
    assert!(written(Tool::asking(&issuer), "env-name = 'OWN'\n").succeeds().starts_with("eyJ"));
    let verify = |audience: &str| {
        written(Tool::asking(&issuer), format!("audience = '{audience}'\n")).args(["inspect", "--verify"])
    };
    verify("api").succeeds();
    assert!(verify("other").fails(7).error.contains("other"));
    let token = Tool::asking(&issuer).arg("--no-cache").succeeds();
    verify("other").arg("-").given(token.trim_end()).fails(7);
    verify("other").args(["--audience", "api", "-"]).given(token.trim_end()).succeeds();
}

#[test]
fn an_empty_variable_chooses_no_profile_and_warns() {
    let issuer = Issuer::http();
    let call = || written(Tool::asking(&issuer), "[profile.p]\nscope = ''\n").env("CATENA_PROFILE", "");
    let (_, warned) = call().succeeds_saying();
    assert_eq!(warned, "catena-token: warning: CATENA_PROFILE is set but empty, so no profile is used\n");
    call().args(["--profile", "p"]).succeeds();
}

/// A signing key's settings may all be in a profile.
#[test]
fn a_client_without_a_secret() {
    let key = catena_token_issuer::Signer::new("ES256", "own");
    let pem = key.pem();
    let issuer = Issuer::start(Setup { client_key: Some(key), ..Setup::default() });
    let file = "[profile.key]\nsigning-key-file = '~/own.key'\nassertion-audience = 'api'\n";
    let tool = written(Tool::without_secret(&issuer), file);
    let own = tool.file("own.key", &pem);
    let _ = tool.reading(own).args(["--profile", "key"]).run();
    assert_eq!(assertion::claims(&assertion::received(&issuer)[0])["aud"], "api");
}

#[test]
fn the_examples_of_the_pages_are_read() {
    let examples: Vec<_> = blocks().into_iter().filter(|block| block.how == "config").collect();
    assert_eq!(examples.len(), 2);
    for example in examples {
        let call = || configured(&example.script);
        for profile in call().args(["config", "profiles"]).succeeds().lines() {
            let all = call().args(["config", "show", "--profile", profile]).succeeds();
            assert!(all.contains(&format!("profile {profile} (--profile)\n")), "{all}");
        }
    }
}
