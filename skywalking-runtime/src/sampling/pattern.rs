//! Paths with wildcards, in the syntax of Ant and of the Java agent's trace-ignore plugin.
//!
//! `?` matches one character except `/`. `*` matches any number of them. `**` matches any number of
//! any characters. A `*` at the end also matches one `/` after it.

use std::str::Chars;

/// A path with wildcards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    pieces: Box<[Piece]>,
    /// True if it ends in `*`, but not in `**`.
    open: bool,
    /// True if it begins with `/`, so that it does not match the method before a path.
    absolute: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Char(char),
    /// `?`
    One,
    /// `*`
    Some,
    /// `**`
    Any,
}

impl Pattern {
    /// Parses a pattern without the blanks around it. Returns `None` if it is blank.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self::new(text))
    }

    fn new(text: &str) -> Self {
        let mut pieces = Vec::with_capacity(text.len());
        for char in text.chars() {
            let piece = match char {
                '?' => Piece::One,
                '*' if matches!(pieces.last(), Some(Piece::Some | Piece::Any)) => {
                    pieces.pop();
                    Piece::Any
                }
                '*' => Piece::Some,
                char => Piece::Char(char),
            };
            pieces.push(piece);
        }
        Self {
            open: pieces.last() == Some(&Piece::Some),
            absolute: text.starts_with('/'),
            pieces: pieces.into(),
        }
    }

    /// Returns true if the pattern matches paths, for all methods.
    #[cfg(feature = "http")]
    pub(crate) fn is_absolute(&self) -> bool {
        self.absolute
    }

    /// Returns true if it matches this operation name, or the path after its method.
    pub(crate) fn matches(&self, name: &str) -> bool {
        self.matches_whole(name)
            || self.absolute && path_of(name).is_some_and(|path| self.matches_whole(path))
    }

    fn matches_whole(&self, text: &str) -> bool {
        self.walk(text) || self.open && text.strip_suffix('/').is_some_and(|text| self.walk(text))
    }

    /// Matches the text from left to right. On a mismatch the last wildcard takes one more
    /// character. Earlier wildcards need no second try: an earlier `*` cannot move past the `/`
    /// after it, and the later wildcard can take what an earlier `**` would.
    fn walk(&self, text: &str) -> bool {
        let (mut at, mut rest) = (0, text.chars());
        // The piece after the wildcard, and the rest of the text.
        let mut some: Option<(usize, Chars<'_>)> = None;
        let mut any = None;
        loop {
            let here = rest.clone();
            match (self.pieces.get(at), rest.next()) {
                (None, None) => return true,
                (Some(Piece::Some), _) => {
                    at += 1;
                    some = Some((at, here.clone()));
                    rest = here;
                }
                (Some(Piece::Any), _) => {
                    at += 1;
                    (some, any) = (None, Some((at, here.clone())));
                    rest = here;
                }
                (Some(Piece::One), Some(char)) if char != '/' => at += 1,
                (Some(Piece::Char(wanted)), Some(char)) if *wanted == char => at += 1,
                _ => {
                    if let Some((from, left)) = &mut some
                        && left.next().is_some_and(|char| char != '/')
                    {
                        (at, rest) = (*from, left.clone());
                    } else if let Some((from, left)) = &mut any
                        && left.next().is_some()
                    {
                        (at, rest, some) = (*from, left.clone(), None);
                    } else {
                        return false;
                    }
                }
            }
        }
    }
}

/// Returns the path of a name such as `GET:/users`.
fn path_of(name: &str) -> Option<&str> {
    let (method, path) = name.split_once(':')?;
    (!method.is_empty()
        && method.bytes().all(|byte| byte.is_ascii_uppercase())
        && path.starts_with('/'))
    .then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, name: &str) -> bool {
        Pattern::new(pattern).matches(name)
    }

    #[test]
    fn wildcards_match_as_in_the_java_agent() {
        // These facts are stated by the tests of the plugin's matcher.
        for (pattern, name, expected) in [
            ("/eureka/*", "/eureka/apps", true),
            ("/eureka/*", "/eureka/", true),
            ("/eureka/*", "/eureka/apps/", true),
            ("/eureka/*", "/eureka/apps/list", false),
            ("/eureka/*/", "/eureka/apps/", true),
            ("/eureka/*/", "/eureka/", false),
            ("/eureka/*/", "/eureka/apps/list", false),
            ("/eureka/**", "/eureka/", true),
            ("/eureka/**", "/eureka/apps/test/", true),
            ("/eureka/**", "/eureka", false),
            ("eureka/apps/?", "eureka/apps/list", false),
            ("eureka/apps/?", "eureka/apps/", false),
            ("eureka/apps/?", "eureka/apps/a", true),
            ("eureka/**/lists", "eureka/apps/test/lists", true),
            ("eureka/**/lists", "eureka/apps/test", false),
            ("eureka/**/test/**", "eureka/apps/foo/test/list/bar/", true),
            ("eureka/**/test/**", "eureka/test/list", false),
            ("/eureka/**/b/**/*.txt", "/eureka/a/aa/aaa/b/bb/bbb/xxxxxx.txt", true),
            ("/eureka/**/b/**/*.txt", "/eureka/a/aa/aaa/b/bb/bbb/xxxxxx", false),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn absolute_pattern_matches_the_path_after_a_method() {
        assert!(fits("/health/**", "GET:/health/live") && fits("/health/**", "/health/live"));
        assert!(fits("GET:/health", "GET:/health") && !fits("GET:/health", "POST:/health"));
        assert!(
            !fits("health", "GET:health")
                && !fits("/health", "Get:/health")
                && !fits("/health", ":/health")
        );
        assert!(fits("GET:*", "GET:") && !fits("GET:*", "GET:/a/b") && fits("GET:**", "GET:/a/b"));
    }

    #[test]
    fn wildcards_match_characters_not_bytes() {
        assert!(fits("/\u{e9}?/\u{1d11e}*", "/\u{e9}\u{e8}/\u{1d11e}\u{1d11e}"));
        assert!(!fits("/?", "/\u{e9}\u{e8}"));
    }

    #[test]
    fn matching_agrees_with_the_naive_rule() {
        /// Matches by the naive rule: a wildcard tries each length.
        fn plain(pieces: &[Piece], text: &[char]) -> bool {
            let Some((piece, pieces)) = pieces.split_first() else { return text.is_empty() };
            match piece {
                Piece::Char(wanted) => text.first() == Some(wanted) && plain(pieces, &text[1..]),
                Piece::One => {
                    text.first().is_some_and(|char| *char != '/') && plain(pieces, &text[1..])
                }
                Piece::Some => (0..=text.len())
                    .any(|length| !text[..length].contains(&'/') && plain(pieces, &text[length..])),
                Piece::Any => (0..=text.len()).any(|length| plain(pieces, &text[length..])),
            }
        }
        fn all(alphabet: &[char], length: usize) -> Vec<Vec<char>> {
            let mut words = vec![Vec::new()];
            for from in 0..length {
                let longer: Vec<Vec<char>> = words
                    .iter()
                    .filter(|word| word.len() == from)
                    .flat_map(|word| {
                        alphabet.iter().map(|char| [word.as_slice(), &[*char]].concat())
                    })
                    .collect();
                words.extend(longer);
            }
            words
        }
        let texts = all(&['a', 'b', '/'], 5);
        for pattern in all(&['a', '/', '?', '*'], 5) {
            let pattern = Pattern::new(&pattern.iter().collect::<String>());
            for text in &texts {
                let expected = plain(&pattern.pieces, text);
                assert_eq!(
                    pattern.walk(&text.iter().collect::<String>()),
                    expected,
                    "{pattern:?} {text:?}"
                );
            }
        }
    }

    #[test]
    fn many_wildcards_match_in_bounded_time() {
        let pattern = "**a".repeat(50) + "b";
        assert!(!fits(&pattern, &"a".repeat(150)));
        assert!(!fits(&"*a".repeat(50), &("a".repeat(149) + "b")));
    }
}
