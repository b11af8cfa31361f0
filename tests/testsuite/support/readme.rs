//! The README's code blocks.

use std::fs;
use std::path::Path;

/// A block: its language, the word after that, and its text.
pub struct Block {
    pub shell: String,
    pub how: String,
    pub script: String,
}

pub fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// The blocks that a reader would copy.
pub fn blocks() -> Vec<Block> {
    let readme = readme();
    // Every other piece is between two fences.
    let fenced = readme.split("```").skip(1).step_by(2);
    let blocks = fenced.filter_map(|piece| {
        let (info, script) = piece.split_once('\n')?;
        let (shell, how) = info.split_once(' ').unwrap_or((info, ""));
        (shell != "text").then(|| Block { shell: shell.to_owned(), how: how.to_owned(), script: script.to_owned() })
    });
    blocks.collect()
}
