//! The width of Markdown lines.

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
