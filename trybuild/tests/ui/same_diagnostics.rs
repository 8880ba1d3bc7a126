//! rustc reports an error in the user's code as if there were no attribute: once, at the same place,
//! with the same text.
//!
//! Each file of `same_diagnostics/` has one kind of error in many kinds of functions, with a line
//! `#[traced]` above each of them. It is compiled with this line as a comment, and with each attribute
//! in its place. The reports must be the same, spans and suggestions included. All cases are binaries
//! of one project below the target directory, which one `cargo check` compiles.
//!
//! A difference that cannot be avoided has its reason above the function:
//!
//! - `// Other text:` the level, the code and the line are the same
//! - `// Other error:` only the number of reports is the same
//! - `// No warning:` rustc does not report the warning
//!
//! No report may mention the attribute.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::project;

/// The packages of the project, each with its replacement of `#[traced]`. The expansions of the three
/// attributes differ only by their arguments.
const ATTRIBUTES: [(&str, &str); 5] = [
    ("plain", PLAIN),
    ("local", "#[skywalking_runtime::local_span]"),
    (
        "entry",
        "#[skywalking_runtime::entry_span(name = \"/case\", extract = \"\", tags(\"key\" = 1))]",
    ),
    ("exit", "#[skywalking_runtime::exit_span(peer = \"db:1\")]"),
    (
        "no_err",
        "#[skywalking_runtime::local_span(name = format!(\"{}\", 1), tags(\"key\" = ?Some(1)), no_err)]",
    ),
];

/// The replacement in the package without an attribute.
const PLAIN: &str = "// no attribute";

#[test]
fn errors_are_reported_as_without_the_attribute() {
    let cases = project::sources("same_diagnostics");
    let reports = check(&project(&cases));
    let mut report = String::new();
    for (case, text) in &cases {
        let none = BTreeSet::new();
        let reports_of =
            |package: &str| reports.get(&(package.to_owned(), case.clone())).unwrap_or(&none);
        let plain = reports_of("plain");
        assert!(!plain.is_empty(), "`{case}` has no error");
        let mut exceptions = Exception::all_of(text);
        for (package, _) in &ATTRIBUTES[1..] {
            let difference = difference(plain, reports_of(package), &mut exceptions);
            if !difference.is_empty() {
                write!(report, "\n===== {case}, {package}\n{difference}").unwrap();
            }
        }
        for exception in exceptions.iter().filter(|exception| !exception.needed) {
            write!(report, "\n===== {case}: the exception is not needed: {}", exception.reason)
                .unwrap();
        }
    }
    assert!(report.is_empty(), "{report}");
}

/// Writes a workspace with a package for each attribute. Unchanged files are not written, so that
/// cargo does not compile them again.
fn project(cases: &BTreeMap<String, String>) -> PathBuf {
    let root = project::folder("same_diagnostics");
    project::workspace(&root, &ATTRIBUTES.map(|(package, _)| package));
    for (package, attribute) in ATTRIBUTES {
        let binaries = project::package(&root, package, "\"enabled\"", "").join("src/bin");
        for (case, text) in cases {
            // All packages use the crate: rustc lists the known crates in some messages.
            project::write(
                &binaries.join(format!("{case}.rs")),
                &format!(
                    "{}\nuse skywalking_runtime as _;\n",
                    text.replace("#[traced]", attribute)
                ),
            );
        }
        for file in fs::read_dir(&binaries).unwrap().map(|file| file.unwrap().path()) {
            if !cases.contains_key(file.file_stem().unwrap().to_str().unwrap()) {
                fs::remove_file(file).unwrap();
            }
        }
    }
    root
}

/// A report of rustc.
#[derive(PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Report {
    line: u64,
    level: String,
    code: String,
    /// The text as the user reads it, followed by the exact spans and suggestions.
    text: String,
}

/// The reports of rustc, by package and case.
fn check(project: &Path) -> BTreeMap<(String, String), BTreeSet<Report>> {
    let output = project::cargo()
        .args([
            "check",
            "--offline",
            "--keep-going",
            "--quiet",
            "--workspace",
            "--bins",
            "--message-format=json",
        ])
        .current_dir(project)
        // The target directory of these tests may have other flags.
        .env("CARGO_TARGET_DIR", project.join("target"))
        .output()
        .unwrap();
    let mut reports: BTreeMap<_, BTreeSet<Report>> = BTreeMap::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        if line["reason"] != "compiler-message" {
            continue;
        }
        let message = &line["message"];
        let source = Path::new(line["target"]["src_path"].as_str().unwrap());
        let Some((package, _)) =
            ATTRIBUTES.iter().find(|(package, _)| source.starts_with(project.join(package)))
        else {
            panic!("a dependency has a warning: {}", message["rendered"]);
        };
        let case = source.file_stem().unwrap().to_str().unwrap().to_owned();
        // A report without a span only counts the others.
        if let Some(place) =
            message["spans"].as_array().unwrap().iter().find(|span| span["is_primary"] == true)
        {
            let mut new = Report {
                line: place["line_start"].as_u64().unwrap(),
                level: message["level"].as_str().unwrap().to_owned(),
                code: message["code"]["code"].as_str().unwrap_or_default().to_owned(),
                text: text(message, package),
            };
            let all = reports.entry(((*package).to_owned(), case)).or_default();
            while all.contains(&new) {
                new.text.push_str("reported again\n");
            }
            all.insert(new);
        }
    }
    assert!(!reports.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    reports
}

fn text(message: &Value, package: &str) -> String {
    let (_, attribute) = ATTRIBUTES.iter().find(|(name, _)| *name == package).unwrap();
    let rendered = message["rendered"].as_str().unwrap();
    let mut text = rendered.replace(&format!("{package}/src/bin/"), "").replace(attribute, PLAIN);
    project::append_spans(message, &mut text);
    text
}

/// The reason why the reports about a function differ.
struct Exception {
    reason: String,
    lines: Range<u64>,
    sameness: Sameness,
    needed: bool,
}

#[derive(Clone, Copy)]
enum Sameness {
    LevelCodeAndLine,
    Number,
    NothingMore,
}

impl Exception {
    const MARKS: [(&str, Sameness); 3] = [
        ("// Other text: ", Sameness::LevelCodeAndLine),
        ("// Other error: ", Sameness::Number),
        ("// No warning: ", Sameness::NothingMore),
    ];

    /// All exceptions of a case. Each begins at its comment and ends before the next blank line.
    fn all_of(text: &str) -> Vec<Self> {
        let lines: Vec<&str> = text.lines().collect();
        let mut exceptions = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            for (mark, sameness) in Self::MARKS {
                let Some(reason) = line.trim().strip_prefix(mark) else { continue };
                let end = (index..lines.len())
                    .find(|index| lines[*index].is_empty())
                    .unwrap_or(lines.len());
                exceptions.push(Self {
                    reason: reason.to_owned(),
                    lines: index as u64 + 1..end as u64 + 1,
                    sameness,
                    needed: false,
                });
            }
        }
        exceptions
    }
}

/// The reports that only one side has, without exceptions.
fn difference(
    plain: &BTreeSet<Report>,
    traced: &BTreeSet<Report>,
    exceptions: &mut [Exception],
) -> String {
    let mut output = String::new();
    let mut differing: Vec<(&str, &Report)> =
        plain.difference(traced).map(|report| ("without", report)).collect();
    differing.extend(traced.difference(plain).map(|report| ("with", report)));
    for exception in exceptions {
        let (excepted, rest): (Vec<_>, Vec<_>) =
            differing.into_iter().partition(|(_, report)| exception.lines.contains(&report.line));
        differing = rest;
        exception.needed |= !excepted.is_empty();
        let places = |who| {
            excepted
                .iter()
                .filter(|(by, _)| *by == who)
                .map(|(_, report)| (report.line, &report.level, &report.code))
                .collect::<Vec<_>>()
        };
        let (without, with) = (places("without"), places("with"));
        let is_allowed = match exception.sameness {
            Sameness::LevelCodeAndLine => without == with,
            Sameness::Number => without.len() == with.len(),
            Sameness::NothingMore => {
                with.is_empty() && without.iter().all(|(_, level, _)| *level == "warning")
            }
        };
        if !is_allowed {
            differing.extend(excepted);
        }
    }
    for report in traced.iter().filter(|report| report.text.contains("attribute macro")) {
        write!(output, "--- mentions the attribute:\n{}", report.text).unwrap();
    }
    for (who, report) in differing {
        write!(output, "--- only {who} the attribute:\n{}", report.text).unwrap();
    }
    output
}
