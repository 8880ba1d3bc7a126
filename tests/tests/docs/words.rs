//! Words that documentation, comments and names avoid: `words.txt`.

use std::fmt::Write as _;

use crate::repository::files;

const WORDS: &str = include_str!("words.txt");

/// The list, and files that tools generate.
const SKIPPED: [&str; 4] = [
    "tests/tests/docs/words",
    "proto/src/generated",
    "CHANGELOG.md",
    "skywalking-runtime/docs/expansions",
];

/// Returns the phrases of the list.
fn phrases() -> impl Iterator<Item = &'static str> {
    let lines = WORDS.lines().map(str::trim);
    let entries = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    entries.map(|entry| entry.split_once(" | ").expect("`phrase | what to write`").0)
}

/// Removes the marks of comments, and returns the text in lower case with `_` as a space and single
/// spaces.
fn plain(text: &str) -> String {
    let mut plain = String::from(" ");
    for line in text.lines() {
        let line = line.trim_start();
        let line = line.trim_start_matches(['/', '!']).trim_start();
        for word in line.split([' ', '_']).filter(|word| !word.is_empty()) {
            plain.push_str(&word.to_lowercase());
            plain.push(' ');
        }
    }
    plain
}

/// Plain English that contains a phrase of the list.
const FINE: [&str; 2] = ["there is no ", "is no longer "];

/// Counts a phrase in a text, as whole words.
fn count(plain: &str, phrase: &str) -> usize {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let matches = plain.match_indices(phrase);
    matches
        .filter(|(at, _)| {
            !is_word(plain[..*at].chars().next_back())
                && !is_word(plain[at + phrase.len()..].chars().next())
        })
        .count()
}

#[test]
fn words_of_the_list_are_not_used() {
    let files = files(&["css", "html", "js", "md", "rs", "stderr", "toml", "yml"]);
    let mut problems = String::new();
    for file in files.iter().filter(|file| !SKIPPED.iter().any(|path| file.path.starts_with(path)))
    {
        let plain = FINE.iter().fold(plain(&file.text), |text, fine| text.replace(fine, ""));
        for phrase in phrases() {
            let found = count(&plain, phrase);
            if found > 0 {
                writeln!(problems, "{}: {phrase:?}, {found} times", file.path).unwrap();
            }
        }
    }
    assert!(problems.is_empty(), "words of tests/tests/docs/words.txt:\n{problems}");
}

#[test]
fn phrases_match_whole_words_across_lines() {
    let text = plain("//! What is\n//! told to the_way_out, untold.");

    assert_eq!(count(&text, "told"), 1);
    assert_eq!(count(&text, "is told"), 1);
    assert_eq!(count(&text, "way out"), 1);
    assert_eq!(count(&text, "way"), 1);
}
