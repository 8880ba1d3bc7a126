//! Untrusted text: quoted, escaped and shortened for messages, and searched.

/// The longest quoted text, in characters.
const MAX_QUOTED: usize = 60;

/// Returns the text in quotes, escaped, and cut to [`MAX_QUOTED`] characters.
pub(crate) fn quoted(text: &str) -> String {
    format!("{:?}", shorten(text, MAX_QUOTED))
}

/// Returns at most `max_chars` characters of the text. A cut text ends with `…`.
pub(crate) fn shorten(text: &str, max_chars: usize) -> String {
    let head = head(text, max_chars);
    if head.len() < text.len() { format!("{head}…") } else { text.to_owned() }
}

/// Returns the first `max_chars` characters of the text.
pub(crate) fn head(text: &str, max_chars: usize) -> &str {
    // A text has at least as many bytes as characters, so most texts return here.
    if text.len() <= max_chars {
        return text;
    }
    text.char_indices().nth(max_chars).map_or(text, |(at, _)| &text[..at])
}

/// A text to look for in other texts, whatever the case of its letters.
#[derive(Debug, Clone)]
pub(crate) struct Needle {
    lowercase: String,
}

impl Needle {
    pub(crate) fn new(text: &str) -> Self {
        Self { lowercase: text.to_lowercase() }
    }

    pub(crate) fn is_in(&self, text: &str) -> bool {
        let needle = self.lowercase.as_bytes();
        let Some(first) = needle.first() else { return true };
        if !text.is_ascii() {
            return text.to_lowercase().contains(&self.lowercase);
        }
        // An ASCII text is searched without a copy of it.
        let mut rest = text.as_bytes();
        while let Some(at) = rest.iter().position(|byte| byte.to_ascii_lowercase() == *first) {
            rest = &rest[at..];
            match rest.get(..needle.len()) {
                None => return false,
                Some(head) if head.eq_ignore_ascii_case(needle) => return true,
                Some(_) => rest = &rest[1..],
            }
        }
        false
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

    #[test]
    fn head_is_cut_between_characters() {
        assert_eq!((head("aé🦀x", 3), head("aé🦀", 3), head("", 0)), ("aé🦀", "aé🦀", ""));
    }
    #[test]
    fn needle_is_found_in_any_case() {
        for (needle, text, expected) in [
            ("", "", true),
            ("a", "", false),
            ("ab", "aAaB", true),
            ("aab", "aaab", true),
            ("abc", "ab", false),
            ("ÄRGER", "Viel ärger", true),
            ("straße", "STRASSE", false),
            ("select", "é SELECT 1", true),
        ] {
            assert_eq!(Needle::new(needle).is_in(text), expected, "{needle} in {text}");
        }
    }
}
