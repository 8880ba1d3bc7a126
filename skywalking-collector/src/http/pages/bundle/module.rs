//! A module of the pages: what it imports and exports.

use std::ops::Range;

use super::lexer::{self, Kind, Token};
use super::{BundleError, vendored};

/// The folder of vendored modules. Those of the import map may be bundled.
const VENDOR: &str = "vendor/";

/// What an import names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// A module of the bundle, by its path below `pages/`.
    Module(String),
    /// A vendored module: a name of the import map or an address.
    External(String),
}

#[derive(Debug)]
pub(super) struct Import<'a> {
    pub(super) target: Target,
    /// The names in the other module and in this one.
    pub(super) names: Vec<(&'a str, &'a str)>,
    pub(super) range: Range<usize>,
}

#[derive(Debug)]
pub(super) struct Module<'a> {
    pub(super) source: &'a str,
    /// Static imports.
    pub(super) imports: Vec<Import<'a>>,
    /// Dynamic imports: the module and the range of the expression.
    pub(super) dynamic: Vec<(String, Range<usize>)>,
    /// The exported names, and the names in this module.
    pub(super) exports: Vec<(&'a str, &'a str)>,
    /// The ranges of the words that export, such as those before declarations, and what replaces
    /// them.
    pub(super) export_words: Vec<(Range<usize>, &'static str)>,
}

impl<'a> Module<'a> {
    pub(super) const fn new(source: &'a str) -> Self {
        Self {
            source,
            imports: Vec::new(),
            dynamic: Vec::new(),
            exports: Vec::new(),
            export_words: Vec::new(),
        }
    }

    pub(super) fn read(path: &str, source: &'a str) -> Result<Self, BundleError> {
        let error = |(at, problem)| BundleError::refused(path, source, at, problem);
        if !source.ends_with('\n') {
            return Err(error((source.len(), "the last line has no end")));
        }
        let tokens = lexer::tokens(source).map_err(error)?;
        let mut module = Self::new(source);
        let mut rest = &tokens[..];
        let mut previous = "";
        let mut is_head = true;
        while let Some((token, after)) = rest.split_first() {
            let is_property = previous == ".";
            previous = token.text;
            rest = match (token.kind, token.text) {
                (Kind::Word, "import") if is_text(after.first(), "(") => {
                    module.read_dynamic(path, token, after).ok_or((token.start, DYNAMIC))
                }
                (Kind::Word, "import") if is_head && token.depth == 0 => {
                    module.read_import(path, token, after).ok_or((token.start, IMPORT))
                }
                (Kind::Word, "export") if token.depth == 0 => {
                    is_head = false;
                    module.read_export(token, after).ok_or((token.start, EXPORT))
                }
                (Kind::Word, "import" | "export") if !is_property => {
                    Err((token.start, "imports come first, and exports are not nested"))
                }
                (Kind::Word, "await") if token.depth == 0 => {
                    Err((token.start, "a module can't wait"))
                }
                (Kind::Word, word) if word.starts_with('$') => {
                    Err((token.start, "names with `$` belong to the bundle"))
                }
                _ => {
                    is_head = false;
                    Ok(after)
                }
            }
            .map_err(error)?;
        }
        Ok(module)
    }

    /// Returns the modules that are imported statically, with the names.
    pub(super) fn targets(&self) -> impl Iterator<Item = (&str, &[(&'a str, &'a str)])> {
        self.imports.iter().filter_map(|import| match &import.target {
            Target::Module(path) => Some((&path[..], &import.names[..])),
            Target::External(_) => None,
        })
    }

    /// Returns the vendored modules that are imported, with the names.
    pub(super) fn externals(&self) -> impl Iterator<Item = (&str, &[(&'a str, &'a str)])> {
        self.imports.iter().filter_map(|import| match &import.target {
            Target::External(name) => Some((&name[..], &import.names[..])),
            Target::Module(_) => None,
        })
    }

    /// Reads `("./path.js")`.
    fn read_dynamic<'t>(
        &mut self,
        path: &str,
        import: &Token<'a>,
        after: &'t [Token<'a>],
    ) -> Option<&'t [Token<'a>]> {
        let [_, string, close, ..] = after else { return None };
        if close.text != ")" {
            return None;
        }
        let Target::Module(target) = target(path, string)? else { return None };
        if target.starts_with(VENDOR) {
            return None;
        }
        self.dynamic.push((target, import.start..close.start + 1));
        after.get(3..)
    }

    /// Reads `{ a, b as c } from "./path.js";` or `a from "./path.js";`.
    fn read_import<'t>(
        &mut self,
        path: &str,
        import: &Token<'a>,
        mut after: &'t [Token<'a>],
    ) -> Option<&'t [Token<'a>]> {
        let mut names = Vec::new();
        let (first, rest) = after.split_first()?;
        after = rest;
        if first.kind == Kind::Word {
            names.push(("default", first.text));
        } else {
            while !is_text(after.first(), "}") {
                let (name, rest) = after.split_first().filter(|(name, _)| is_name(name))?;
                let (local, rest) = match rest {
                    [word, local, rest @ ..] if word.text == "as" && is_name(local) => {
                        (local, rest)
                    }
                    _ => (name, rest),
                };
                names.push((name.text, local.text));
                after = match rest.split_first()? {
                    (comma, rest) if comma.text == "," => rest,
                    (close, _) if close.text == "}" => rest,
                    _ => return None,
                };
            }
            after = after.get(1..)?;
        }
        let [from, string, end, rest @ ..] = after else { return None };
        if (from.text, end.text) != ("from", ";") || !["{", names.first()?.1].contains(&first.text)
        {
            return None;
        }
        let target = target(path, string)?;
        self.imports.push(Import { target, names, range: import.start..end.start + 1 });
        Some(rest)
    }

    /// Reads the head of a declaration. Its tokens are read again, as those of any statement.
    fn read_export<'t>(
        &mut self,
        export: &Token<'a>,
        after: &'t [Token<'a>],
    ) -> Option<&'t [Token<'a>]> {
        let is_default = is_text(after.first(), "default");
        let declaration = if is_default { after.get(1..)? } else { after };
        let words: Vec<_> = declaration.iter().take(4).map(|token| token.text).collect();
        let name = match words[..] {
            ["const", name, "=", _] if !is_default => name,
            ["class" | "function", name, ..] | ["async", "function", name, ..] => name,
            _ => return None,
        };
        if !name.bytes().next()?.is_ascii_alphabetic() && name != "_" {
            return None;
        }
        self.exports.push((if is_default { "default" } else { name }, name));
        self.export_words.push((export.start..declaration.first()?.start, ""));
        Some(declaration)
    }
}

const DYNAMIC: &str = "a dynamic import needs the path of a module";
const IMPORT: &str = "an unknown form of import: write import { a, b as c } from \"./path.js\";";
const EXPORT: &str = "an unknown form of export: write it before const, function or class";

fn is_text(token: Option<&Token<'_>>, text: &str) -> bool {
    token.is_some_and(|token| token.text == text && token.kind != Kind::String)
}

fn is_name(token: &Token<'_>) -> bool {
    token.kind == Kind::Word
}

/// Returns what a module means by the text of a string.
fn target(path: &str, string: &Token<'_>) -> Option<Target> {
    let name = string.text.strip_prefix('"')?.strip_suffix('"')?;
    if string.kind != Kind::String || name.contains('\\') || name.starts_with('/') {
        return None;
    }
    if !name.starts_with('.') {
        return Some(vendored::target(name));
    }
    let mut parts: Vec<_> = path.split('/').collect();
    parts.pop();
    for part in name.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    Some(if path.starts_with(VENDOR) {
        Target::External(format!("/assets/{path}"))
    } else {
        Target::Module(path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> Result<Module<'_>, BundleError> {
        Module::read("js/pages/a.js", source)
    }

    #[test]
    fn last_line_has_an_end() {
        assert!(read("a();\n").is_ok() && read("a();").is_err());
    }

    #[test]
    fn imports_have_targets_and_names() {
        let source = "// Text.\nimport { a, b as c } from \"../b.js\";\nimport d from \"htm\";\n\
                      import {\n  e,\n} from \"../../vendor/e/e.mjs\";\nconst x = c.import;\n";
        let module = read(source).expect("known imports");
        let found: Vec<_> = module.imports.iter().map(|one| (&one.target, &one.names)).collect();

        let external = |name: &str| Target::External(name.to_owned());
        assert_eq!(
            found,
            [
                (&Target::Module("js/b.js".to_owned()), &vec![("a", "a"), ("b", "c")]),
                (&Target::Module("vendor/htm/htm.mjs".to_owned()), &vec![("default", "d")]),
                (&external("/assets/vendor/e/e.mjs"), &vec![("e", "e")]),
            ]
        );
        assert_eq!(
            &source[module.imports[0].range.clone()],
            "import { a, b as c } from \"../b.js\";"
        );
    }

    #[test]
    fn exports_have_names() {
        let module = read(
            "export const a = 1;\nexport function b() {}\nexport async function c() {}\n\
             export class D {}\nexport default function E() {}\n",
        );
        assert_eq!(
            module.expect("known exports").exports,
            [("a", "a"), ("b", "b"), ("c", "c"), ("D", "D"), ("default", "E")]
        );
    }

    #[test]
    fn dynamic_imports_are_found_everywhere() {
        let module =
            read("const a = { b: () => import(\"./c.js\"), d: `${import(\"../e.js\")}` };\n");
        let module = module.expect("known imports");
        let paths: Vec<_> = module.dynamic.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["js/pages/c.js", "js/e.js"]);
    }

    #[test]
    fn unknown_forms_are_refused() {
        for source in [
            "import \"./a.js\";",
            "import * as a from \"./a.js\";",
            "import a, { b } from \"./a.js\";",
            "import { a } from \"./a.js\"",
            "import { a } from './a.js';",
            "import { a } from \"/assets/a.js\";",
            "import { a } from \"./a.js\" with { type: \"json\" };",
            "import { a from \"./a.js\";",
            "import { default } from \"../../../../a.js\";",
            "let x;\nimport { a } from \"./a.js\";",
            "{ import { a } from \"./a.js\"; }",
            "x = import.meta.url;",
            "import(path);",
            "import(\"./a.js\", {});",
            "import(\"preact\");",
            "export { a };",
            "export * from \"./a.js\";",
            "export { a } from \"./a.js\";",
            "export let a = 1;",
            "export const { a } = b;",
            "export const [a] = b;",
            "export default () => 1;",
            "export default a;",
            "export function* a() {}",
            "const a = { export: 1 };",
            "const a = await b;",
            "const $a = 1;",
            "const a = (;",
        ] {
            assert!(read(&format!("{source}\n")).is_err(), "{source}");
        }
    }

    #[test]
    fn errors_name_the_line() {
        let error = read("const a = 1;\n\nexport { a };\n").expect_err("an unknown form");
        assert!(error.to_string().starts_with("js/pages/a.js:3: an unknown form"), "{error}");
    }
}
