//! Parses headings, fenced blocks, code spans and links of Markdown.

use std::collections::HashMap;

/// A fenced block.
pub(crate) struct Block<'a> {
    /// The language after the fence: `rust,no_run`, `toml`, ...
    pub(crate) language: &'a str,
    pub(crate) text: String,
    /// The line number of the fence.
    pub(crate) line: usize,
}

/// Splits a page into its fenced blocks and its other lines with their numbers.
pub(crate) fn split(page: &str) -> (Vec<Block<'_>>, Vec<(usize, &str)>) {
    let (mut blocks, mut lines) = (Vec::new(), Vec::new());
    let mut open: Option<Block> = None;
    for (index, line) in page.lines().enumerate() {
        let fence = line.trim_start().strip_prefix("```");
        match (&mut open, fence) {
            (None, Some(language)) => {
                open =
                    Some(Block { language: language.trim(), text: String::new(), line: index + 1 });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => lines.push((index + 1, line)),
        }
    }
    assert!(open.is_none(), "unclosed fenced block");
    (blocks, lines)
}

/// Returns the text from a heading of the second level to the next one.
pub(crate) fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let (_, section) = page.split_once(&format!("\n## {heading}\n")).expect("the heading");
    section.split("\n## ").next().unwrap()
}

/// Returns the code spans that start the rows of tables.
pub(crate) fn row_names(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|row| Some(row.strip_prefix("| `")?.split_once('`')?.0))
}

/// Returns the contents of the code spans of a page.
pub(crate) fn code_spans(page: &str) -> Vec<String> {
    let lines: Vec<_> = split(page).1.into_iter().map(|(_, line)| line).collect();
    lines.join("\n").split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Returns the anchors that GitHub creates for the headings of a page.
pub(crate) fn anchors(page: &str) -> Vec<String> {
    let mut seen = HashMap::new();
    let headings = split(page).1.into_iter().filter_map(|(_, line)| {
        let text = line.trim_start_matches('#');
        (text.len() < line.len() && text.starts_with(' ')).then(|| text.trim())
    });
    headings
        .map(|heading| {
            let slug: String = heading
                .to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect();
            let number = seen.entry(slug.clone()).and_modify(|n| *n += 1).or_insert(0);
            if *number == 0 { slug } else { format!("{slug}-{number}") }
        })
        .collect()
}

/// Returns the targets of the links of a page, `[text](target)`, outside of code.
pub(crate) fn links(page: &str) -> Vec<String> {
    let text: Vec<_> = split(page).1.into_iter().map(|(_, line)| without_code(line)).collect();
    let text = text.join("\n");
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    targets.map(|(target, _)| target.trim().to_owned()).collect()
}

/// Removes the contents of code spans from a line.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect()
}

#[test]
fn anchors_are_those_of_github() {
    let page = "# The `sw8` header\n\n## A.b, c?\n```\n# no heading\n```\n## A.b, c?\n";
    assert_eq!(anchors(page), ["the-sw8-header", "ab-c", "ab-c-1"]);
}

#[test]
fn links_in_code_are_skipped() {
    let page = "[a](b.md#c) and `[d](e)` [`f`](g)\n```text\n[h](i)\n```\n";
    assert_eq!(links(page), ["b.md#c", "g"]);
}
