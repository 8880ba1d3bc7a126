//! Blocks with the text of a program, and blocks with the output of a program.

use std::process::Command;

use crate::markdown::split;
use crate::repository::{File, files, read, root};

/// Returns the blocks of a page below `<!-- MARK: VALUE -->`, with their values.
fn marked<'a>(file: &'a File, mark: &str) -> Vec<(&'a str, String)> {
    let lines: Vec<_> = file.text.lines().collect();
    let blocks = split(&file.text).0.into_iter();
    let marked = blocks.filter_map(|block| {
        let above = lines[..block.line - 1].last()?;
        let value = above.strip_prefix("<!-- ")?.strip_suffix(" -->")?.strip_prefix(mark)?;
        Some((value.strip_prefix(": ")?, block.text))
    });
    marked.collect()
}

#[test]
fn blocks_from_programs_are_their_text() {
    let mut seen = 0;
    for file in files(&["md"]) {
        for (path, text) in marked(&file, "from") {
            let source = read(path);
            assert!(source.contains(&text), "{}: {path} does not contain:\n{text}", file.path);
            seen += 1;
        }
    }

    assert!(seen > 0);
}

#[test]
fn output_blocks_are_what_the_commands_print() {
    let mut seen = 0;
    for file in files(&["md"]) {
        for (command, expected) in marked(&file, "output") {
            let arguments = command.strip_prefix("cargo ").expect("a cargo command").split(' ');
            let output =
                Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().unwrap();
            assert!(output.status.success(), "{command}: {output:?}");
            let printed = String::from_utf8(output.stdout).unwrap();
            assert_eq!(stable(&printed), stable(&expected), "{}: {command}", file.path);
            seen += 1;
        }
    }

    assert!(seen > 1);
}

/// Replaces ids and durations, and removes the bars after the durations.
fn stable(text: &str) -> String {
    let mut stable = String::new();
    for line in text.trim().lines() {
        let line = line.split_once(" [").map_or(line, |(before, _)| before);
        let line = line.strip_prefix("trace ").map_or(line, |_| "trace ID");
        let mut words: Vec<_> = line.split_whitespace().collect();
        if let Some(at) = words.iter().position(|word| word.trim_end_matches(',') == "ms") {
            words[at - 1] = "N";
        }
        let indent = line.len() - line.trim_start().len();
        stable.push_str(&" ".repeat(indent));
        stable.push_str(&words.join(" "));
        stable.push('\n');
    }
    stable
}

#[test]
fn ids_and_durations_are_replaced() {
    let text = "trace a.2.3\n\n4 spans, 7 ms\nEntry /a  b  7 ms [== ]\n  Exit /2  b  0 ms [ =]\n";
    assert_eq!(stable(text), "trace ID\n\n4 spans, N ms\nEntry /a b N ms\n  Exit /2 b N ms\n");
}

/// CI runs the test command and the main programs as in the README, and keeps their output.
#[test]
fn ci_runs_the_readmes_commands() {
    let (readme, ci) = (read("README.md"), read(".ci/run"));
    for command in
        ["cargo test --workspace", "cargo run --bin snapshot", "cargo run --bin mack -- demo"]
    {
        let in_block = readme.lines().any(|line| line == command);
        assert!(in_block || readme.contains(&format!("`{command}`")), "README.md: {command}");
        let kept = [format!("kept {command}"), format!("kept {command} -- --show-output")];
        assert!(ci.lines().any(|line| kept.iter().any(|kept| line == kept)), ".ci/run: {command}");
    }
}
