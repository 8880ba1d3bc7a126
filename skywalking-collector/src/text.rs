//! Untrusted text in messages: quoted, escaped and shortened.

/// The longest quoted text, in characters.
const MAX_QUOTED: usize = 60;

/// Returns the text in quotes, escaped, and cut to [`MAX_QUOTED`] characters.
pub(crate) fn quoted(text: &str) -> String {
    format!("{:?}", shorten(text, MAX_QUOTED))
}

/// Returns at most `max_chars` characters of the text. A cut text ends with `…`.
pub(crate) fn shorten(text: &str, max_chars: usize) -> String {
    match text.char_indices().nth(max_chars) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_text_is_escaped_and_short() {
        assert_eq!(quoted("a\x1b[31m"), r#""a\u{1b}[31m""#);
        assert_eq!(quoted(&"é".repeat(1_000_000)).chars().count(), 63);
    }
}
