//! What the projects of these tests share: each has a package for each attribute, below the target
//! directory.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// Writes a file unless it is there and the same, for cargo's sake.
pub(crate) fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    if fs::read_to_string(path).ok().as_deref() != Some(text) {
        fs::write(path, text).unwrap();
    }
}

/// Writes the workspace: its packages, and the versions of ours, so that nothing is asked of a
/// registry.
pub(crate) fn workspace(root: &Path, packages: &[&str]) {
    let members =
        packages.iter().map(|package| format!("\"{package}\"")).collect::<Vec<_>>().join(", ");
    write(
        &root.join("Cargo.toml"),
        &format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n"),
    );
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    write(&root.join("Cargo.lock"), &fs::read_to_string(lock).unwrap());
}

/// Appends what only tools read of a message: the exact spans, and what they suggest.
pub(crate) fn tools_words(message: &Value, words: &mut String) {
    for span in message["spans"].as_array().unwrap() {
        let [from_line, from, to_line, to] =
            ["line_start", "column_start", "line_end", "column_end"].map(|key| &span[key]);
        let suggested = span["suggested_replacement"]
            .as_str()
            .map(|text| format!(" {text:?}"))
            .unwrap_or_default();
        writeln!(words, "[{from_line}:{from} to {to_line}:{to}{suggested}]").unwrap();
    }
    for child in message["children"].as_array().unwrap() {
        tools_words(child, words);
    }
}
