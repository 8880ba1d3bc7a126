//! The files of the repository.

use std::fs;
use std::path::{Path, PathBuf};

/// Generated results, vendored files, and folders without sources.
const SKIPPED: [&str; 5] =
    ["target", ".git", "docs/results", "fuzz/artifacts", "skywalking-collector/pages/vendor"];

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Returns the text of a file, by its path from the root.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A text file of the repository.
pub(crate) struct File {
    /// The path from the root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Returns all text files with one of these extensions, sorted by path.
pub(crate) fn files(extensions: &[&str]) -> Vec<File> {
    let mut found = Vec::new();
    walk(&root(), &mut |path| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        if extension.is_some_and(|extension| extensions.contains(&extension)) {
            found.push(File { path: relative(path), text: fs::read_to_string(path).unwrap() });
        }
    });
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "no files {extensions:?}");
    found
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/")
}

fn walk(folder: &Path, file: &mut dyn FnMut(&Path)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = relative(&path);
        if SKIPPED.iter().any(|skipped| name == *skipped || name.ends_with("/target")) {
            continue;
        }
        if path.is_dir() {
            walk(&path, file);
        } else {
            file(&path);
        }
    }
}
