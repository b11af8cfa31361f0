//! The cache deletes its own files alone, whatever else is in its directory.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, SystemTime};

use catena_token_issuer::Issuer;

use crate::support::Tool;
use crate::support::cache_files::file;

#[test]
fn no_file_of_another_kind_is_deleted() {
    let (issuer, home) = (Issuer::http(), tempfile::tempdir().unwrap());
    let call = || Tool::asking(&issuer).env("CATENA_CACHE_DIR", home.path());
    call().succeeds();
    let entry = file(home.path(), ".token").file_name().unwrap().to_str().unwrap().to_owned();
    let old = SystemTime::now() - Duration::from_secs(7200);
    let age = |path: &Path| fs::File::open(path).unwrap().set_modified(old).unwrap();
    let theirs = [
        ".catena-token-secret".to_owned(),
        ".catena-token-Ab12Cd".to_owned(),
        ".catena-token-notes.txt".to_owned(),
        format!(".{entry}.secret.txt"),
        format!(".{entry}.key"),
        format!("{entry}.Ab12Cd"),
        format!("{entry}.bak"),
    ];
    for name in &theirs {
        fs::write(home.path().join(name), "not the cache's").unwrap();
        age(&home.path().join(name));
    }
    // Something else under a name of ours.
    let (directory, link) = (format!(".{entry}.aaaaaa"), format!(".{entry}.bbbbbb"));
    fs::create_dir(home.path().join(&directory)).unwrap();
    age(&home.path().join(&directory));
    symlink(home.path().join(&theirs[0]), home.path().join(&link)).unwrap();
    let leftover = home.path().join(format!(".{entry}.cccccc"));
    fs::write(&leftover, "half").unwrap();
    age(&leftover);

    let all_are_there = || {
        let names = theirs.iter().chain([&directory, &link]);
        names.for_each(|name| assert!(home.path().join(name).symlink_metadata().is_ok(), "{name}"));
    };
    call().arg("--refresh").succeeds();
    assert!(!leftover.exists());
    all_are_there();
    fs::write(&leftover, "half").unwrap();
    Tool::bare().env("CATENA_CACHE_DIR", home.path()).args(["cache", "clear"]).succeeds();
    assert!(!leftover.exists() && !home.path().join(&entry).exists());
    all_are_there();
}
