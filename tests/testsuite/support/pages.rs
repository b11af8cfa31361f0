//! The pages for users, and their code blocks.

use std::fs;
use std::path::{Path, PathBuf};

/// With code blocks that a reader would copy.
const PAGES: [&str; 7] = [
    "README.md",
    "action/README.md",
    "docs/guide.md",
    "docs/reference.md",
    "docs/recipes.md",
    "docs/client-auth.md",
    "docs/troubleshooting.md",
];

/// A block: its language, the word after that, and its text.
pub struct Block {
    pub shell: String,
    pub how: String,
    pub script: String,
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// The blocks that a reader would copy.
pub fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    for page in PAGES.map(page) {
        // Every other piece is between two fences.
        for piece in page.split("```").skip(1).step_by(2) {
            let (info, script) = piece.split_once('\n').unwrap();
            let (shell, how) = info.split_once(' ').unwrap_or((info, ""));
            if shell != "text" {
                blocks.push(Block { shell: shell.to_owned(), how: how.to_owned(), script: script.to_owned() });
            }
        }
    }
    blocks
}

/// Every page of the repository.
pub fn all() -> Vec<PathBuf> {
    let directories = ["", "action", "docs", "docs/decisions", "fuzz", "tests/keycloak"].map(|name| root().join(name));
    let files = directories.iter().flat_map(|directory| fs::read_dir(directory).unwrap());
    files.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "md")).collect()
}
