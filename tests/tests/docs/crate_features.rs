//! The tables of the runtime's features, against its manifest.

use std::collections::BTreeSet;

use crate::markdown::code_spans;
use crate::repository::read;

/// The features in the manifest, without `default`.
fn features() -> BTreeSet<String> {
    let manifest: toml::Table = read("skywalking-runtime/Cargo.toml").parse().unwrap();
    let features = manifest["features"].as_table().unwrap().keys();
    features.filter(|feature| *feature != "default").cloned().collect()
}

/// The code spans in the first column of the table with the heading `| feature | `, without
/// settings such as `default-features = false`.
fn documented(text: &str) -> BTreeSet<String> {
    let rows = text.lines().skip_while(|line| !line.starts_with("| feature | "));
    let rows = rows.take_while(|line| line.starts_with('|'));
    let cells = rows.filter_map(|row| row.split('|').nth(1));
    let names = cells.flat_map(code_spans);
    names.filter(|name| !name.contains('=')).collect()
}

#[test]
fn every_table_has_all_features_of_the_runtime() {
    let library = read("skywalking-runtime/src/lib.rs").replace("//! ", "");
    for (place, text) in [
        ("docs/installation.md", read("docs/installation.md")),
        ("skywalking-runtime/README.md", read("skywalking-runtime/README.md")),
        ("skywalking-runtime/src/lib.rs", library),
    ] {
        assert_eq!(documented(&text), features(), "{place}");
    }
}
