//! Untrusted text, escaped and fitted into columns.

use unicode_width::UnicodeWidthChar as _;

use super::invisible::is_invisible;

/// Replaces each character that could move the cursor, change colors, reorder the line or be
/// invisible by a control picture or an escape.
fn escaped(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(|character| {
        let escape = is_invisible(character).then(|| character.escape_unicode());
        // Control pictures are readable and take one column.
        let shown = match character {
            '\0'..='\x1f' => {
                char::from_u32(0x2400 + u32::from(character)).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            '\x7f' => '\u{2421}',
            other => other,
        };
        let shown = escape.is_none().then_some(shown);
        shown.into_iter().chain(escape.into_iter().flatten())
    })
}

/// Returns the whole text, escaped.
pub(super) fn escape(text: &str) -> String {
    escaped(text).collect()
}

/// Returns the escaped text, cut to this many columns. A cut text ends with `…`.
pub(super) fn fit(text: &str, columns: usize) -> String {
    // Combining marks take no column, so their number is limited too.
    let max_chars = 2 * columns + 8;
    let mut fitted = String::new();
    let (mut used, mut taken) = (0, 0);
    // The length to cut to if the text is too long, which leaves a column for the `…`.
    let mut cut = 0;
    for character in escaped(text) {
        used += character.width().unwrap_or(0);
        taken += 1;
        if used > columns || taken > max_chars {
            fitted.truncate(cut);
            if columns > 0 {
                fitted.push('…');
            }
            return fitted;
        }
        fitted.push(character);
        if used < columns {
            cut = fitted.len();
        }
    }
    fitted
}

/// Like [`fit`], padded with spaces.
pub(super) fn pad(text: &str, columns: usize) -> String {
    let mut fitted = fit(text, columns);
    let used = width(&fitted);
    fitted.extend(std::iter::repeat_n(' ', columns.saturating_sub(used)));
    fitted
}

/// Returns the escaped text in lines of at most this many columns, broken at spaces if possible,
/// and at most six lines. A cut text ends with `…`.
pub(super) fn wrap(text: &str, columns: usize) -> impl Iterator<Item = String> + use<> {
    const LINES: usize = 6;
    let mut characters = escaped(text);
    let text: String = characters.by_ref().take(LINES * columns).collect();
    let is_cut = characters.next().is_some();
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut word = word.to_owned();
        loop {
            let last = lines.last_mut().map_or(0, |line| width(line));
            let gap = usize::from(last > 0);
            if last + gap + width(&word) <= columns {
                if let Some(line) = lines.last_mut() {
                    line.extend(std::iter::repeat_n(' ', gap));
                    line.push_str(&word);
                }
                break;
            }
            if last > 0 {
                lines.push(String::new());
                continue;
            }
            // The word is longer than a line.
            let cut = prefix_len(&word, columns);
            let rest = word.split_off(cut);
            if let Some(line) = lines.last_mut() {
                line.push_str(&word);
            }
            if rest.is_empty() || cut == 0 {
                break;
            }
            lines.push(String::new());
            word = rest;
        }
    }
    if is_cut || lines.len() > LINES {
        lines.truncate(LINES);
        if let Some(line) = lines.last_mut() {
            *line = fit(&format!("{line}…"), columns);
        }
    }
    lines.into_iter()
}

/// Returns the length in bytes of the longest prefix that fits into this many columns.
fn prefix_len(text: &str, columns: usize) -> usize {
    let mut used = 0;
    for (at, character) in text.char_indices() {
        used += character.width().unwrap_or(0);
        if used > columns {
            return at;
        }
    }
    text.len()
}

/// Returns the number of columns of an escaped text.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(|character| character.width().unwrap_or(0)).sum()
}

/// Formats a number and its noun, in plural if necessary.
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Formats milliseconds in at most nine columns.
pub(super) fn duration(ms: u64) -> String {
    const SECOND: u64 = 1_000;
    const MINUTE: u64 = 60 * SECOND;
    const HOUR: u64 = 60 * MINUTE;
    match ms {
        0..10_000 => format!("{ms} ms"),
        10_000..600_000 => format!("{}.{} s", ms / SECOND, ms % SECOND / 100),
        600_000..36_000_000 => format!("{} min", ms / MINUTE),
        36_000_000..360_000_000_000 => format!("{} h", ms / HOUR),
        _ => "> 11 y".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn control_characters_are_replaced() {
        assert_eq!(fit("\x1b[31mred\x1b[0m\r\n\t\u{7}", 80), "␛[31mred␛[0m␍␊␉␇");
        assert_eq!(
            fit("\u{9b}31m\u{202e}abc\u{2066}\u{200b}\u{feff}\x7f", 80),
            r"\u{9b}31m\u{202e}abc\u{2066}\u{200b}\u{feff}␡"
        );
    }

    #[test]
    fn invisible_characters_are_escaped() {
        assert_eq!(
            fit("pay\u{ad}ment \u{115f}\u{3164}❤\u{fe0f}\u{a0}x", 80),
            r"pay\u{ad}ment \u{115f}\u{3164}❤\u{fe0f}\u{a0}x"
        );
        assert_eq!(fit("a\u{ad}b", 7), r"a\u{ad…");
        let lines: Vec<_> = wrap("of \"a\u{3164}\" and \"a\"", 20).collect();
        assert_eq!(lines, [r#"of "a\u{3164}" and"#, r#""a""#]);
    }

    #[test]
    fn text_is_cut_by_columns_with_an_ellipsis() {
        assert_eq!(fit("/API/Snapshot", 13), "/API/Snapshot");
        assert_eq!(fit("/API/Snapshot", 12), "/API/Snapsh…");
        assert_eq!(fit("数据库查询", 10), "数据库查询");
        assert_eq!(fit("数据库查询", 9), "数据库查…");
        assert_eq!(fit("数据库查询", 8), "数据库…");
        assert_eq!(
            (fit("ab", 1), fit("ab", 0), fit("", 0)),
            ("…".into(), String::new(), String::new())
        );
    }

    #[test]
    fn combining_marks_are_limited() {
        assert!(fit(&format!("a{}", "\u{301}".repeat(1_000_000)), 10).chars().count() < 40);
    }

    #[test]
    fn duration_takes_at_most_nine_columns() {
        let shown = [0, 12, 9_999, 10_000, 599_999, 600_000, 36_000_000, u64::MAX].map(duration);
        assert_eq!(
            shown,
            ["0 ms", "12 ms", "9999 ms", "10.0 s", "599.9 s", "10 min", "10 h", "> 11 y"]
        );
        assert!(
            [9_999, 599_999, 35_999_999, 359_999_999_999].iter().all(|ms| duration(*ms).len() <= 9)
        );
    }

    #[test]
    fn lines_break_at_spaces_and_inside_long_words() {
        let lines = |text: &str, columns| wrap(text, columns).collect::<Vec<_>>();

        assert_eq!(lines("an Exit without a peer", 10), ["an Exit", "without a", "peer"]);
        assert_eq!(lines("a 数据库查询 b", 6), ["a", "数据库", "查询 b"]);
        assert_eq!(lines("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(lines("", 3), [""]);
        assert_eq!(lines("\x1b[2J", 9), ["␛[2J"]);
        let cut = lines(&"word ".repeat(1_000), 10);
        assert_eq!((cut.len(), cut[5].as_str()), (6, "word word…"));
        assert_eq!(lines(&"abcdefghij".repeat(7), 10)[5], "abcdefghi…");
        assert_eq!(lines(&"abcdefghij".repeat(6), 10)[5], "abcdefghij");
    }

    proptest! {
        #[test]
        fn wrapped_text_fits_without_controls(text in any::<String>(), columns in 2usize..40) {
            for line in wrap(&text, columns) {
                prop_assert!(width(&line) <= columns && !line.chars().any(char::is_control));
            }
        }

        #[test]
        fn padded_text_fits_without_controls(text in any::<String>(), columns in 0usize..40) {
            let padded = pad(&text, columns);
            prop_assert_eq!(width(&padded), columns);
            prop_assert!(!padded.chars().any(char::is_control));
        }
    }
}
