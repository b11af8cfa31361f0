//! The table of the rooms in `docs/architecture.md` is right: a room imports only rooms below it.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from top to bottom, from the table.
fn rooms() -> Vec<String> {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let (_, table) = page.split_once("<!-- begin: rooms -->").unwrap();
    let (table, _) = table.split_once("<!-- end: rooms -->").unwrap();
    let names = table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    names.map(str::to_owned).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The rooms in the `crate::` paths of a file, except in its comments and unit tests.
fn named(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    let code = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]") && !line.starts_with("#![cfg(test)]"));
    let code: Vec<&str> = code.filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let paths = code.split("crate::").skip(1);
    paths.map(|path| path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()).collect()
}

#[test]
fn every_room_is_on_the_map() {
    let mut folders: Vec<String> = fs::read_dir(root().join("src"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    let mut rooms = rooms();
    folders.sort();
    rooms.sort();
    assert_eq!(rooms, folders);
}

#[test]
fn a_room_imports_only_rooms_below_it() {
    let rooms = rooms();
    let floor = |name: &str| rooms.iter().position(|room| room == name);
    for (at, room) in rooms.iter().enumerate() {
        let files = sources(&root().join("src").join(room));
        assert!(!files.is_empty(), "{room} is empty");
        for file in files {
            for name in named(&file) {
                let below = floor(&name).unwrap_or_else(|| panic!("{} names {name:?}, no room", file.display()));
                assert!(below >= at, "{} imports {name}, which is above {room}", file.display());
            }
        }
    }
}
