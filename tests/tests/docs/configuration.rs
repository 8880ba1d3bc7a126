//! Compares `docs/configuration.md` with the settings of the runtime.

use std::collections::BTreeSet;

use crate::markdown::{row_names, section};
use crate::repository::{File, files, read};

fn page() -> String {
    read("docs/configuration.md")
}

/// Returns the sources of the settings.
fn sources() -> Vec<File> {
    let is_config = |file: &File| file.path.starts_with("skywalking-runtime/src/config");
    files(&["rs"]).into_iter().filter(is_config).collect()
}

/// Returns the first cells of the table rows below a heading, without backticks.
fn rows(page: &str, heading: &str) -> BTreeSet<String> {
    row_names(section(page, heading)).map(str::to_owned).collect()
}

/// Returns the values of `const NAME: &str = "SW_..."`.
fn variables() -> BTreeSet<String> {
    let sources = sources();
    let lines = sources.iter().flat_map(|file| file.text.lines());
    let values = lines.filter_map(|line| line.split_once(": &str = \"SW_"));
    values.map(|(_, rest)| format!("SW_{}", rest.trim_end_matches("\";"))).collect()
}

#[test]
fn every_variable_is_on_the_page() {
    let (variables, page) = (variables(), page());

    assert!(variables.len() > 15, "{variables:?}");
    assert_eq!(rows(&page, "Variables"), variables);
}

#[test]
fn every_variable_has_its_names_in_other_agents() {
    let mut expected = variables();
    expected.remove("SW_AGENT_SAMPLE"); // explained below the table
    expected.insert("SW_AGENT_PROTOCOL=discard".to_owned());

    assert_eq!(rows(&page(), "Names in the other agents"), expected);
}

/// A setter of `Config` is either on the page, or sets the same as a variable. Then its
/// documentation, or the table of `Config`, names the variable.
#[test]
fn every_setter_is_on_the_page() {
    let sources = sources();
    let has_table = |file: &&File| file.text.contains("/// | `SW_AGENT_NAME` | ");
    let table = &sources.iter().find(has_table).unwrap().text;
    let mut setters = 0;
    let mut missing = Vec::new();
    for file in &sources {
        let blocks = file.text.split("\nimpl Config {").skip(1);
        let blocks = blocks.map(|block| block.split("\n}\n").next().unwrap());
        for rest in blocks.flat_map(|block| block.split("\n    pub fn ").skip(1)) {
            let (name, rest) = rest.split_once('(').unwrap();
            let name = name.split('<').next().unwrap();
            if !rest.starts_with("mut self") {
                continue;
            }
            setters += 1;
            let has_variable = table.contains(&format!("(Config::{name})"));
            if !has_variable && !page().contains(name) {
                missing.push(name);
            }
        }
    }

    assert!(setters > 20, "only {setters} setters found");
    assert!(missing.is_empty(), "not in docs/configuration.md: {missing:?}");
}
