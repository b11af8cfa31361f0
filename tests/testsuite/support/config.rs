//! Configuration files.

use std::fs;
use std::path::PathBuf;

use super::Tool;

/// Where the file is by default.
pub fn place(tool: &Tool) -> PathBuf {
    tool.home().join(".config/catena-token/config.toml")
}

/// A call without any setting but those of its configuration file, in the default place.
pub fn configured(text: impl AsRef<[u8]>) -> Tool {
    written(Tool::bare(), text)
}

/// The same call with a configuration file.
pub fn written(tool: Tool, text: impl AsRef<[u8]>) -> Tool {
    let path = place(&tool);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    tool
}
