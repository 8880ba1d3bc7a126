//! Joins the style sheets that all pages need: a file of imports.

use super::{BundleError, Entry, Files};

/// The style sheet of `index.html`.
const START: &str = "style/main.css";

/// Replaces each line `@import "name.css";` by the file of the same folder.
pub(in super::super) fn style(files: &Files<'_>) -> Result<Entry, BundleError> {
    let find = |path: String| files.get(&path[..]).copied().ok_or(BundleError::Missing { path });
    let mut text = String::new();
    for (number, line) in find(START.to_owned())?.lines().enumerate() {
        let refused =
            |problem| BundleError::Refused { path: START.to_owned(), line: number + 1, problem };
        let name = line.strip_prefix("@import \"").and_then(|line| line.strip_suffix("\";"));
        let name = name.ok_or(refused("write only lines like @import \"name.css\";"))?;
        let imported = find(format!("style/{name}"))?;
        if imported.contains("@import") || imported.contains("@charset") {
            return Err(refused("the file has an @import or @charset"));
        }
        text.push_str(imported);
    }
    Ok(Entry { path: START.to_owned(), text })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(main: &str) -> Result<String, BundleError> {
        let files = [
            ("style/a.css", "a {}\n"),
            ("style/b.css", "b {}\n"),
            ("style/c.css", "@import \"a.css\";\n"),
            (START, main),
        ];
        style(&files.into_iter().collect()).map(|entry| entry.text)
    }

    #[test]
    fn imports_are_replaced_in_their_order() {
        let text = joined("@import \"b.css\";\n@import \"a.css\";\n");
        assert_eq!(text.expect("known imports"), "b {}\na {}\n");
    }

    #[test]
    fn other_lines_and_nested_imports_are_refused() {
        for (main, error) in [
            ("@import \"d.css\";\n", "style/d.css is missing, which an import names"),
            ("@import \"c.css\";\n", "style/main.css:1: the file has an @import or @charset"),
            (
                "@import \"a.css\";\n@import \"b.css\" print;\n",
                "style/main.css:2: write only lines like @import \"name.css\";",
            ),
        ] {
            assert_eq!(joined(main).expect_err("a wrong file").to_string(), error);
        }
    }
}
