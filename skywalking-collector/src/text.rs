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
    /// The position of a byte that few texts contain.
    rare: usize,
}

impl Needle {
    pub(crate) fn new(text: &str) -> Self {
        /// The bytes that most names and URLs contain.
        const FREQUENT: &[u8] = b"etaoinsrlcdpm/.-_ ";
        let lowercase = text.to_lowercase();
        let rare = lowercase.bytes().position(|byte| !FREQUENT.contains(&byte)).unwrap_or(0);
        Self { lowercase, rare }
    }

    pub(crate) fn is_in(&self, text: &str) -> bool {
        if !text.is_ascii() {
            return text.to_lowercase().contains(&self.lowercase);
        }
        // An ASCII text is searched without a copy of it.
        let (needle, text) = (self.lowercase.as_bytes(), text.as_bytes());
        let Some(rare) = needle.get(self.rare) else { return true };
        memchr::memchr2_iter(*rare, rare.to_ascii_uppercase(), text).any(|at| {
            let start = at.checked_sub(self.rare);
            let part = start.and_then(|start| text.get(start..start + needle.len()));
            part.is_some_and(|part| part.eq_ignore_ascii_case(needle))
        })
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
