//! A fault of the user's own is told as if no attribute stood there: once, at the same place, with
//! the same words.
//!
//! Each file of `same_words/` has one kind of fault in functions of many shapes, and a line
//! `#[traced]` above each of them. It is compiled with that line as a comment and then with each of
//! our attributes in its place; what rustc says must be the same text, spans and suggestions
//! included. This is done in a project of its own below the target directory, as trybuild does it:
//! every case is a binary, and one `cargo check` runs them all.
//!
//! What cannot be the same has its reason above the function: `// Other words:` when the level, the
//! code and the line are the same, `// Other fault:` when only the number of messages is, `// Lost
//! warning:` when rustc does not see it. In no case may a message speak of the attribute.

mod project;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

/// What stands in place of `#[traced]`, for each package of the project. The expansions of the
/// three attributes differ by their arguments alone.
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

/// Stands where the attribute stood.
const PLAIN: &str = "// no attribute";

#[test]
fn the_users_own_faults_are_told_as_without_the_attribute() {
    let cases = cases();
    let said = check(&project(&cases));
    let mut report = String::new();
    for (case, text) in &cases {
        let silence = BTreeSet::new();
        let said =
            |package: &str| said.get(&(package.to_owned(), case.clone())).unwrap_or(&silence);
        let plain = said("plain");
        assert!(!plain.is_empty(), "`{case}` has no fault");
        let mut excuses = Excuse::all_of(text);
        for (package, _) in &ATTRIBUTES[1..] {
            let difference = difference(plain, said(package), &mut excuses);
            if !difference.is_empty() {
                write!(report, "\n===== {case}, {package}\n{difference}").unwrap();
            }
        }
        for excuse in excuses.iter().filter(|excuse| !excuse.needed) {
            write!(report, "\n===== {case}: nothing needs the excuse: {}", excuse.reason).unwrap();
        }
    }
    assert!(report.is_empty(), "{report}");
}

/// The name and the text of each case.
fn cases() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/same_words");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files
        .map(|file| {
            (
                file.file_stem().unwrap().to_str().unwrap().to_owned(),
                fs::read_to_string(&file).unwrap(),
            )
        })
        .collect()
}

/// Writes a workspace with a package for each attribute. What is there already and the same is left
/// alone, for cargo's sake.
fn project(cases: &BTreeMap<String, String>) -> PathBuf {
    fs::create_dir_all(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).canonicalize().unwrap().join("same_words");
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    project::workspace(&root, &ATTRIBUTES.map(|(package, _)| package));
    for (package, attribute) in ATTRIBUTES {
        let binaries = root.join(package).join("src/bin");
        let runtime = here.join("../skywalking-runtime");
        project::write(
            &root.join(package).join("Cargo.toml"),
            &format!(
                "[package]\nname = \"{package}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[dependencies.skywalking-runtime]\n\
                 path = \"{}\"\ndefault-features = false\nfeatures = [\"enabled\"]\n",
                runtime.display()
            ),
        );
        for (case, text) in cases {
            // In all of them our crate is at hand: rustc counts and lists what it knows.
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

/// One message of rustc.
#[derive(PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Said {
    line: u64,
    level: String,
    code: String,
    /// The message as the user reads it, and below it what only tools read: the exact spans and
    /// what they suggest.
    words: String,
}

/// What rustc says, by package and case.
fn check(project: &Path) -> BTreeMap<(String, String), BTreeSet<Said>> {
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
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
        // Not the one of the tests around us, which may have other flags.
        .env("CARGO_TARGET_DIR", project.join("target"))
        .output()
        .unwrap();
    let mut said: BTreeMap<_, BTreeSet<Said>> = BTreeMap::new();
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
            panic!("a dependency is not clean: {}", message["rendered"]);
        };
        let case = source.file_stem().unwrap().to_str().unwrap().to_owned();
        // Without a place it is only a count of the others.
        if let Some(place) =
            message["spans"].as_array().unwrap().iter().find(|span| span["is_primary"] == true)
        {
            let mut new = Said {
                line: place["line_start"].as_u64().unwrap(),
                level: message["level"].as_str().unwrap().to_owned(),
                code: message["code"]["code"].as_str().unwrap_or_default().to_owned(),
                words: words(message, package),
            };
            let all = said.entry(((*package).to_owned(), case)).or_default();
            while all.contains(&new) {
                new.words.push_str("said again\n");
            }
            all.insert(new);
        }
    }
    assert!(!said.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    said
}

fn words(message: &Value, package: &str) -> String {
    let (_, attribute) = ATTRIBUTES.iter().find(|(name, _)| *name == package).unwrap();
    let rendered = message["rendered"].as_str().unwrap();
    let mut words = rendered.replace(&format!("{package}/src/bin/"), "").replace(attribute, PLAIN);
    project::tools_words(message, &mut words);
    words
}

/// Why one function's faults are told otherwise.
struct Excuse {
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

impl Excuse {
    const MARKS: [(&str, Sameness); 3] = [
        ("// Other words: ", Sameness::LevelCodeAndLine),
        ("// Other fault: ", Sameness::Number),
        ("// Lost warning: ", Sameness::NothingMore),
    ];

    /// Each begins at its comment and ends before the next blank line.
    fn all_of(text: &str) -> Vec<Self> {
        let lines: Vec<&str> = text.lines().collect();
        let mut excuses = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            for (mark, sameness) in Self::MARKS {
                let Some(reason) = line.trim().strip_prefix(mark) else { continue };
                let end = (index..lines.len())
                    .find(|index| lines[*index].is_empty())
                    .unwrap_or(lines.len());
                excuses.push(Self {
                    reason: reason.to_owned(),
                    lines: index as u64 + 1..end as u64 + 1,
                    sameness,
                    needed: false,
                });
            }
        }
        excuses
    }
}

/// The messages that only one of the two has, unless they are excused.
fn difference(plain: &BTreeSet<Said>, traced: &BTreeSet<Said>, excuses: &mut [Excuse]) -> String {
    let mut report = String::new();
    let mut differing: Vec<(&str, &Said)> =
        plain.difference(traced).map(|said| ("without", said)).collect();
    differing.extend(traced.difference(plain).map(|said| ("with", said)));
    for excuse in excuses {
        let (excused, rest): (Vec<_>, Vec<_>) =
            differing.into_iter().partition(|(_, said)| excuse.lines.contains(&said.line));
        differing = rest;
        excuse.needed |= !excused.is_empty();
        let places = |who| {
            excused
                .iter()
                .filter(|(by, _)| *by == who)
                .map(|(_, said)| (said.line, &said.level, &said.code))
                .collect::<Vec<_>>()
        };
        let (without, with) = (places("without"), places("with"));
        let well = match excuse.sameness {
            Sameness::LevelCodeAndLine => without == with,
            Sameness::Number => without.len() == with.len(),
            Sameness::NothingMore => {
                with.is_empty() && without.iter().all(|(_, level, _)| *level == "warning")
            }
        };
        if !well {
            differing.extend(excused);
        }
    }
    for said in traced.iter().filter(|said| said.words.contains("attribute macro")) {
        write!(report, "--- speaks of the attribute:\n{}", said.words).unwrap();
    }
    for (who, said) in differing {
        write!(report, "--- only {who} the attribute:\n{}", said.words).unwrap();
    }
    report
}
