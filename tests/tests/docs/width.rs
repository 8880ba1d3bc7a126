//! The width of lines of Markdown, and of the collector's pages.

use crate::markdown::split;
use crate::repository::files;

const WIDTH: usize = 100;

/// The changelog is not rewrapped.
const ALLOWED: [&str; 1] = ["CHANGELOG.md"];

#[test]
fn lines_of_markdown_are_at_most_100_wide() {
    let mut wide = Vec::new();
    for file in files(&["md"]) {
        if ALLOWED.iter().any(|allowed| file.path.starts_with(allowed)) {
            continue;
        }
        for (number, line) in split(&file.text).1 {
            // Rows of tables and links cannot be wrapped.
            let fixed =
                line.starts_with('|') || line.trim().starts_with("](") || line.starts_with('[');
            if !fixed && line.chars().count() > WIDTH {
                wide.push(format!("{}:{number}", file.path));
            }
        }
    }

    assert!(wide.is_empty(), "lines over {WIDTH} columns: {wide:#?}");
}

#[test]
fn lines_of_pages_are_at_most_100_wide() {
    let mut wide = Vec::new();
    for file in files(&["css", "html", "js"]) {
        let lines = file.text.lines().enumerate().filter(|(_, line)| line.chars().count() > WIDTH);
        wide.extend(lines.map(|(index, _)| format!("{}:{}", file.path, index + 1)));
    }

    assert!(wide.is_empty(), "lines over {WIDTH} columns: {wide:#?}");
}
