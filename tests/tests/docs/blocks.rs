//! The fenced blocks of pages, except Rust, which doctests compile.

use crate::markdown::split;
use crate::repository::files;

/// The languages of fences.
const LANGUAGES: [&str; 15] = [
    "",
    "dockerfile",
    "go",
    "ini",
    "java",
    "json",
    "properties",
    "python",
    "rust",
    "rust,no_run",
    "sh",
    "text",
    "toml",
    "yaml",
    "rust,compile_fail",
];

/// Pages with Rust blocks are doctests, except the cookbook. It shows parts of programs, which
/// `examples/tests/integration/cookbook.rs` compares.
#[test]
fn pages_with_rust_are_doctests() {
    let list = include_str!("../../src/pages.rs");
    for file in files(&["md"]) {
        let rust = split(&file.text).0.iter().any(|block| block.language.starts_with("rust"));
        let is_page = file.path == "README.md"
            || file.path.starts_with("docs/") && !file.path.starts_with("docs/cookbook/");
        if rust && is_page {
            assert!(
                list.contains(&format!("\"{}\"", file.path)),
                "{} is not in pages.rs",
                file.path
            );
        }
    }
}

#[test]
fn every_block_has_a_known_language() {
    let mut unknown = Vec::new();
    for file in files(&["md"]) {
        for block in split(&file.text).0 {
            let rustdoc = file.path.starts_with("skywalking-runtime/docs/");
            let plain = block.language.is_empty() && !rustdoc;
            if plain || !LANGUAGES.contains(&block.language) {
                unknown.push(format!("{}:{} {:?}", file.path, block.line, block.language));
            }
        }
    }

    assert!(unknown.is_empty(), "blocks without a known language: {unknown:#?}");
}

/// The TOML blocks are manifests, and each of our crates in them exists.
#[test]
fn toml_blocks_are_manifests_of_crates_that_exist() {
    let mut seen = 0;
    for file in files(&["md"]) {
        for block in split(&file.text).0.into_iter().filter(|block| block.language == "toml") {
            let place = format!("{}:{}", file.path, block.line);
            let manifest: toml::Table =
                block.text.parse().unwrap_or_else(|error| panic!("{place}: {error}"));
            for kind in ["dependencies", "dev-dependencies"] {
                let Some(table) = manifest.get(kind).and_then(toml::Value::as_table) else {
                    continue;
                };
                for (name, value) in
                    table.iter().filter(|(name, _)| name.starts_with("skywalking-"))
                {
                    seen += 1;
                    check(&place, name, value);
                }
            }
        }
    }

    assert!(seen > 3, "only {seen} dependencies on our crates found");
}

/// Checks that our crate exists, and has the features on the page.
fn check(place: &str, name: &str, value: &toml::Value) {
    let manifests = files(&["toml"]).into_iter().filter(|file| file.path.ends_with("Cargo.toml"));
    let manifests = manifests.map(|file| file.text.parse::<toml::Table>().unwrap());
    let ours = manifests.into_iter().find(|manifest| {
        manifest.get("package").is_some_and(|package| package["name"].as_str() == Some(name))
    });
    let ours = ours.unwrap_or_else(|| panic!("{place}: unknown crate {name}"));
    let known = ours.get("features").and_then(toml::Value::as_table);
    let asked = value.get("features").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    for feature in asked {
        let feature = feature.as_str().unwrap();
        let is_known = known.is_some_and(|known| known.contains_key(feature));
        assert!(is_known, "{place}: {name} has no feature {feature}");
    }
}
