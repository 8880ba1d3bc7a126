//! `docs/peers.md` says what other agents can do and what this one does. Every capability has a
//! row, and every row the tests that hold it.

use std::collections::BTreeSet;
use std::path::Path;

/// The capabilities that at least one peer has, or that their users ask for, and that are about
/// tracing or about reporting it.
const ROWS: [&str; 42] = [
    "sampling n per 3 s",
    "sampling percentage",
    "other samplers",
    "upstream sw8 forces sampling",
    "an unsampled exit",
    "ignore suffix",
    "ignore path (ant)",
    "correlation limits",
    "sw8-x extension header",
    "async span",
    "cross-thread capture/continued",
    "late child after segment sent",
    "entry-in-entry",
    "exit-in-exit",
    "batches",
    "span limit per segment",
    "log/ref limits",
    "length limits",
    "tag semantics",
    "peer and semantic tags",
    "toolkit annotations",
    "hand-written carriers",
    "instance properties",
    "heartbeat",
    "backends list, failover",
    "no tracing while disconnected",
    "auth token",
    "deadline per call",
    "batching",
    "queue and overflow",
    "retry of a failed batch",
    "HTTP reporting",
    "discard / log reporter",
    "shutdown flush",
    "errors and slow requests kept while sampling",
    "a trace id of what is not sampled",
    "contexts of other tracers",
    "trace id in the HTTP response",
    "loss that can be seen",
    "redaction",
    "one annotation for many functions",
    "spans that never end",
];

struct Row {
    name: String,
    tests: Vec<String>,
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The rows of the tables that have tests, each with its cells.
fn rows() -> Vec<Row> {
    let page = std::fs::read_to_string(root().join("docs/peers.md")).expect("docs/peers.md");
    let cells = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix('|'))
        .map(|line| line.split(" | ").collect::<Vec<_>>());
    cells
        .filter(|cells| {
            cells.len() == 4 && cells[0] != "capability" && !cells[0].starts_with("---")
        })
        .map(|cells| Row {
            name: cells[0].to_owned(),
            tests: cells[3].split('`').skip(1).step_by(2).map(str::to_owned).collect(),
        })
        .collect()
}

#[test]
fn every_capability_has_one_row() {
    let rows = rows();
    let names: BTreeSet<_> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, BTreeSet::from(ROWS));
    assert_eq!(rows.len(), ROWS.len(), "a row stands twice");
}

#[test]
fn every_row_is_held_by_tests() {
    for row in rows() {
        assert!(!row.tests.is_empty(), "{}", row.name);
    }
}

#[test]
fn every_test_that_is_named_exists() {
    let mut missing = Vec::new();
    for test in rows().iter().flat_map(|row| &row.tests) {
        if !exists(test) {
            missing.push(test.clone());
        }
    }
    assert!(missing.is_empty(), "no such tests: {missing:#?}");
}

/// Whether `path::name` is a function with an attribute of a test above it, or a case that the file
/// lists and `cases.rs` beside it holds.
fn exists(test: &str) -> bool {
    let Some((path, name)) = test.split_once("::") else { return false };
    let path = root().join(path);
    let Ok(text) = std::fs::read_to_string(&path) else { return false };
    let lines: Vec<_> = text.lines().map(str::trim_start).collect();
    let call = format!("fn {name}(");
    let cases = std::fs::read_to_string(path.with_file_name("cases.rs"));
    if lines.contains(&format!("{name},").as_str())
        && cases.is_ok_and(|cases| cases.contains(&call))
    {
        return true;
    }
    let is_it =
        |at: &usize| lines[*at].strip_prefix("async ").unwrap_or(lines[*at]).starts_with(&call);
    (0..lines.len()).filter(is_it).any(|at| {
        let above = lines[..at]
            .iter()
            .rev()
            .take_while(|line| line.starts_with('#') || line.starts_with("//"));
        above
            .into_iter()
            .any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
    })
}
