//! Files that each package contains are equal to the originals.

use std::path::Path;

/// The packages that `.ci/package` builds alone.
const PACKAGES: [&str; 10] = [
    "skywalking-macros",
    "proto",
    "skywalking-runtime",
    "integrations/tower",
    "integrations/reqwest",
    "integrations/log",
    "integrations/metrics",
    "integrations/tokio",
    "integrations/tracing",
    "skywalking-collector",
];

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_package_has_the_licence_and_the_notice() {
    for package in PACKAGES {
        for file in ["LICENSE", "NOTICE"] {
            assert!(read(&format!("{package}/{file}")) == read(file), "copy {file} to {package}");
        }
    }
}

#[test]
fn every_package_has_its_own_readme() {
    for package in PACKAGES {
        let manifest = read(&format!("{package}/Cargo.toml"));
        let name = manifest.split('"').nth(1).unwrap();
        assert!(read(&format!("{package}/README.md")).starts_with(&format!("# {name}\n")));
    }
}

#[test]
fn test_data_of_packages_is_the_original() {
    let original = read("proto/vectors.json");
    for copy in ["skywalking-runtime/testdata", "skywalking-collector/tests/integration"] {
        assert!(read(&format!("{copy}/vectors.json")) == original, "copy vectors.json to {copy}");
    }
}
