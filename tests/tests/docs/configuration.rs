//! Compares `docs/configuration.md` and the table of `Config` with the runtime's table of variables.
//!
//! `UPDATE_SETTINGS=1` writes the tables.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::{env, fs};

use skywalking_runtime::config::{FileValue, OtherAgent, Usage, Variable, variables};

use crate::markdown::row_names;
use crate::repository::{File, files, read, root};

const PAGE: &str = "docs/configuration.md";
const OF_CONFIG: &str = "skywalking-runtime/docs/settings.md";
const AGENTS: [(OtherAgent, &str); 4] = [
    (OtherAgent::Java, "Java agent"),
    (OtherAgent::Go2sky, "go2sky"),
    (OtherAgent::Go, "skywalking-go"),
    (OtherAgent::Python, "Python agent"),
];

/// The settings: name, agents, meaning, default, method.
fn used() -> impl Iterator<Item = (&'static Variable, [&'static str; 3])> {
    variables().filter_map(|variable| match variable.usage {
        Usage::Used { meaning, default, method, .. } => {
            Some((variable, [meaning, default, method]))
        }
        _ => None,
    })
}

/// Returns a table of Markdown.
fn table<const N: usize>(heads: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut table = format!("| {} |\n|{}\n", heads.join(" | "), " --- |".repeat(N));
    for row in rows {
        let cells = row.map(|cell| cell.replace('|', "\\|"));
        writeln!(table, "| {} |", cells.join(" | ")).unwrap();
    }
    table
}

fn meanings() -> String {
    let rows = used().map(|(variable, [meaning, default, _])| {
        let in_file = in_file(variable).to_owned();
        [format!("`{}`", variable.name), meaning.to_owned(), default.to_owned(), in_file]
    });
    table(["variable", "meaning", "default", "in a file"], rows)
}

/// Returns the type of a setting in a file.
fn in_file(variable: &Variable) -> &'static str {
    let Usage::Used { in_file, method, .. } = variable.usage else { panic!("{variable:?}") };
    match in_file {
        // The file itself.
        _ if method == "from_env" => "-",
        FileValue::Text => "string",
        FileValue::Integer => "integer",
        FileValue::Number => "number",
        FileValue::Switch => "boolean",
        FileValue::List => "list",
        other => panic!("{other:?}"),
    }
}

fn names() -> String {
    let of = |variable: &Variable, agent: OtherAgent| {
        let mut names = Vec::new();
        if variable.agents.contains(&agent) {
            names.push("same".to_owned());
        }
        let is_other = |other: &&Variable| {
            other.agents.contains(&agent) && other.usage == Usage::Alias { of: variable.name }
        };
        names.extend(variables().filter(is_other).map(|other| format!("`{}`", other.name)));
        if names.is_empty() { "-".to_owned() } else { names.join(", ") }
    };
    let rows = used().map(|(variable, _)| {
        let [java, go2sky, go, python] = AGENTS.map(|(agent, _)| of(variable, agent));
        [format!("`{}`", variable.name), java, go2sky, go, python]
    });
    let [java, go2sky, go, python] = AGENTS.map(|(_, name)| name);
    table(["here", java, go2sky, go, python], rows)
}

fn without_effect() -> String {
    let rows = variables().filter_map(|variable| {
        let reason = match variable.usage {
            Usage::Ignored { reason } => reason.to_owned(),
            Usage::Refused { reason } => format!("an error, unless `false`: {reason}"),
            _ => return None,
        };
        let agents = AGENTS.iter().filter(|(agent, _)| variable.agents.contains(agent));
        let agents: Vec<_> = agents.map(|(_, name)| *name).collect();
        Some([format!("`{}`", variable.name), agents.join(", "), reason])
    });
    table(["variable", "agents", "reason"], rows)
}

fn methods() -> String {
    let rows = used().map(|(variable, [_, default, method])| {
        [
            format!("`{}`", variable.name),
            format!("[`{method}`](Config::{method})"),
            default.to_owned(),
        ]
    });
    table(["variable", "method", "default"], rows)
}

/// Returns the page with the first table below a heading replaced.
fn replaced(page: &str, heading: &str, table: &str) -> String {
    let (before, after) = page.split_once(&format!("\n## {heading}\n")).expect("the heading");
    let from = after.find("\n| ").expect("a table") + 1;
    let to = from + after[from..].find("\n\n").map_or(after.len() - from, |end| end + 1);
    format!("{before}\n## {heading}\n{}{table}{}", &after[..from], &after[to..])
}

fn compare(path: &str, expected: &str) {
    if env::var_os("UPDATE_SETTINGS").is_some() {
        fs::write(root().join(path), expected).unwrap();
    }
    let matches = read(path) == expected;
    assert!(matches, "{path} is out of date: UPDATE_SETTINGS=1 regenerates it");
}

#[test]
fn page_has_the_tables_of_the_code() {
    let page = read(PAGE);
    let page = replaced(&page, "Variables", &meanings());
    let page = replaced(&page, "Names in the other agents", &names());
    let page = replaced(&page, "Variables without effect", &without_effect());

    compare(PAGE, &page);
}

#[test]
fn documentation_of_config_has_the_table_of_the_code() {
    compare(OF_CONFIG, &methods());
}

/// Returns the sources of the settings.
fn sources() -> Vec<File> {
    let is_config = |file: &File| file.path.starts_with("skywalking-runtime/src/config");
    files(&["rs"]).into_iter().filter(is_config).collect()
}

/// Returns the setters of `Config`.
fn setters() -> BTreeSet<String> {
    let mut setters = BTreeSet::new();
    for file in sources() {
        let blocks = file.text.split("\nimpl Config {").skip(1);
        let blocks = blocks.map(|block| block.split("\n}\n").next().unwrap());
        for rest in blocks.flat_map(|block| block.split("\n    pub fn ").skip(1)) {
            let (name, rest) = rest.split_once('(').unwrap();
            let name = name.split('<').next().unwrap();
            if rest.trim_start().starts_with("mut self") {
                setters.insert(name.to_owned());
            }
        }
    }
    assert!(setters.len() > 20, "only {setters:?} found");
    setters
}

/// A setter sets the same as a variable, or is in the table of settings in code.
#[test]
fn every_setter_is_on_the_page() {
    let page = read(PAGE);
    let (_, in_code) = page.split_once("\n## In code\n").unwrap();
    let mut known: BTreeSet<_> = row_names(in_code).map(str::to_owned).collect();
    known.extend(used().map(|(_, [_, _, method])| method.to_owned()));
    known.insert("env_overrides".to_owned());
    let missing: Vec<_> = setters().into_iter().filter(|name| !known.contains(name)).collect();

    assert!(missing.is_empty(), "not in {PAGE}: {missing:?}");
}

/// A variable that is read by its name only must be in the table.
#[test]
fn every_name_in_the_sources_is_in_the_table() {
    let sources = sources();
    let lines = sources.iter().flat_map(|file| file.text.lines());
    let values = lines.filter_map(|line| line.split_once(": &str = \"SW_"));
    let names: BTreeSet<_> =
        values.map(|(_, rest)| format!("SW_{}", rest.trim_end_matches("\";"))).collect();
    let known: BTreeSet<_> = used().map(|(variable, _)| variable.name.to_owned()).collect();

    assert_eq!(names, known);
}
