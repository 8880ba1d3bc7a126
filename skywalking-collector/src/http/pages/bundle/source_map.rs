//! The source map of a bundle: the line of a module for each of its lines in the bundle.
//! The format is ECMA-426.

use serde_json::json;

/// Where each module is in a script.
#[derive(Debug, Default)]
pub(super) struct SourceMap<'a> {
    modules: Vec<Placed<'a>>,
    /// The bytes and lines of the script so far.
    bytes: usize,
    lines: usize,
}

#[derive(Debug)]
struct Placed<'a> {
    path: &'a str,
    source: &'a str,
    /// Its first line in the script, from 0.
    line: usize,
}

impl<'a> SourceMap<'a> {
    /// Adds a module that is written next to `script`, with as many lines as its source.
    pub(super) fn add(&mut self, path: &'a str, source: &'a str, script: &str) {
        self.lines += script.get(self.bytes..).unwrap_or_default().matches('\n').count();
        self.bytes = script.len();
        self.modules.push(Placed { path, source, line: self.lines });
    }

    pub(super) fn to_json(&self) -> String {
        let paths = self.modules.iter().map(|module| format!("modules/{}", module.path));
        let sources = self.modules.iter().map(|module| module.source);
        json!({
            "version": 3,
            "sources": paths.collect::<Vec<_>>(),
            "sourcesContent": sources.collect::<Vec<_>>(),
            "names": [],
            "mappings": self.mappings(),
        })
        .to_string()
    }

    /// Returns the differences of column, source, line and column for each line.
    fn mappings(&self) -> String {
        let mut mappings = String::new();
        let (mut next_line, mut last_of_source) = (0, 0);
        for (number, module) in self.modules.iter().enumerate() {
            mappings.extend(std::iter::repeat_n(';', module.line - next_line));
            let lines = module.source.lines().count();
            for line in 0..lines {
                if line == 0 {
                    mappings.push_str(if number == 0 { "AA" } else { "AC" });
                    negative_digits(last_of_source, &mut mappings);
                } else {
                    mappings.push_str("AAC");
                }
                mappings.push_str("A;");
            }
            (next_line, last_of_source) = (module.line + lines, lines.saturating_sub(1));
        }
        mappings
    }
}

/// Writes the number times -1 as a base 64 VLQ: five bits a digit, the lowest first, in which the
/// first bit is the sign.
fn negative_digits(number: usize, output: &mut String) {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut rest = if number == 0 { 0 } else { number << 1 | 1 };
    loop {
        let more = if rest > 0b1_1111 { 0b10_0000 } else { 0 };
        let digit = rest & 0b1_1111 | more;
        output.extend(DIGITS.chars().nth(digit));
        rest >>= 5;
        if more == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn numbers_are_base_64_vlq() {
        let digits = |number| {
            let mut output = String::new();
            negative_digits(number, &mut output);
            output
        };
        assert_eq!([0, 1, 15, 16, 123, 1000].map(digits), ["A", "D", "f", "hB", "3H", "x+B"]);
    }

    #[test]
    fn lines_map_to_their_modules() {
        let mut map = SourceMap::default();
        map.add("a.js", "1\n2\n", "head\nof a\n");
        map.add("b.js", "1\n", "head\nof a\n1\n2\nof b\n");

        let map: Value = serde_json::from_str(&map.to_json()).expect("JSON");
        let expected = json!({
            "version": 3,
            "sources": ["modules/a.js", "modules/b.js"],
            "sourcesContent": ["1\n2\n", "1\n"],
            "names": [],
            "mappings": ";;AAAA;AACA;;ACDA;",
        });
        assert_eq!(map, expected);
    }
}
