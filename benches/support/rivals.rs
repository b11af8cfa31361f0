//! Other ways to the same token.

use std::ffi::OsString;

use super::command::{Client, fields, find_program};
use super::ground::Ground;

/// Each by its name; `None` where it is not installed.
pub fn of(ground: &Ground) -> Vec<(&'static str, Option<Client>)> {
    let home = &ground.server.home;
    let with = |name: &str, arguments: fn(&Ground) -> Vec<OsString>| {
        find_program(name).ok().map(|program| Client::other(&program, arguments(ground), home))
    };
    vec![
        ("`curl \\| jq`", pipe(ground)),
        ("wget", with("wget", wget)),
        ("xh", with("xh", httpie)),
        ("HTTPie", with("http", httpie)),
    ]
}

/// The line that people type.
fn pipe(ground: &Ground) -> Option<Client> {
    let (shell, jq) = (find_program("sh").ok()?, find_program("jq").ok()?);
    let curl = ground.curl(&ground.server.ca);
    let script = format!("\"$@\" | '{}' -r .access_token", jq.display());
    let words = ["-c".into(), script.into(), "sh".into(), curl.program.into_os_string()];
    Some(Client::other(&shell, words.into_iter().chain(curl.arguments).collect(), &ground.server.home))
}

fn wget(ground: &Ground) -> Vec<OsString> {
    let ca = ground.server.ca.display();
    let words = [format!("--ca-certificate={ca}"), format!("--post-data={}", fields().join("&"))];
    ["-q".into(), "-O-".into()]
        .into_iter()
        .chain(words)
        .chain([ground.server.token_endpoint()])
        .map(OsString::from)
        .collect()
}

/// xh takes what HTTPie does.
fn httpie(ground: &Ground) -> Vec<OsString> {
    let verify = format!("--verify={}", ground.server.ca.display());
    let words = ["--ignore-stdin".into(), "--form".into(), "--body".into(), verify, "POST".into()];
    words.into_iter().chain([ground.server.token_endpoint()]).chain(fields()).map(OsString::from).collect()
}
