//! Compares the measured numbers in the README with `docs/results`.

use crate::markdown::section;
use crate::repository::read;

/// Returns the numbers in a text, without the spaces between thousands.
fn numbers(text: &str) -> Vec<String> {
    let mut numbers = vec![String::new()];
    let characters: Vec<_> = text.chars().collect();
    for (at, character) in characters.iter().enumerate() {
        let number = numbers.last_mut().unwrap();
        let next_is_digit = characters.get(at + 1).is_some_and(char::is_ascii_digit);
        match character {
            '0'..='9' => number.push(*character),
            '.' if !number.is_empty() && next_is_digit => number.push('.'),
            ' ' if !number.is_empty() && next_is_digit => {}
            _ => numbers.push(String::new()),
        }
    }
    numbers.retain(|number| !number.is_empty());
    numbers
}

#[test]
fn numbers_in_the_readme_are_those_of_the_results() {
    let readme = read("README.md");
    let lines = section(&readme, "Why this library").lines();
    let table: Vec<_> = lines.filter(|line| line.starts_with('|')).collect();
    let request = table.iter().position(|row| row.starts_with("| **a request**")).unwrap();
    let functions = table.iter().position(|row| row.starts_with("| **1 000")).unwrap();
    for (rows, results) in [
        (&table[request..functions], "docs/results/http-overhead.md"),
        (&table[functions..], "docs/results/compile-cost-release.md"),
    ] {
        let measured = numbers(&read(results));
        let cells = rows.iter().flat_map(|row| row.split('|').skip(2));
        let shown: Vec<_> = cells.flat_map(numbers).collect();
        assert!(shown.len() >= 6, "{shown:?}");
        let other: Vec<_> = shown.iter().filter(|number| !measured.contains(number)).collect();
        assert!(other.is_empty(), "{results} does not have {other:?}");
    }
}

#[test]
fn numbers_have_no_spaces_between_thousands() {
    assert_eq!(numbers("8 519 | 0.87 (1.2 to 3)."), ["8519", "0.87", "1.2", "3"]);
}
