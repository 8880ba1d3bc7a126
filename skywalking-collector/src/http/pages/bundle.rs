//! Joins the modules of the pages, so that a page needs few requests.
//!
//! The start module and the target of each dynamic import are entries. The response for an entry
//! contains the modules that it imports, each as a function that runs once, in the order of the
//! language. The first page is part of the start entry. Modules of the start entry are not repeated
//! in the others. Vendored modules that the first page doesn't need are still imported.
//!
//! The bundler knows the forms of `import` and `export` that the pages use and refuses all others.
//! A test bundles the embedded modules.

mod lexer;
mod module;
mod source_map;
mod style;
mod vendored;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use module::{Module, Target};
use source_map::SourceMap;
pub(super) use style::style;

/// The module that `index.html` starts.
const START: &str = "js/main.js";

/// The page that is shown first. It is part of the start entry.
const FIRST_PAGE: &str = "js/pages/traces/index.js";

/// Defines and runs modules. Part of the start entry.
const RUNTIME: &str = "const $modules = new Map();
export function $define(path, run) {
  if (!$modules.has(path)) $modules.set(path, { run, exports: null });
}
export function $import(path) {
  const module = $modules.get(path);
  module.exports ??= module.run();
  return module.exports;
}
";

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BundleError {
    #[error("{path}:{line}: {problem}")]
    Refused { path: String, line: usize, problem: &'static str },
    #[error("{path} is missing, which an import names")]
    Missing { path: String },
    #[error("{path} does not export {name}, which {importer} imports")]
    NotExported { path: String, name: String, importer: String },
    #[error("{path} imports itself over other modules")]
    Cycle { path: String },
}

impl BundleError {
    fn refused(path: &str, source: &str, at: usize, problem: &'static str) -> Self {
        let before = source.as_bytes().iter().take(at);
        let line = before.filter(|byte| **byte == b'\n').count() + 1;
        Self::Refused { path: path.to_owned(), line, problem }
    }
}

/// The modules and style sheets of the pages by their paths.
pub(super) type Files<'a> = BTreeMap<&'a str, &'a str>;

/// An entry, with the path of its first module.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) text: String,
}

/// Returns the script of each entry.
pub(super) fn scripts(files: &Files<'_>) -> Result<Vec<Entry>, BundleError> {
    bundle(files, |path, script, _| Entry { path: path.to_owned(), text: script })
}

/// Returns the source map of each entry.
pub(super) fn source_maps(files: &Files<'_>) -> Result<Vec<Entry>, BundleError> {
    bundle(files, |path, _, map| Entry { path: format!("{path}.map"), text: map.to_json() })
}

fn bundle(
    files: &Files<'_>,
    entry_of: impl Fn(&str, String, &SourceMap<'_>) -> Entry,
) -> Result<Vec<Entry>, BundleError> {
    let modules = read(files)?;
    for (path, module) in &modules {
        check_names(path, module, &modules)?;
    }
    let targets = modules.values().flat_map(|module| &module.dynamic).map(|(path, _)| &path[..]);
    let mut entries: BTreeSet<_> = targets.chain([START]).collect();
    let mut start = order(START, &modules)?;
    if entries.remove(FIRST_PAGE) {
        let mut first = order(FIRST_PAGE, &modules)?;
        first.retain(|path| !start.contains(path));
        start.extend(first);
    }
    let mut bundled = Vec::new();
    for entry in entries {
        let mut needed = order(entry, &modules)?;
        needed.retain(|path| !start.contains(path));
        let order = if entry == START { &start } else { &needed };
        let (script, map) = write(entry, order, &modules);
        bundled.push(entry_of(entry, script, &map));
    }
    Ok(bundled)
}

type Modules<'a> = BTreeMap<String, Module<'a>>;

/// Reads the modules that the start module needs, now or later.
fn read<'a>(files: &Files<'a>) -> Result<Modules<'a>, BundleError> {
    let mut modules = BTreeMap::new();
    let mut pending = vec![START.to_owned()];
    while let Some(path) = pending.pop() {
        if modules.contains_key(&path) {
            continue;
        }
        let Some(source) = files.get(&path[..]) else {
            return Err(BundleError::Missing { path });
        };
        let module = if vendored::is_bundled(&path) {
            vendored::read(&path, source)?
        } else {
            Module::read(&path, source)?
        };
        pending.extend(module.targets().map(|(target, _)| target.to_owned()));
        pending.extend(module.dynamic.iter().map(|(target, _)| target.clone()));
        modules.insert(path, module);
    }
    Ok(modules)
}

fn check_names(importer: &str, module: &Module<'_>, all: &Modules<'_>) -> Result<(), BundleError> {
    for (path, names) in module.targets() {
        let exports = all.get(path).map(|target| &target.exports[..]).unwrap_or_default();
        for (name, _) in names {
            if !exports.iter().any(|(exported, _)| exported == name) {
                let (path, name) = (path.to_owned(), (*name).to_owned());
                return Err(BundleError::NotExported { path, name, importer: importer.to_owned() });
            }
        }
    }
    Ok(())
}

/// Returns the modules that an entry imports, in the order in which they run.
fn order<'m>(entry: &'m str, modules: &'m Modules<'_>) -> Result<Vec<&'m str>, BundleError> {
    fn visit<'m>(
        path: &'m str,
        modules: &'m Modules<'_>,
        open: &mut Vec<&'m str>,
        done: &mut Vec<&'m str>,
    ) -> Result<(), BundleError> {
        if done.contains(&path) {
            return Ok(());
        }
        if open.contains(&path) {
            return Err(BundleError::Cycle { path: path.to_owned() });
        }
        open.push(path);
        for (target, _) in modules.get(path).into_iter().flat_map(Module::targets) {
            visit(target, modules, open, done)?;
        }
        open.pop();
        done.push(path);
        Ok(())
    }
    let mut done = Vec::new();
    visit(entry, modules, &mut Vec::new(), &mut done)?;
    Ok(done)
}

fn write<'m>(entry: &str, order: &[&str], modules: &'m Modules<'_>) -> (String, SourceMap<'m>) {
    let included: Vec<_> = order.iter().filter_map(|path| modules.get_key_value(*path)).collect();
    let mut script = String::from("// Made of the modules named below, by the collector.\n");
    let mut externals = BTreeSet::new();
    for (external, names) in included.iter().flat_map(|(_, module)| module.externals()) {
        externals.extend(names.iter().map(|(name, _)| (external, *name)));
    }
    // Writing to a string does not fail.
    for (external, name) in externals {
        let alias = alias(external, name);
        let _ = writeln!(script, "import {{ {name} as {alias} }} from \"{external}\";");
    }
    if entry == START {
        script.push_str(RUNTIME);
    } else {
        let _ = writeln!(script, "import {{ $define, $import }} from \"/assets/{START}\";");
    }
    let mut source_map = SourceMap::default();
    for (path, module) in included {
        let _ = writeln!(script, "$define(\"{path}\", () => {{");
        source_map.add(path, module.source, &script);
        write_module(&mut script, module);
        let exports = module.exports.iter().map(|(name, local)| format!("{name}: {local}"));
        let _ = writeln!(script, "return {{ {} }};\n}});", exports.collect::<Vec<_>>().join(", "));
    }
    let _ = writeln!(script, "const $entry = $import(\"{entry}\");");
    for (name, _) in modules.get(entry).into_iter().flat_map(|module| &module.exports) {
        let _ = match *name {
            "default" => writeln!(script, "export default $entry.default;"),
            name => writeln!(script, "export const {name} = $entry.{name};"),
        };
    }
    let _ = writeln!(script, "//# sourceMappingURL=/assets/{entry}.map");
    (script, source_map)
}

/// Writes a module's source with its imports and exports replaced. Keeps the lines.
fn write_module(script: &mut String, module: &Module<'_>) {
    let words = module.export_words.iter();
    let mut edits: Vec<_> =
        words.map(|(range, text)| (range.clone(), (*text).to_owned())).collect();
    for (path, range) in &module.dynamic {
        let text = if path == FIRST_PAGE {
            format!("Promise.resolve().then(() => $import(\"{path}\"))")
        } else {
            format!("import(\"/assets/{path}\")")
        };
        edits.push((range.clone(), text));
    }
    for import in &module.imports {
        let mut text = match &import.target {
            Target::Module(path) => {
                let names = import.names.iter().map(|(name, local)| format!("{name}: {local}"));
                let names = names.collect::<Vec<_>>().join(", ");
                format!("const {{ {names} }} = $import(\"{path}\");")
            }
            Target::External(external) => {
                let names = import.names.iter();
                let names =
                    names.map(|(name, local)| format!("{local} = {}", alias(external, name)));
                format!("const {};", names.collect::<Vec<_>>().join(", "))
            }
        };
        let replaced = module.source.get(import.range.clone()).unwrap_or_default();
        text.extend(replaced.chars().filter(|c| *c == '\n'));
        edits.push((import.range.clone(), text));
    }
    edits.sort_by_key(|(range, _)| range.start);
    let mut at = 0;
    for (range, text) in edits {
        script.push_str(module.source.get(at..range.start).unwrap_or_default());
        script.push_str(&text);
        at = range.end;
    }
    script.push_str(module.source.get(at..).unwrap_or_default());
}

/// The name of a vendored module's export in a bundle.
fn alias(external: &str, name: &str) -> String {
    let module: String =
        external.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    format!("${module}${name}")
}

#[cfg(test)]
mod tests;
