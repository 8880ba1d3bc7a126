//! Names of which no request is recorded, by how they end and by patterns.

use super::pattern::Pattern;
use crate::trace::tally::Reason;

/// What the Java agent leaves out: files that pages consist of.
pub(crate) const SUFFIXES: [&str; 12] = [".jpg", ".jpeg", ".js", ".css", ".png", ".bmp", ".gif", ".ico", ".mp3", ".mp4", ".html", ".svg"];

/// The two lists.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ignored {
    suffixes: Box<[Box<str>]>,
    /// The last bytes of the suffixes, a bit each: of most names one look says that they end in none.
    ends: [u64; 4],
    paths: Box<[Pattern]>,
}

impl Ignored {
    /// Empty entries are none.
    pub(crate) fn new(suffixes: &[String], paths: &[String]) -> Self {
        let given = |list: &[String]| -> Vec<String> {
            list.iter().map(|entry| entry.trim().to_owned()).filter(|entry| !entry.is_empty()).collect()
        };
        let suffixes: Box<[Box<str>]> = given(suffixes).into_iter().map(Into::into).collect();
        let mut ends = [0; 4];
        for last in suffixes.iter().filter_map(|suffix| suffix.bytes().last()) {
            if let Some(word) = ends.get_mut(usize::from(last >> 6)) {
                *word |= 1 << (last & 63);
            }
        }
        Self { suffixes, ends, paths: given(paths).iter().map(|path| Pattern::new(path)).collect() }
    }

    /// Why a request of this name is left out, if it is.
    #[inline]
    pub(crate) fn reason(&self, name: &str) -> Option<Reason> {
        if self.may_end(name) && self.suffixes.iter().any(|suffix| name.ends_with(&**suffix)) {
            return Some(Reason::IgnoredSuffix);
        }
        self.paths.iter().any(|path| path.matches(name)).then_some(Reason::IgnoredPath)
    }

    #[inline]
    fn may_end(&self, name: &str) -> bool {
        let Some(last) = name.as_bytes().last() else { return false };
        self.ends.get(usize::from(last >> 6)).is_some_and(|word| (word >> (last & 63)) & 1 != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(suffixes: &[&str], paths: &[&str], name: &str) -> Option<Reason> {
        let owned = |list: &[&str]| -> Vec<String> { list.iter().map(ToString::to_string).collect() };
        Ignored::new(&owned(suffixes), &owned(paths)).reason(name)
    }

    #[test]
    fn a_name_is_left_out_by_its_end_with_the_case_that_it_has() {
        for name in ["/a.png", "GET:/static/app.min.js", ".svg", "/caf\u{e9}.html"] {
            assert_eq!(reason(&SUFFIXES, &[], name), Some(Reason::IgnoredSuffix), "{name}");
        }
        for name in ["", "/", "/a.PNG", "/png", "/a.png/b", "/a.png?x=1", "/a.jsp", "g", "/caf\u{e9}"] {
            assert_eq!(reason(&SUFFIXES, &[], name), None, "{name}");
        }
        assert_eq!(reason(&["\u{e9}"], &[], "/caf\u{e9}"), Some(Reason::IgnoredSuffix));
    }

    #[test]
    fn blanks_around_an_entry_are_none_of_it_and_empty_ones_match_nothing() {
        assert_eq!(reason(&["", " .txt "], &["", " "], "/a"), None);
        assert_eq!(reason(&["", " .txt "], &[], "/a.txt"), Some(Reason::IgnoredSuffix));
        assert_eq!(reason(&[], &[" /a "], "/a"), Some(Reason::IgnoredPath));
        assert_eq!(reason(&[], &["**"], ""), Some(Reason::IgnoredPath));
    }

    #[test]
    fn the_suffix_is_asked_first() {
        assert_eq!(reason(&[".txt"], &["/**"], "/a.txt"), Some(Reason::IgnoredSuffix));
        assert_eq!(reason(&[".txt"], &["/b", "/**"], "/a"), Some(Reason::IgnoredPath));
    }
}
