//! A store that is no help: the job gets its token, in time, with one warning.

use std::net::TcpListener;

use catena_token_issuer::Issuer;

use crate::support::Tool;
use crate::support::store::{Conduct, Store};

const PASSWORD: &str = "hunter2-of-the-store";

/// A call that must succeed with one warning, which is returned.
fn warned(tool: Tool) -> String {
    let (token, said) = tool.succeeds_saying();
    assert!(token.starts_with("eyJ"));
    assert!(!said.contains(PASSWORD), "{said}");
    let line = said.strip_prefix("catena-token: warning: ").unwrap_or_else(|| panic!("{said}"));
    assert_eq!(line.lines().count(), 1, "{line}");
    line.trim_end().to_owned()
}

fn call(issuer: &Issuer, url: &str) -> Tool {
    Tool::asking(issuer).env("CATENA_CACHE", url)
}

#[test]
fn each_cause_is_named() {
    let issuer = Issuer::http();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = warned(call(&issuer, &format!("redis://u:{PASSWORD}@{closed}")));
    assert_eq!(said, format!("cannot use the shared cache at {closed}: connection refused"));
    let said = warned(call(&issuer, "redis://no-such-host.invalid"));
    assert!(said.starts_with("cannot use the shared cache at no-such-host.invalid:6379: "), "{said}");
    for (conduct, why) in [
        (Conduct::Silence, "it does not answer"),
        (Conduct::Slow, "it answers too slowly"),
        (Conduct::Close, "it closed the connection (is it a TLS port, rediss://?)"),
        (Conduct::Error("MGET", "NOPERM this user has no permissions"), "it answers NOPERM this user has no"),
        (Conduct::Error("SET", "OOM command not allowed when used memory"), "it answers OOM command not allowed"),
        (Conduct::Error("SET", "READONLY You can't write against a read only"), "it answers READONLY You can't"),
        (Conduct::Error("PTTL", "LOADING Redis is loading the dataset"), "it answers LOADING Redis is loading"),
    ] {
        let store = Store::behaving(conduct);
        let said = warned(call(&issuer, &store.url()));
        let expected = format!("cannot use the shared cache at {}: {why}", store.address);
        assert!(said.starts_with(&expected), "{said}");
        assert!(store.value(":lease").is_none(), "a lease that nobody ends");
    }
}

#[test]
fn quiet_says_nothing() {
    let (issuer, store) = (Issuer::http(), Store::behaving(Conduct::Close));
    call(&issuer, &store.url()).arg("-q").succeeds();
}

#[test]
fn a_wrong_password_is_named_and_the_right_one_serves() {
    let (issuer, store) = (Issuer::http(), Store::start());
    store.state().password = Some(PASSWORD);
    assert!(warned(call(&issuer, &store.url())).ends_with(": it answers NOAUTH Authentication required."));
    let said = warned(call(&issuer, &store.url()).env("CATENA_CACHE_PASSWORD", "another-password"));
    assert!(said.ends_with(": it answers WRONGPASS invalid username-password pair"), "{said}");
    let missing = call(&issuer, &store.url()).env("CATENA_CACHE_PASSWORD_FILE", "/none");
    assert!(warned(missing).ends_with(": cannot read the password file: no such file or directory"));
    let token = call(&issuer, &store.url()).env("CATENA_CACHE_PASSWORD", PASSWORD).succeeds();
    let tool = call(&issuer, &store.url());
    let file = tool.file("password", format!("{PASSWORD}\n"));
    assert_eq!(tool.env("CATENA_CACHE_PASSWORD_FILE", file).succeeds(), token);
    let in_url = format!("redis://:{PASSWORD}@{}", store.address);
    assert_eq!(call(&issuer, &in_url).succeeds(), token);
    let tool = Tool::asking(&issuer).args(["--cache", &in_url]);
    assert!(warned(tool).starts_with("other users of this machine can read the password in --cache"));
}

#[test]
fn a_hostile_store_ends_no_call() {
    let issuer = Issuer::http();
    let list = |count: usize, item: &str| format!("*{count}\r\n{}", item.repeat(count.min(100_000))).into_bytes();
    for (what, conduct) in [
        ("99 GB announced", Conduct::Bytes(b"$99000000000\r\n".to_vec())),
        ("an endless line", Conduct::Bytes(vec![b'+'; 1 << 20])),
        ("a list of 10^9", Conduct::Bytes(b"*1000000000\r\n".to_vec())),
        ("nested lists", Conduct::Bytes(list(1, "*1\r\n").repeat(100_000))),
        ("byte by byte", Conduct::Drip(b"+OK ".to_vec())),
        ("HTTP", Conduct::Bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())),
        ("rubbish", Conduct::Bytes(vec![0x7f; 1 << 20])),
        ("escape sequences", Conduct::Bytes(b"-ERR \x1b[2J\x1b]0;x\x07\r\n".to_vec())),
        ("closed", Conduct::Close),
        ("negative lengths", Conduct::Bytes(b"*3\r\n$-5\r\n".to_vec())),
        ("a reply of another kind", Conduct::Bytes(b"+OK\r\n".to_vec())),
    ] {
        // With little memory, whatever is announced.
        let tool = Tool::asking_within(20 * 1024, &issuer).env("CATENA_CACHE", Store::behaving(conduct).url());
        let said = warned(tool);
        assert!(!said.contains('\u{1b}'), "{what}: {said}");
    }
    let store = Store::start();
    let circle = format!("-MOVED 1 {}\r\n", store.address).into_bytes();
    store.state().conduct = Conduct::Bytes(circle);
    assert!(warned(call(&issuer, &store.url())).contains("its nodes name each other"));
}

#[test]
fn a_wrong_url_is_a_usage_error() {
    let issuer = Issuer::idle();
    let failed = Tool::asking(&issuer).args(["--cache", "memcached://h"]).fails(2);
    assert_eq!(failed.error, "--cache: invalid URL 'memcached://h' (expected redis:// or rediss://)");
    assert_eq!(failed.hint, "a store's URL is redis://HOST:PORT, or rediss://HOST:PORT with TLS");
    let both = call(&issuer, "redis://:a-password@h").env("CATENA_CACHE_PASSWORD", "another");
    let failed = both.fails(2);
    assert_eq!(failed.error, "more than one password of the cache: CATENA_CACHE and CATENA_CACHE_PASSWORD are set");
}

#[test]
fn the_command_of_exec_gets_none_of_it() {
    let (issuer, store) = (Issuer::http(), Store::start());
    let tool = call(&issuer, &store.url()).env("CATENA_CACHE_PASSWORD_FILE", "/none");
    let tool = tool.env("CATENA_CACHE_CA_CERT", "/none").args(["-q", "exec", "--", "env"]);
    let (_, stdout, _) = tool.run();
    assert!(stdout.contains("CATENA_TOKEN=") && !stdout.contains("CATENA_CACHE"), "{stdout}");
}
