//! A module uses only modules of its own layer or of earlier layers in the list, and files form no
//! cycle.
//!
//! A module belongs to the layer with its longest prefix.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

struct Crate {
    folder: &'static str,
    /// The layers, the lowest first. If empty, only cycles are checked.
    layers: &'static [&'static str],
}

const RUNTIME: Crate = Crate {
    folder: "skywalking-runtime/src",
    layers: &[
        "sys util observer",
        "transport redact error secrets config::policies config::self_log config::storage",
        "self_log",
        "meter",
        "span",
        "headers",
        "sampling",
        "queue trace::detached::cell config::tail_sampling",
        "config::settings tracer",
        "segment",
        "context",
        // They run code of the program.
        "headers::carrier headers::carriers headers::closures headers::header_map \
         headers::reading headers::metadata_map headers::fuzz_properties",
        "trace reported",
        "config",
        "management",
        "report",
        "transports",
        "agent",
        "propagation stats testing integrations docs lib",
    ],
};

const MACROS: Crate = Crate {
    folder: "skywalking-macros/src",
    layers: &[
        "kind types",
        "return_type",
        "diagnostics",
        "args params runtime_path",
        "item",
        "check",
        "expand",
        "carrier",
        "lib",
    ],
};

const COLLECTOR: Crate = Crate {
    folder: "skywalking-collector/src",
    layers: &[
        "text naming enums",
        "api",
        "error",
        "config",
        "auth budget shutdown",
        "gzip segment_error record_error",
        "proto_json decode validate",
        "store",
        "query",
        "view",
        "server",
        "state",
        "partial_success management",
        "grpc http",
        "collector",
        "builder",
        "fuzz_properties",
        "lib bin",
    ],
};

const OTHERS: [Crate; 7] = [
    Crate { folder: "proto/src", layers: &[] },
    Crate { folder: "integrations/tower/src", layers: &[] },
    Crate { folder: "integrations/reqwest/src", layers: &[] },
    Crate { folder: "integrations/log/src", layers: &[] },
    Crate { folder: "integrations/metrics/src", layers: &[] },
    Crate { folder: "integrations/tokio/src", layers: &[] },
    Crate { folder: "integrations/tracing/src", layers: &[] },
];

type Modules = BTreeMap<String, PathBuf>;
/// The uses between modules, with their lines.
type Uses = BTreeMap<String, BTreeMap<String, String>>;

fn find_modules(root: &Path, folder: &Path, modules: &mut Modules) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            find_modules(root, &path, modules);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).expect("below the root").with_extension("");
            let name = name.to_str().expect("UTF-8").replace('/', "::");
            let name = name.strip_suffix("::mod").unwrap_or(&name).to_owned();
            if !name.split("::").any(|part| part == "tests" || part == "main") {
                modules.insert(name, path);
            }
        }
    }
}

/// Returns the longest known prefix of the path.
fn nearest(path: &str, is_known: impl Fn(&str) -> bool) -> Option<&str> {
    let ends = path.match_indices("::").map(|(end, _)| end).chain([path.len()]);
    ends.map(|end| &path[..end]).filter(|prefix| is_known(prefix)).last()
}

/// Returns the module paths in a line, with `super` resolved.
fn paths(line: &str, module: &str) -> Vec<String> {
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == ':';
    let name = |text: &str| text[..text.find(|c| !is_name(c)).unwrap_or(text.len())].to_owned();
    let mut found = Vec::new();
    for (at, _) in line.match_indices("crate::").filter(|(at, _)| !line[..*at].ends_with('$')) {
        let path = &line[at + "crate::".len()..];
        match path.strip_prefix('{').and_then(|group| group.split_once('}')) {
            Some((group, _)) => found.extend(group.split(',').map(|path| name(path.trim()))),
            None => found.push(name(path)),
        }
    }
    if let Some((before, path)) = line.split_once("super::").filter(|_| !line.contains("(in super"))
        && before.chars().last().is_none_or(|c| !is_name(c))
    {
        let (mut base, mut path) = (module.rsplit_once("::").map_or("", |(base, _)| base), path);
        while let Some(rest) = path.strip_prefix("super::") {
            (base, path) = (base.rsplit_once("::").map_or("", |(base, _)| base), rest);
        }
        found.push(format!("{base}::{}", name(path)).trim_start_matches(':').to_owned());
    }
    found.into_iter().map(|path| path.trim_end_matches(':').to_owned()).collect()
}

fn find_uses(modules: &Modules) -> Uses {
    let mut uses = Uses::new();
    for (module, file) in modules {
        let text = fs::read_to_string(file).expect("a file");
        let (mut in_test, mut in_inline) = (false, false);
        for (number, line) in text.lines().enumerate() {
            let code = line.trim_start();
            in_inline = match line {
                "}" => false,
                _ => in_inline || line.contains("mod ") && line.ends_with('{'),
            };
            if in_test && code.contains("mod ") && code.ends_with('{') {
                break;
            }
            let skipped = std::mem::replace(
                &mut in_test,
                code.starts_with("#[cfg(test)]") || code.starts_with("#[cfg(all(test"),
            );
            // In a file `super` is the module of the file, even in an inline module.
            let skipped =
                skipped || code.starts_with("//") || in_inline && code.contains("super::");
            for path in paths(code, module).iter().filter(|_| !skipped) {
                let target = nearest(path, |path| modules.contains_key(path)).unwrap_or("lib");
                let around = |outer: &str, inner: &str| inner.starts_with(&format!("{outer}::"));
                if target != module && !around(target, module) && !around(module, target) {
                    let line = format!("{module}:{}: {code}", number + 1);
                    uses.entry(module.clone())
                        .or_default()
                        .entry(target.to_owned())
                        .or_insert(line);
                }
            }
        }
    }
    uses
}

/// Returns the uses of higher layers.
fn broken_order(checked: &Crate, uses: &Uses) -> Vec<(String, String, String)> {
    let layer = |module: &str| {
        let of = |name: &str| {
            checked.layers.iter().position(|layer| layer.split(' ').any(|known| known == name))
        };
        let name = nearest(module, |name| of(name).is_some());
        name.and_then(of).unwrap_or_else(|| panic!("{module} has no layer"))
    };
    let mut broken = Vec::new();
    for (module, target, line) in uses
        .iter()
        .flat_map(|(module, of)| of.iter().map(move |(target, line)| (module, target, line)))
    {
        if !checked.layers.is_empty() && layer(target) > layer(module) {
            let text =
                format!("{line}\n  `{module}` uses `{target}`, which is in a layer above it");
            broken.push((module.clone(), target.clone(), text));
        }
    }
    broken
}

/// Returns a cycle of files, with the lines that close it.
fn cycle(uses: &Uses) -> Option<String> {
    fn walk<'a>(
        module: &'a str,
        uses: &'a Uses,
        path: &mut Vec<(&'a str, &'a str)>,
        done: &mut Vec<&'a str>,
    ) -> Option<String> {
        for (target, line) in uses.get(module).into_iter().flatten() {
            path.push((module, line));
            if let Some(from) = path.iter().position(|(module, _)| module == target) {
                let lines: Vec<_> = path[from..].iter().map(|(_, line)| *line).collect();
                return Some(lines.join("\n") + "\n");
            }
            if !done.contains(&target.as_str())
                && let Some(found) = walk(target, uses, path, done)
            {
                return Some(found);
            }
            path.pop();
        }
        done.push(module);
        None
    }
    let mut done = Vec::new();
    uses.keys().find_map(|module| walk(module, uses, &mut Vec::new(), &mut done))
}

fn check(checked: &Crate) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(checked.folder);
    let mut modules = Modules::new();
    find_modules(&root, &root, &mut modules);
    let mut uses = find_uses(&modules);
    let mut faults = Vec::new();
    for (module, target, text) in broken_order(checked, &uses) {
        faults.push(text);
        uses.get_mut(&module).and_then(|of| of.remove(&target));
    }
    faults.extend(cycle(&uses).map(|cycle| format!("files form a cycle:\n{cycle}")));
    assert!(faults.is_empty(), "{}:\n{}", checked.folder, faults.join("\n"));
}

#[test]
fn runtime_modules_are_in_order() {
    check(&RUNTIME);
}

#[test]
fn macro_modules_are_in_order() {
    check(&MACROS);
}

#[test]
fn collector_modules_are_in_order() {
    check(&COLLECTOR);
}

#[test]
fn files_of_the_other_crates_form_no_cycle() {
    OTHERS.iter().for_each(check);
}
