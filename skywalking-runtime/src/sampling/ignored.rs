//! Ignores requests by name: by suffixes and by patterns.

use crate::sampling::pattern::Pattern;
use crate::util::diagnostics::Diagnostic;

/// The suffixes that the Java agent ignores: files that pages consist of.
pub(crate) const SUFFIXES: [&str; 12] = [
    ".jpg", ".jpeg", ".js", ".css", ".png", ".bmp", ".gif", ".ico", ".mp3", ".mp4", ".html", ".svg",
];

/// The two ignore lists.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ignored {
    suffixes: Box<[Box<str>]>,
    /// The last bytes of the suffixes, and the bytes before them. Two look-ups rule out most names.
    ends: Bytes,
    before: Bytes,
    paths: Box<[Pattern]>,
}

impl Ignored {
    /// Creates the lists. Blank entries are skipped.
    pub(crate) fn new(suffixes: &[String], paths: &[String]) -> Self {
        let given = |list: &[String]| -> Vec<String> {
            list.iter()
                .map(|entry| entry.trim().to_owned())
                .filter(|entry| !entry.is_empty())
                .collect()
        };
        let suffixes: Box<[Box<str>]> = given(suffixes).into_iter().map(Into::into).collect();
        let (mut ends, mut before) = (Bytes::default(), Bytes::default());
        for suffix in &suffixes {
            match suffix.as_bytes() {
                [.., first, last] => {
                    ends.insert(*last);
                    before.insert(*first);
                }
                [last] => {
                    ends.insert(*last);
                    before = Bytes::ALL;
                }
                [] => {}
            }
        }
        Self {
            suffixes,
            ends,
            before,
            paths: paths.iter().filter_map(|path| Pattern::parse(path)).collect(),
        }
    }

    /// Returns why a request with this name is ignored, if it is.
    #[inline]
    pub(crate) fn reason(&self, name: &str) -> Option<Diagnostic> {
        if self.may_end(name) && self.suffixes.iter().any(|suffix| name.ends_with(&**suffix)) {
            return Some(Diagnostic::IgnoredSuffix);
        }
        self.paths.iter().any(|path| path.matches(name)).then_some(Diagnostic::IgnoredPath)
    }

    #[inline]
    fn may_end(&self, name: &str) -> bool {
        match name.as_bytes() {
            [.., before, last] => self.ends.contains(*last) && self.before.contains(*before),
            [last] => self.ends.contains(*last),
            [] => false,
        }
    }
}

/// A set of bytes.
#[derive(Clone, Copy, Debug, Default)]
struct Bytes([u64; 4]);

impl Bytes {
    const ALL: Self = Self([u64::MAX; 4]);

    fn insert(&mut self, byte: u8) {
        if let Some(word) = self.0.get_mut(usize::from(byte >> 6)) {
            *word |= 1 << (byte & 63);
        }
    }

    #[inline]
    fn contains(self, byte: u8) -> bool {
        self.0.get(usize::from(byte >> 6)).is_some_and(|word| (word >> (byte & 63)) & 1 != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(suffixes: &[&str], paths: &[&str], name: &str) -> Option<Diagnostic> {
        let owned =
            |list: &[&str]| -> Vec<String> { list.iter().map(ToString::to_string).collect() };
        Ignored::new(&owned(suffixes), &owned(paths)).reason(name)
    }

    #[test]
    fn suffix_ignores_names_and_is_case_sensitive() {
        for name in ["/a.png", "GET:/static/app.min.js", ".svg", "/caf\u{e9}.html"] {
            assert_eq!(reason(&SUFFIXES, &[], name), Some(Diagnostic::IgnoredSuffix), "{name}");
        }
        for name in
            ["", "/", "/a.PNG", "/png", "/a.png/b", "/a.png?x=1", "/a.jsp", "g", "/caf\u{e9}"]
        {
            assert_eq!(reason(&SUFFIXES, &[], name), None, "{name}");
        }
        for (suffixes, name) in [
            (["\u{e9}", ".b"], "/caf\u{e9}"),
            (["s", ".b"], "/as"),
            (["s", ".b"], "s"),
            ([".b", "s"], "/a.b"),
        ] {
            assert_eq!(reason(&suffixes, &[], name), Some(Diagnostic::IgnoredSuffix), "{name}");
        }
    }

    #[test]
    fn entries_are_trimmed_and_empty_ones_match_nothing() {
        assert_eq!(reason(&["", " .txt "], &["", " "], "/a"), None);
        assert_eq!(reason(&["", " .txt "], &[], "/a.txt"), Some(Diagnostic::IgnoredSuffix));
        assert_eq!(reason(&[], &[" /a "], "/a"), Some(Diagnostic::IgnoredPath));
        assert_eq!(reason(&[], &["**"], ""), Some(Diagnostic::IgnoredPath));
    }

    #[test]
    fn suffixes_are_checked_before_paths() {
        assert_eq!(reason(&[".txt"], &["/**"], "/a.txt"), Some(Diagnostic::IgnoredSuffix));
        assert_eq!(reason(&[".txt"], &["/b", "/**"], "/a"), Some(Diagnostic::IgnoredPath));
    }
}
