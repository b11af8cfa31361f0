//! SECURITY.md: each promise names its tests.

use std::fs;
use std::path::{Path, PathBuf};

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("SECURITY.md")).unwrap()
}

/// The promises in bold, and the rows of the table.
#[test]
fn each_promise_has_its_tests() {
    let page = page();
    let (_, promises) = page.split_once("## What it protects").unwrap();
    let (promises, _) = promises.split_once("## What it does not protect").unwrap();
    let promises: Vec<_> = promises.lines().filter_map(|line| line.strip_prefix("- **")?.split("**").next()).collect();
    let rows: Vec<_> = page.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next()).collect();
    assert!(promises.len() >= 10, "{promises:?}");
    assert_eq!(rows[1..], promises);
}

/// `src::` is for unit tests, everything else is in this test suite.
fn files(module: &[&str]) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (start, module) = match module.split_first() {
        Some((&"src", rest)) => (root.join("src"), rest),
        _ => (root.join("tests/testsuite"), module),
    };
    let place = module.iter().fold(start, |path, part| path.join(part));
    vec![place.with_extension("rs"), place.join("mod.rs"), place.join("tests.rs")]
}

#[test]
fn the_tests_are_there() {
    let page = page();
    let names: Vec<&str> = page.split('`').skip(1).step_by(2).filter(|name| name.contains("::")).collect();
    let mut count = 0;
    for name in names.into_iter().filter(|name| *name != "support::leak_check") {
        let parts: Vec<&str> = name.split("::").collect();
        let (test, module) = parts.split_last().unwrap();
        let is_there = files(module).iter().any(|file| {
            let text = fs::read_to_string(file).unwrap_or_default();
            text.contains(&format!("fn {test}("))
        });
        assert!(is_there, "{name}");
        count += 1;
    }
    assert!(count > 40, "{count}");
}
