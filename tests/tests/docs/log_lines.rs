//! The log lines that `docs/troubleshooting.md` explains, against the sources of the runtime.

use crate::markdown::{row_names, section};
use crate::repository::{files, read};

/// The text with string literals that continue on the next line joined.
fn joined(text: &str) -> String {
    let mut lines = text.split("\\\n");
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold(first, |joined, line| joined + line.trim_start())
}

#[test]
fn every_log_line_of_the_page_is_in_the_sources() {
    let page = read("docs/troubleshooting.md");
    let texts: Vec<_> = row_names(section(&page, "What the log lines mean")).collect();

    assert!(texts.len() > 10, "{texts:?}");

    let sources = files(&["rs"]).into_iter();
    let sources = sources.filter(|file| file.path.starts_with("skywalking-runtime/src/"));
    let sources: Vec<_> = sources.map(|file| joined(&file.text)).collect();
    let is_logged = |text: &&&str| sources.iter().any(|source| source.contains(**text));
    let unknown: Vec<_> = texts.iter().filter(|text| !is_logged(text)).collect();

    assert!(unknown.is_empty(), "no log line contains {unknown:?}");
}

#[test]
fn string_literals_that_continue_are_joined() {
    assert_eq!(joined("\"a \\\n     b\""), "\"a b\"");
}
