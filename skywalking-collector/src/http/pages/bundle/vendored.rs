//! Vendored modules that the first page needs. They are minified, so only their two ends are read.

use super::BundleError;
use super::module::{Import, Module, Target};

/// The names of the import map, and the modules that become part of the bundles.
const BUNDLED: [(&str, &str); 3] = [
    ("preact", "vendor/preact/preact.mjs"),
    ("preact/hooks", "vendor/preact/hooks.mjs"),
    ("htm", "vendor/htm/htm.mjs"),
];

const HEAD: &str = "a vendored module starts with `import{a as b}from\"name\";` or no import";
const END: &str = "a vendored module ends with `export{a as b};` or `export default function(`";

const DEFAULT: &str = "export default function(";

/// Returns the target of an import by a name of the import map.
pub(super) fn target(name: &str) -> Target {
    match BUNDLED.iter().find(|(bundled, _)| *bundled == name) {
        Some((_, path)) => Target::Module((*path).to_owned()),
        None => Target::External(name.to_owned()),
    }
}

pub(super) fn is_bundled(path: &str) -> bool {
    BUNDLED.iter().any(|(_, bundled)| *bundled == path)
}

pub(super) fn read<'a>(path: &str, source: &'a str) -> Result<Module<'a>, BundleError> {
    let mut module = Module::new(source);
    if source.starts_with("import") {
        let import = import(source).ok_or_else(|| BundleError::refused(path, source, 0, HEAD))?;
        module.imports.push(import);
    }
    if let Some(at) = source.rfind("export{") {
        let rest = source.get(at..).unwrap_or_default();
        let list = rest.strip_prefix("export{").and_then(|list| list.split_once('}'));
        let (list, _) = list.ok_or_else(|| BundleError::refused(path, source, at, END))?;
        module.exports = pairs(list).map(|(local, exported)| (exported, local)).collect();
        // The address of a source map may follow.
        module.export_words.push((at..at + rest.trim_end().len(), ""));
    } else if let Some(at) = source.rfind(DEFAULT) {
        module.exports.push(("default", "$default"));
        module.export_words.push((at..at + DEFAULT.len(), "const $default = function("));
    } else {
        return Err(BundleError::refused(path, source, source.len(), END));
    }
    Ok(module)
}

fn import(source: &str) -> Option<Import<'_>> {
    let (head, _) = source.split_once(';')?;
    let (list, rest) = head.strip_prefix("import{")?.split_once('}')?;
    let name = rest.strip_prefix("from\"")?.strip_suffix('"')?;
    Some(Import { target: target(name), names: pairs(list).collect(), range: 0..head.len() + 1 })
}

/// Splits `a as b,c` into pairs of names.
fn pairs(list: &str) -> impl Iterator<Item = (&str, &str)> {
    let names = list.split(',').map(str::trim).filter(|names| !names.is_empty());
    names.map(|names| names.split_once(" as ").unwrap_or((names, names)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(source: &str) -> bool {
        read("vendor/a.mjs", source).is_err()
    }

    #[test]
    fn list_of_exports_is_read_and_removed() {
        let source = "import{options as n}from\"preact\";var t;export{t as a,n};\n//# map\n";
        let module = read("vendor/a.mjs", source).expect("a known form");
        assert_eq!(module.exports, [("a", "t"), ("n", "n")]);
        assert_eq!(&source[module.export_words[0].0.clone()], "export{t as a,n};\n//# map");
        assert_eq!(module.imports[0].target, Target::Module(BUNDLED[0].1.to_owned()));
        assert_eq!(module.imports[0].names, [("options", "n")]);
        assert_eq!(&source[module.imports[0].range.clone()], "import{options as n}from\"preact\";");
    }

    #[test]
    fn default_function_gets_a_name() {
        let module = read("vendor/a.mjs", "var t;export default function(s){}\n");
        let module = module.expect("a known form");
        assert_eq!(module.exports, [("default", "$default")]);
        assert_eq!(module.export_words[0].1, "const $default = function(");
    }

    #[test]
    fn unknown_forms_are_refused() {
        assert!(refused("var t;\n"));
        assert!(refused("import a from\"preact\";export{a};\n"));
        assert!(refused("import{a}from'preact';export{a};\n"));
        assert!(refused("export{a\n"));
    }
}
