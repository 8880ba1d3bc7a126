//! The `cargo doc` command of the README, and the items that pages name.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::markdown::code_spans;
use crate::repository::{read, root};

/// Returns the command of the README, without `--open`.
fn command(readme: &str) -> Vec<&str> {
    let command = readme.lines().find(|line| line.starts_with("cargo doc ")).unwrap();
    command.split(' ').skip(1).filter(|argument| *argument != "--open").collect()
}

/// Returns true if the documentation has a page for this path.
fn is_shown(folder: &Path, path: &str) -> bool {
    let parts: Vec<_> = path.split("::").collect();
    let (item, modules) = parts.split_last().unwrap();
    let folder = modules.iter().fold(folder.to_owned(), |folder, module| folder.join(module));
    let kinds = ["struct", "enum", "trait", "fn", "macro", "attr", "derive", "constant"];
    folder.join(item).join("index.html").exists()
        || kinds.iter().any(|kind| folder.join(format!("{kind}.{item}.html")).exists())
}

#[test]
fn command_of_the_readme_documents_the_items_in_it() {
    let readme = read("README.md");
    let built =
        Command::new(env!("CARGO")).args(command(&readme)).current_dir(root()).output().unwrap();

    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));

    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root().join("target"), PathBuf::from);

    let paths: Vec<_> = code_spans(&readme)
        .into_iter()
        .filter(|code| {
            code.starts_with("skywalking_")
                && code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':'))
        })
        .collect();

    assert!(paths.len() > 3, "{paths:?}");

    let missing: Vec<_> =
        paths.iter().filter(|path| !is_shown(&target.join("doc"), path)).collect();

    assert!(missing.is_empty(), "not shown by the README's command: {missing:?}");
}
