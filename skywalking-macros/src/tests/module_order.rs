//! A module uses only modules before it, and no file uses its parent's.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The modules of the crate. Each uses only those before it.
const ORDER: [&str; 11] = [
    "kind",
    "types",
    "runtime_path",
    "return_type",
    "params",
    "diagnostics",
    "args",
    "item",
    "check",
    "expand",
    "carrier",
];

/// A file's use of another module, by module path.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone)]
struct Use {
    from: String,
    to: String,
    line: String,
}

/// The uses in a file: of `crate::NAME` and of `super::NAME`.
fn uses(module: &str, text: &str) -> Vec<Use> {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let mut found = Vec::new();
    for (number, line) in code.lines().enumerate() {
        if line.trim_start().starts_with("//") {
            continue;
        }
        for (start, parent) in [("crate::", ""), ("super::", parent(module))] {
            for (at, _) in line.match_indices(start) {
                for name in names(&line[at + start.len()..]) {
                    let to = if parent.is_empty() { name } else { format!("{parent}::{name}") };
                    let line = format!("{module}:{}: {}", number + 1, line.trim());
                    found.push(Use { from: module.to_owned(), to, line });
                }
            }
        }
    }
    found
}

/// The names at the start of a path: one, or those in braces.
fn names(path: &str) -> Vec<String> {
    let list = path.strip_prefix('{').and_then(|rest| rest.split_once('}'));
    let list = list.map_or(path, |(list, _)| list);
    let name = |path: &str| {
        path.trim().chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect()
    };
    if path.starts_with('{') { list.split(',').map(name).collect() } else { vec![name(path)] }
}

fn parent(module: &str) -> &str {
    module.rsplit_once("::").map_or("", |(parent, _)| parent)
}

/// The top module of a path, as its place in [`ORDER`].
fn place(module: &str) -> usize {
    let top = module.split("::").next().unwrap();
    ORDER.iter().position(|name| *name == top).unwrap_or_else(|| panic!("{top} is not in ORDER"))
}

/// The modules below a folder, and their text.
fn modules(folder: &Path, prefix: &str, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let module = if prefix.is_empty() { name.clone() } else { format!("{prefix}::{name}") };
        if module == "lib" || name == "tests" {
            continue;
        }
        if path.is_dir() {
            modules(&path, &module, found);
        } else {
            found.push((module, fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn modules_use_only_earlier_modules() {
    let mut files = Vec::new();
    modules(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut files);
    let names: BTreeSet<&String> = files.iter().map(|(module, _)| module).collect();
    let all = files.iter().flat_map(|(module, text)| uses(module, text));
    // An item of a parent's file counts as a use of the parent.
    let resolved = all.map(|used| {
        if names.contains(&used.to) {
            return used;
        }
        Use { to: parent(&used.to).to_owned(), ..used }
    });
    let (siblings, others): (Vec<Use>, Vec<Use>) =
        resolved.partition(|used| place(&used.from) == place(&used.to));

    let backwards = others.iter().filter(|used| place(&used.to) > place(&used.from));
    let mut wrong: Vec<&str> = backwards.map(|used| used.line.as_str()).collect();
    // A file may be removed once it uses none that is left. What cannot be removed is a circle.
    let mut left: BTreeSet<&str> = files.iter().map(|(module, _)| module.as_str()).collect();
    let is_child = |child: &str, of: &str| parent(child) == of;
    while let Some(free) = left
        .iter()
        .find(|file| {
            !siblings.iter().any(|used| used.from == **file && left.contains(used.to.as_str()))
                && !left.iter().any(|other| is_child(other, file))
        })
        .copied()
    {
        left.remove(free);
    }
    let circular =
        siblings.iter().filter(|used| left.contains(&*used.from) && left.contains(&*used.to));
    wrong.extend(circular.map(|used| used.line.as_str()));

    assert!(others.len() > 30, "only {} uses found", others.len());
    assert!(wrong.is_empty(), "uses against the order:\n{}", wrong.join("\n"));
}
