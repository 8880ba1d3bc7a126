//! The requirements of our crates for a build: at most Rust 1.88, no C compiler except for TLS, no
//! protoc, few crates.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

/// The crates of the product.
const PRODUCT: [&str; 3] = ["skywalking-macros", "skywalking-proto", "skywalking-runtime"];

/// Crates that run or search for tools of other languages.
const FOREIGN_TOOLS: [&str; 11] = [
    "bindgen",
    "cc",
    "cmake",
    "pkg-config",
    "prost-build",
    "protobuf-src",
    "protoc-bin-vendored",
    "protox",
    "system-deps",
    "tonic-prost-build",
    "vcpkg",
];

/// A crate and its version.
type Package = (String, String);

fn cargo(arguments: &[&str]) -> String {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(program)
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "cargo {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("cargo writes UTF-8")
}

/// Returns the packages of the lock file, and those of the workspace.
fn packages() -> (Vec<Value>, BTreeSet<String>) {
    let mut metadata: Value = serde_json::from_str(&cargo(&[
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--all-features",
    ]))
    .expect("JSON");
    let members = metadata["workspace_members"].as_array().expect("a list").iter();
    let members = members.map(|id| id.as_str().expect("an id").to_owned()).collect();
    let Value::Array(packages) = metadata["packages"].take() else { panic!("a list of packages") };
    (packages, members)
}

/// Which features of a crate are on.
#[derive(Clone, Copy)]
enum Features {
    All,
    /// All but those of TLS, whose cryptography is partly C.
    WithoutTls,
}

impl Features {
    /// Returns the option for this crate.
    fn option(self, package: &str) -> String {
        if matches!(self, Self::All) {
            return "--all-features".to_owned();
        }
        let (packages, members) = packages();
        let mut ours = packages.iter().filter(|package| members.contains(&text(package, "id")));
        let manifest = ours.find(|found| text(found, "name") == package).expect("a member");
        let features = manifest["features"].as_object().expect("features").keys();
        let named: Vec<_> =
            features.filter(|feature| !feature.starts_with("tls-")).map(String::as_str).collect();
        format!("--features={}", named.join(","))
    }
}

/// Returns the dependencies of a crate with these features, on any platform, by these kinds of
/// edges.
fn tree(package: &str, features: Features, edges: &str) -> BTreeSet<Package> {
    let features = features.option(package);
    let arguments = [
        "tree",
        "--locked",
        "-p",
        package,
        &features,
        "--target",
        "all",
        "-e",
        edges,
        "--prefix",
        "none",
        "--no-dedupe",
    ];
    let text = cargo(&arguments);
    let packages = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        Some((words.next()?.to_owned(), words.next()?.strip_prefix('v')?.to_owned()))
    });
    packages.collect()
}

/// Returns the packages of all three trees with their manifests.
fn manifests(features: Features, edges: &str) -> Vec<Value> {
    let wanted: BTreeSet<Package> =
        PRODUCT.iter().flat_map(|package| tree(package, features, edges)).collect();
    let (packages, _) = packages();
    let found: Vec<_> = packages
        .into_iter()
        .filter(|package| wanted.contains(&(text(package, "name"), text(package, "version"))))
        .collect();
    assert_eq!(found.len(), wanted.len(), "each crate of the trees has its manifest");
    assert!(wanted.len() > 50, "expected the trees of the whole product: {wanted:?}");
    found
}

fn text(package: &Value, field: &str) -> String {
    package[field].as_str().unwrap_or_default().to_owned()
}

/// Returns the major and minor number of a version such as `1.88` or `1.88.0`.
fn minor(version: &str) -> (u32, u32) {
    let mut numbers = version.split('.').map(|number| number.parse().expect("a number"));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

#[test]
fn no_dependency_needs_a_newer_rust() {
    let newer: Vec<_> = manifests(Features::All, "normal")
        .iter()
        .filter(|package| {
            package["rust_version"].as_str().is_some_and(|version| minor(version) > (1, 88))
        })
        .map(|package| {
            format!(
                "{} {} asks for Rust {}",
                text(package, "name"),
                text(package, "version"),
                text(package, "rust_version")
            )
        })
        .collect();
    assert_eq!(newer, [""; 0], "choose an older version, or raise the workspace's");
}

#[test]
fn build_needs_no_c_compiler_or_protoc() {
    let native: Vec<_> = manifests(Features::WithoutTls, "normal")
        .iter()
        .filter(|package| !package["links"].is_null())
        .map(|package| format!("{} links {}", text(package, "name"), text(package, "links")))
        .collect();

    assert_eq!(native, [""; 0]);

    let tools: BTreeSet<_> = PRODUCT
        .iter()
        .flat_map(|package| tree(package, Features::WithoutTls, "normal,build"))
        .map(|(name, _)| name)
        .collect();
    let foreign: Vec<_> = FOREIGN_TOOLS.iter().filter(|tool| tools.contains(**tool)).collect();

    assert_eq!(foreign, [&""; 0]);
}

/// Returns the names of a crate's dependencies on this platform, with these options.
fn names(package: &str, options: &[&str]) -> BTreeSet<String> {
    let arguments =
        ["tree", "--locked", "-p", package, "-e", "normal", "--prefix", "none", "--no-dedupe"];
    let text = cargo(&[&arguments, options].concat());
    text.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn runtime_has_at_most_80_crates() {
    let names = names("skywalking-runtime", &[]);
    assert!((10..=80).contains(&names.len()), "{} crates: {names:#?}", names.len());
}

/// The dependencies of a library that only annotates its functions.
#[test]
fn light_core_has_at_most_25_crates_and_none_of_the_agent() {
    const OF_THE_AGENT: [&str; 10] = [
        "h2",
        "http",
        "hyper",
        "prost",
        "serde",
        "serde_core",
        "serde_json",
        "tokio",
        "tonic",
        "tracing",
    ];
    let none = names("skywalking-runtime", &["--no-default-features"]);
    let enabled = names("skywalking-runtime", &["--no-default-features", "--features", "enabled"]);
    let library = names("skywalking-trybuild-library", &[]);
    for names in [none, enabled, library] {
        assert!(names.contains("skywalking-macros"), "{names:#?}");
        assert!(names.len() <= 25, "{} crates: {names:#?}", names.len());
        let found: Vec<_> = OF_THE_AGENT.iter().filter(|name| names.contains(**name)).collect();
        assert_eq!(found, [&""; 0], "{names:#?}");
    }
}

/// Its `PartialEq` impls break the inference of other crates: `trybuild/inference`.
#[test]
fn no_feature_depends_on_serde_json() {
    for package in PRODUCT.into_iter().chain(["skywalking-tower", "skywalking-tracing"]) {
        let names = names(package, &["--all-features"]);
        assert!(names.contains(package), "{names:#?}");
        assert!(!names.contains("serde_json") && !names.contains("serde"), "{names:#?}");
    }
}

#[test]
fn every_crate_has_licence_and_rust_version() {
    let (packages, members) = packages();
    let mut looked_at = 0;
    for package in packages.iter().filter(|package| members.contains(&text(package, "id"))) {
        let name = text(package, "name");
        assert_eq!(
            package["publish"],
            Value::Array(Vec::new()),
            "{name} can be published: write publish.workspace = true"
        );
        assert_eq!(package["license"], "Apache-2.0", "{name}: write license.workspace = true");
        assert_eq!(package["rust_version"], "1.88", "{name}: write rust-version.workspace = true");
        looked_at += 1;
    }

    assert_eq!(looked_at, members.len());
    assert!(looked_at >= PRODUCT.len());
}
