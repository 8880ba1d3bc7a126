//! Names of which no request is recorded, by how they end and by patterns.

use crate::sampling::pattern::Pattern;
use crate::util::diagnostics::Diagnostic;

/// What the Java agent leaves out: files that pages consist of.
pub(crate) const SUFFIXES: [&str; 12] = [
    ".jpg", ".jpeg", ".js", ".css", ".png", ".bmp", ".gif", ".ico", ".mp3", ".mp4", ".html", ".svg",
];

/// The two lists.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ignored {
    suffixes: Box<[Box<str>]>,
    /// The last bytes of the suffixes, a bit each, and those before them: of most names two looks
    /// say that they end in none.
    ends: Bytes,
    before: Bytes,
    paths: Box<[Pattern]>,
}

impl Ignored {
    /// Empty entries are none.
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

    /// Why a request of this name is left out, if it is.
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
    fn a_name_is_left_out_by_its_end_with_the_case_that_it_has() {
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
    fn blanks_around_an_entry_are_none_of_it_and_empty_ones_match_nothing() {
        assert_eq!(reason(&["", " .txt "], &["", " "], "/a"), None);
        assert_eq!(reason(&["", " .txt "], &[], "/a.txt"), Some(Diagnostic::IgnoredSuffix));
        assert_eq!(reason(&[], &[" /a "], "/a"), Some(Diagnostic::IgnoredPath));
        assert_eq!(reason(&[], &["**"], ""), Some(Diagnostic::IgnoredPath));
    }

    #[test]
    fn the_suffix_is_asked_first() {
        assert_eq!(reason(&[".txt"], &["/**"], "/a.txt"), Some(Diagnostic::IgnoredSuffix));
        assert_eq!(reason(&[".txt"], &["/b", "/**"], "/a"), Some(Diagnostic::IgnoredPath));
    }
}
