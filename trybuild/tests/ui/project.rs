//! The project that these tests compile: a workspace below the target directory, with a package for
//! each attribute.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// Writes a file unless it is unchanged, so that cargo does not compile it again.
pub(crate) fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    if fs::read_to_string(path).ok().as_deref() != Some(text) {
        fs::write(path, text).unwrap();
    }
}

/// Writes the workspace's manifest and lock file. It has the versions of this repository, so cargo
/// needs no registry.
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

/// Appends the exact spans and suggestions of a message, which only tools read.
pub(crate) fn append_spans(message: &Value, text: &mut String) {
    for span in message["spans"].as_array().unwrap() {
        let [from_line, from, to_line, to] =
            ["line_start", "column_start", "line_end", "column_end"].map(|key| &span[key]);
        let suggested = span["suggested_replacement"]
            .as_str()
            .map(|replacement| format!(" {replacement:?}"))
            .unwrap_or_default();
        writeln!(text, "[{from_line}:{from} to {to_line}:{to}{suggested}]").unwrap();
    }
    for child in message["children"].as_array().unwrap() {
        append_spans(child, text);
    }
}
