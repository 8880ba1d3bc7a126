//! The errors and log lines that `docs/troubleshooting.md` explains, against the sources of the
//! runtime.

use crate::markdown::row_names;
use crate::repository::{File, files, read};

const PAGE: &str = "docs/troubleshooting.md";
const RUNTIME: &str = "skywalking-runtime/src/";

/// The files and folders whose texts are errors or log lines.
const MESSAGES: [&str; 17] = [
    "agent/from_config.rs",
    "agent/lines.rs",
    "config/address/parse.rs",
    "config/file.rs",
    "config/proxy.rs",
    "config/settings_file",
    "config/variables.rs",
    "error",
    "meter/refused.rs",
    "report/drain",
    "report/findings.rs",
    "report/problem_log",
    "report/program.rs",
    "report/worker",
    "self_log/writer.rs",
    "tracer.rs",
    "transports",
];

/// Texts in these files that are a part of a message, or not one.
const NOT_MESSAGES: [&str; 19] = [
    "BEGIN ENCRYPTED PRIVATE KEY",
    "CONNECT {target} HTTP/1.1",
    "Salvo runs handlers outside",
    " (is {meant} meant?)",
    " and {more} more",
    "a date or time",
    "a list with something else",
    "a number of requests per 3 seconds to the Java agent",
    "a percentage to others",
    "a rate to the Go agents",
    "exceeds maximum size",
    "it is off",
    "larger than max",
    "no limit to the Java agent",
    "starts a new trace each time",
    "the file with the token",
    "the files of TLS",
    "; as a percentage it is the rate",
    "this build has none",
];

/// Rows about texts of libraries.
const OF_LIBRARIES: [&str; 8] = [
    "CaUsedAsEndEntity",
    "CertificateExpired",
    "CertificateRequired",
    "CertificateUnknown",
    "UnknownCA",
    "frame with invalid size",
    "invalid HTTP",
    "stream closed because of a broken pipe",
];

/// Returns the text with string literals that continue on the next line joined.
fn joined(text: &str) -> String {
    let mut lines = text.split("\\\n");
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold(first, |joined, line| joined + line.trim_start())
}

/// Returns the string literals of a source without its tests, comments and reasons of lints.
fn literals(source: &str) -> Vec<String> {
    let code = source.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = code.lines().filter(|line| {
        let line = line.trim_start();
        !line.starts_with("//") && !line.contains("reason = \"")
    });
    let code = joined(&lines.collect::<Vec<_>>().join("\n"));
    let (mut literals, mut literal) = (Vec::new(), None::<String>);
    let mut characters = code.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, &mut literal) {
            // A quotation mark as a character.
            ('\'', None) if characters.next_if_eq(&'"').is_some() => {}
            ('"', None) => literal = Some(String::new()),
            ('"', Some(_)) => literals.extend(literal.take()),
            ('\\', Some(text)) => {
                text.extend([Some('\\'), characters.next()].into_iter().flatten());
            }
            (other, Some(text)) => text.push(other),
            (_, None) => {}
        }
    }
    literals
}

/// Returns true for a text of at least three words, without placeholders.
fn is_message(text: &str) -> bool {
    let words = text.split_whitespace();
    let is_word =
        |word: &&str| word.chars().all(|c| c.is_ascii_alphabetic() || ",;:.'".contains(c));
    words.filter(is_word).count() >= 3
}

/// Returns the files of messages, without those of tests.
fn sources() -> Vec<File> {
    let is_source = |file: &File| {
        let path = file.path.strip_prefix(RUNTIME);
        path.is_some_and(|path| {
            !path.contains("tests") && MESSAGES.iter().any(|start| path.starts_with(start))
        })
    };
    files(&["rs"]).into_iter().filter(is_source).collect()
}

#[test]
fn every_message_of_the_sources_is_on_the_page() {
    let page = read(PAGE);
    let rows: Vec<_> = row_names(&page).collect();
    let is_known = |text: &str| {
        rows.iter().chain(&NOT_MESSAGES).any(|row| text.contains(row))
            || rows.contains(&format!("{text} has not ended").as_str())
    };
    let mut found = 0;
    let mut missing = Vec::new();
    for file in sources() {
        let messages = literals(&file.text).into_iter().filter(|text| is_message(text));
        for message in messages {
            found += 1;
            if !is_known(&message) {
                missing.push(format!("{}: {message}", file.path));
            }
        }
    }

    assert!(found > 150, "only {found} messages found");
    assert!(missing.is_empty(), "not in {PAGE}: {missing:#?}");
}

#[test]
fn every_row_of_the_page_is_in_the_sources() {
    let page = read(PAGE);
    let (_, tables) = page.split_once("\n## What the errors at the start mean\n").unwrap();
    let sources: Vec<_> = sources().iter().flat_map(|file| literals(&file.text)).collect();
    let is_known = |row: &str| {
        let text = row.strip_suffix(" has not ended").unwrap_or(row);
        OF_LIBRARIES.contains(&row) || sources.iter().any(|source| source.contains(text))
    };
    let rows: Vec<_> = row_names(tables).collect();
    let unknown: Vec<_> = rows.iter().filter(|row| !is_known(row)).collect();

    assert!(rows.len() > 100, "only {} rows", rows.len());
    assert!(unknown.is_empty(), "no message contains {unknown:#?}");
}

#[test]
fn literals_are_found_without_comments_and_tests() {
    let source =
        "// \"no\"\nf(\"a \\\n    b\", '\"', \"c \\\"d\\\"\");\n#[cfg(test)]\nmod tests {\n\"e\"";

    assert_eq!(literals(source), ["a b", "c \\\"d\\\""]);
}
