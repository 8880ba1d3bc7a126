//! Lists of paths: `/health`, `/static/**`, `*.ico`.

/// A path in which `*` stands for any text, slashes too. `**` is the same.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Box<str>);

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        Self(text.into())
    }

    pub(super) fn matches(&self, path: &str) -> bool {
        let mut parts = self.0.split('*');
        let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else { return false };
        let Some(last) = parts.next_back() else { return rest.is_empty() };
        for part in parts {
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_path_in_which_stars_are_any_text() {
        for (pattern, good, bad) in [
            ("/health", &["/health"][..], &["/health/", "/healthy", "/", ""][..]),
            ("/static/**", &["/static/", "/static/a", "/static/a/b.css"], &["/static", "/statics/a", "/x/static/a"]),
            ("/static/*", &["/static/", "/static/a/b.css"], &["/static"]),
            ("*.ico", &["/favicon.ico", "/a/b.ico", ".ico"], &["/favicon.ico/x", "/ico"]),
            ("/a/*/b", &["/a/1/b", "/a/1/2/b", "/a//b"], &["/a/b", "/a/1/b/c"]),
            ("*", &["", "/", "/a"], &[]),
            ("", &[""], &["/"]),
            ("*ab*ab*", &["abab", "/ab/ab/"], &["ab", "aba"]),
            ("/ü*ß", &["/üß", "/ü/ß"], &["/ü", "/u/ß"]),
        ] {
            for path in good {
                assert!(Pattern::new(pattern).matches(path), "{pattern} {path}");
            }
            for path in bad {
                assert!(!Pattern::new(pattern).matches(path), "{pattern} {path}");
            }
        }
    }
}
