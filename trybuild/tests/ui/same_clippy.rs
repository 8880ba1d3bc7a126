//! Clippy reports about an annotated function exactly what it reports about the plain one, with every
//! group of lints enabled.
//!
//! Each file of `same_clippy/` is a module with many kinds of functions and a marker above each of
//! them. One package has the markers as comments, and one package for each attribute has that
//! attribute in their place. The reports must be the same, spans and suggestions included. Both the
//! pinned toolchain and nightly are tested. Without clippy of a nightly that half is skipped with a
//! message; with `CI=true` it fails.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::project;

/// The packages with attributes, each with its replacement of `#[traced..]` and of `#[traced_block]`.
const ATTRIBUTES: [(&str, &str, &str); 4] = [
    ("local", "local_span()", "local_span()"),
    (
        "entry",
        "entry_span(name = \"/case\", extract = \"\", tags(\"key\" = 1))",
        "entry_span(names = \"{type}.{fn}\", extract = \"\")",
    ),
    ("exit", "exit_span(peer = \"db:1\")", "exit_span(peer = format!(\"db:{}\", 1))"),
    (
        "no_err",
        "local_span(name = format!(\"{}\", 1), tags(\"key\" = ?Some(1)), no_err)",
        "local_span(tags(\"key\" = ?Some(1)), no_err)",
    ),
];

/// The package without attributes.
const PLAIN: &str = "plain";

/// The replacement of each marker there.
const COMMENT: &str = "// no attribute";

/// Each group of lints.
const GROUPS: &str =
    "#![warn(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction, clippy::cargo)]";

#[test]
fn clippy_of_the_pinned_toolchain_reports_the_same() {
    compare("stable", project::cargo());
}

#[test]
fn clippy_of_nightly_reports_the_same() {
    let mut nightly = Command::new("cargo");
    // The environment names the toolchain of these tests.
    nightly
        .arg("+nightly")
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("RUSTC")
        .env_remove("RUSTDOC");
    let mut version = Command::new("cargo");
    version.args(["+nightly", "clippy", "--version"]).env_remove("RUSTUP_TOOLCHAIN");
    if !version.output().is_ok_and(|output| output.status.success()) {
        assert!(env::var("CI").as_deref() != Ok("true"), "no nightly clippy is installed");
        eprintln!("skipped: no nightly clippy is installed");
        return;
    }
    compare("nightly", nightly);
}

fn compare(toolchain: &str, cargo: Command) {
    let modules = project::sources("same_clippy");
    let count: usize = modules.values().map(|text| text.matches("#[traced").count()).sum();
    assert!(count >= 60, "only {count} functions");
    let reported = reported(&project(toolchain, &modules), cargo);
    let nothing = BTreeSet::new();
    let of = |package: &str| reported.get(package).unwrap_or(&nothing);
    let lints: BTreeSet<&String> = of(PLAIN).iter().map(|report| &report.lint).collect();
    assert!(lints.len() >= 60, "clippy reports only {} lints", lints.len());
    let mut differences = String::new();
    for (package, ..) in ATTRIBUTES {
        for report in of(PLAIN).difference(of(package)) {
            write!(differences, "--- {package}: only without the attribute:\n{}\n", report.text)
                .unwrap();
        }
        for report in of(package).difference(of(PLAIN)) {
            write!(differences, "--- {package}: only with the attribute:\n{}\n", report.text)
                .unwrap();
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

/// Replaces the markers of a module, each within its line.
fn marked(text: &str, function: Option<&str>, block: Option<&str>) -> String {
    let attribute = |arguments: Option<&str>, more: &str| {
        let Some(arguments) = arguments else { return COMMENT.to_owned() };
        let (name, rest) = arguments.split_once('(').unwrap();
        let comma = if more.is_empty() || rest == ")" { "" } else { ", " };
        format!("#[skywalking_runtime::{name}({more}{comma}{rest}]")
    };
    text.replace("#[traced]", &attribute(function, ""))
        .replace("#[traced_call]", &attribute(function, "covers = call"))
        .replace("#[traced_future]", &attribute(function, "covers = future"))
        .replace("#[traced_stream]", &attribute(function, "covers = stream"))
        .replace(
            "#[traced_with(",
            function.map_or("// no attribute: ", |_| "#[skywalking_runtime::local_span("),
        )
        .replace("#[traced_value]", &attribute(function, "ret_tags(\"key\" = |_returned| 3)"))
        .replace("#[traced_block]", &attribute(block, ""))
}

/// Writes a workspace with a package for each attribute.
fn project(toolchain: &str, modules: &BTreeMap<String, String>) -> PathBuf {
    let root = project::folder(&format!("same_clippy_{toolchain}"));
    let packages: Vec<&str> =
        ATTRIBUTES.iter().map(|(package, ..)| *package).chain([PLAIN]).collect();
    project::workspace(&root, &packages);
    for package in packages {
        let dependencies = "async-trait = \"0.1\"\nfutures = \"0.3\"\n";
        let folder = project::package(&root, package, "\"enabled\"", dependencies);
        let declarations =
            modules.keys().fold(String::new(), |text, name| text + &format!("pub mod {name};\n"));
        project::write(
            &folder.join("src/lib.rs"),
            &format!("//! Functions.\n{GROUPS}\nuse skywalking_runtime as _;\n{declarations}"),
        );
        let attributes = ATTRIBUTES.iter().find(|(name, ..)| *name == package);
        for (name, text) in modules {
            let text = marked(
                text,
                attributes.map(|(_, function, _)| *function),
                attributes.map(|(.., block)| *block),
            );
            project::write(&folder.join(format!("src/{name}.rs")), &text);
        }
    }
    root
}

/// One report of clippy.
#[derive(PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Report {
    lint: String,
    /// The text as the user reads it, followed by the exact spans and suggestions.
    text: String,
}

/// The reports of clippy, by package.
fn reported(project: &Path, mut cargo: Command) -> BTreeMap<String, BTreeSet<Report>> {
    let output = cargo
        .args([
            "clippy",
            "--offline",
            "--keep-going",
            "--quiet",
            "--workspace",
            "--message-format=json",
        ])
        .current_dir(project)
        .env("CARGO_TARGET_DIR", project.join("target"))
        .output()
        .unwrap();
    let mut reported: BTreeMap<String, BTreeSet<Report>> = BTreeMap::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        if line["reason"] != "compiler-message" {
            continue;
        }
        let message = &line["message"];
        let rendered = message["rendered"].as_str().unwrap();
        assert!(message["level"] != "error", "a function does not compile: {rendered}");
        let source = Path::new(line["target"]["src_path"].as_str().unwrap());
        let Ok(source) = source.strip_prefix(project) else { continue };
        let package = source.iter().next().unwrap().to_str().unwrap().to_owned();
        let lint = message["code"]["code"].as_str().unwrap_or_default().to_owned();
        // `same_diagnostics` compares the reports of rustc.
        if !lint.starts_with("clippy::") {
            continue;
        }
        let mut new = Report { lint, text: text(message, &package) };
        let all = reported.entry(package).or_default();
        while all.contains(&new) {
            new.text.push_str("reported again\n");
        }
        all.insert(new);
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    reported
}

/// The text of a report without what differs by package: its name, and the lines of the attributes.
fn text(message: &Value, package: &str) -> String {
    let rendered = message["rendered"].as_str().unwrap().replace(&format!("{package}/src/"), "");
    let mut text = String::new();
    for line in rendered.lines() {
        // Only the first report of a group's lint has this line.
        if line.contains("` implied by `#[warn(clippy::") {
            continue;
        }
        let is_marker = line.contains("#[skywalking_runtime::") || line.contains(COMMENT);
        let number = line.split('|').next().unwrap_or_default();
        if is_marker {
            writeln!(text, "{number}| marker").unwrap();
        } else {
            writeln!(text, "{line}").unwrap();
        }
    }
    project::append_spans(message, &mut text);
    text
}
