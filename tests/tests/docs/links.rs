//! Links and references within the repository.

use std::collections::HashMap;

use crate::markdown::{anchors, code_spans, links};
use crate::repository::{File, files, read, root};

/// Pages of the runtime's documentation. rustdoc checks their links, except the anchors.
const RUSTDOC: &str = "skywalking-runtime/docs/";

/// Names pages of past releases.
const HISTORY: &str = "CHANGELOG.md";

/// Returns the anchors of every page, by its path.
fn pages(files: &[File]) -> HashMap<&str, Vec<String>> {
    files.iter().map(|file| (file.path.as_str(), anchors(&file.text))).collect()
}

/// Resolves `..` in a path.
fn normalised(path: &str) -> String {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn links_of_pages_resolve() {
    let files = files(&["md"]);
    let pages = pages(&files);
    let mut broken = Vec::new();
    let is_checked = |file: &&File| !file.path.starts_with(RUSTDOC) && file.path != HISTORY;
    for file in files.iter().filter(is_checked) {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for link in links(&file.text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (target, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match target {
                "" => file.path.clone(),
                target => normalised(&format!("{folder}/{target}")),
            };
            let found = root().join(&target).exists()
                && (anchor.is_empty()
                    || pages
                        .get(target.as_str())
                        .is_some_and(|all| all.iter().any(|a| a == anchor)));
            if !found {
                broken.push(format!("{}: {link}", file.path));
            }
        }
    }

    assert!(broken.is_empty(), "broken links: {broken:#?}");
}

#[test]
fn anchors_of_rustdoc_pages_resolve() {
    let files = files(&["md", "rs"]);
    let pages = pages(&files);
    let mut broken = Vec::new();
    for file in &files {
        for (_, rest) in file
            .text
            .match_indices("crate::docs::")
            .map(|(at, it)| (at, &file.text[at + it.len()..]))
        {
            let end = rest.find([')', ']', '`', ' ', '\n']).unwrap_or(rest.len());
            let Some((page, anchor)) = rest[..end].split_once('#') else { continue };
            let path = format!("{RUSTDOC}{page}.md");
            if !pages.get(path.as_str()).is_some_and(|all| all.iter().any(|a| a == anchor)) {
                broken.push(format!("{}: {}", file.path, &rest[..end]));
            }
        }
    }

    assert!(broken.is_empty(), "broken anchors: {broken:#?}");
}

/// Checks `docs/page.md` and `docs/page.md#anchor` in comments and messages.
#[test]
fn pages_that_sources_name_exist() {
    let files = files(&["md", "rs", "toml", "yml", "sh", "proto", "stderr"]);
    let pages = pages(&files);
    let mut broken = Vec::new();
    let mut seen = 0;
    for file in files.iter().filter(|file| file.path != HISTORY) {
        for (at, _) in file.text.match_indices("docs/") {
            let before = file.text[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | '-' | '_' | '.')) {
                continue;
            }
            let rest = &file.text[at..];
            let is_part =
                |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '#');
            let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            let name = rest[..end].trim_end_matches('.');
            let (path, anchor) = name.split_once('#').unwrap_or((name, ""));
            // Links to results are checked as links.
            let is_page = path.rsplit_once('.').is_some_and(|(_, extension)| extension == "md");
            if !is_page || path.starts_with("docs/results/") {
                continue;
            }
            seen += 1;
            // Pages of the runtime's documentation are named relative to its folder.
            let own = format!("skywalking-runtime/{path}");
            let Some(all) = pages.get(path).or_else(|| pages.get(own.as_str())) else {
                if !file.path.ends_with("tests/docs/links.rs") {
                    broken.push(format!("{}: {name}", file.path));
                }
                continue;
            };
            if !anchor.is_empty() && !all.iter().any(|a| a == anchor) {
                broken.push(format!("{}: {name}", file.path));
            }
        }
    }
    assert!(broken.is_empty(), "pages that do not exist: {broken:#?}");
    assert!(seen > 20, "only {seen} references found");
}

/// Checks folders and source files in code spans of pages about the code.
#[test]
fn paths_in_code_spans_exist() {
    let mut missing = Vec::new();
    let mut seen = 0;
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md", "docs/README.md"] {
        for code in code_spans(&read(page)) {
            let is_path = code.contains('/')
                && (code.ends_with('/') || code.rsplit('.').next() == Some("rs"))
                && code.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
            if is_path && !code.starts_with('/') && !code.starts_with("target/") {
                seen += 1;
                if !root().join(&code).exists() {
                    missing.push(format!("{page}: {code}"));
                }
            }
        }
    }

    assert!(missing.is_empty(), "paths that do not exist: {missing:#?}");
    assert!(seen > 10, "only {seen} paths found");
}

/// Checks that ARCHITECTURE.md names each module of the runtime's crate root that has a folder.
#[test]
fn modules_of_the_runtime_are_described() {
    let page = read("ARCHITECTURE.md");
    let folders = std::fs::read_dir(root().join("skywalking-runtime/src")).unwrap();
    let folders = folders.map(|entry| entry.unwrap()).filter(|entry| entry.path().is_dir());
    let names: Vec<_> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    let missing: Vec<_> =
        names.iter().filter(|name| !page.contains(&format!("`{name}`"))).collect();

    assert!(names.len() > 10, "{names:?}");
    assert!(missing.is_empty(), "not in ARCHITECTURE.md: {missing:?}");
}
