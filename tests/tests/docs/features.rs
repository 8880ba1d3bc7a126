//! Compares `docs/features.md` with the tests. Each feature has a test with the comment `//
//! Feature: NAME`, and each of these comments names a feature.

use std::collections::BTreeSet;

use crate::repository::{files, read};

/// Returns the features in the tables of the page.
fn features() -> BTreeSet<String> {
    let page = read("docs/features.md");
    let tables = page.split("\n## Not available").next().unwrap();
    let cells = tables.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    let names = cells.map(|(name, _)| name.to_owned());
    names.filter(|name| name != "feature" && !name.starts_with("---")).collect()
}

/// Returns the features that tests name.
fn tested() -> BTreeSet<String> {
    let mut tested = BTreeSet::new();
    for file in files(&["rs"]) {
        let lines: Vec<_> = file.text.lines().map(str::trim).collect();
        for (index, line) in lines.iter().enumerate() {
            let Some(name) = line.strip_prefix("// Feature: ") else { continue };
            let attribute =
                lines[index..].iter().find(|line| !line.starts_with("//")).is_some_and(|line| {
                    line.starts_with("#[test]") || line.starts_with("#[tokio::test")
                });
            assert!(attribute, "{}: {line:?} is not above a test", file.path);
            tested.insert(name.to_owned());
        }
    }
    tested
}

#[test]
fn every_feature_is_named_by_a_test() {
    let (features, tested) = (features(), tested());

    assert!(features.len() > 40);

    let untested: Vec<_> = features.difference(&tested).collect();
    let unknown: Vec<_> = tested.difference(&features).collect();

    assert!(untested.is_empty(), "features without a test: {untested:#?}");
    assert!(unknown.is_empty(), "not in docs/features.md: {unknown:#?}");
}
