//! The project that these tests compile: a workspace below the target directory, with a package for
//! each attribute.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

/// Writes a file unless it is unchanged, so that cargo does not compile it again.
pub(crate) fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    if fs::read_to_string(path).ok().as_deref() != Some(text) {
        fs::write(path, text).unwrap();
    }
}

/// The name and the text of each file in a folder of `tests/ui`.
pub(crate) fn sources(folder: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui").join(folder);
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let named = |file: PathBuf| {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(&file).unwrap())
    };
    files.map(named).collect()
}

/// The folder of a project below the target directory.
pub(crate) fn folder(name: &str) -> PathBuf {
    fs::create_dir_all(env!("CARGO_TARGET_TMPDIR")).unwrap();
    Path::new(env!("CARGO_TARGET_TMPDIR")).canonicalize().unwrap().join(name)
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

/// Writes the manifest of a package, with the runtime and these other dependencies. Returns the
/// folder of the package.
pub(crate) fn package(root: &Path, name: &str, features: &str, dependencies: &str) -> PathBuf {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../skywalking-runtime");
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[dependencies]\n{dependencies}\
         skywalking-runtime = {{ path = \"{}\", default-features = false, features = [{features}] }}\n",
        runtime.display()
    );
    let folder = root.join(name);
    write(&folder.join("Cargo.toml"), &manifest);
    folder
}

/// The cargo that runs these tests.
pub(crate) fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
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
