//! Writes the crates of the comparison as a workspace of their own, so that no other build compiles
//! the peers.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

/// The number of files, each with twenty functions.
const GROUPS: usize = 50;

/// A crate of the comparison.
pub(crate) struct Variant {
    /// The package.
    pub(crate) package: &'static str,
    /// Its name in the table.
    pub(crate) shown: &'static str,
    attribute: &'static str,
    /// A line of `[dependencies]`. `RUNTIME` is replaced by the path of our runtime.
    dependency: &'static str,
}

/// No peer has a network client among its features, so ours is left out too.
const RUNTIME: &str =
    "skywalking-runtime = { path = 'RUNTIME', default-features = false, features = ['enabled'] }";

/// The variants: without an attribute; ours, by default and without the record of returned errors,
/// which no peer's attribute has; the peers.
pub(crate) const VARIANTS: [Variant; 5] = [
    Variant { package: "plain", shown: "no attribute", attribute: "", dependency: "" },
    Variant {
        package: "ours",
        shown: "`#[local_span]`",
        attribute: "#[skywalking_runtime::local_span]",
        dependency: RUNTIME,
    },
    Variant {
        package: "ours-no-err",
        shown: "`#[local_span(no_err)]`",
        attribute: "#[skywalking_runtime::local_span(no_err)]",
        dependency: RUNTIME,
    },
    Variant {
        package: "theirs-tracing",
        shown: "`#[tracing::instrument(skip_all)]`",
        attribute: "#[tracing::instrument(skip_all)]",
        dependency: "tracing = '=0.1.44'",
    },
    Variant {
        package: "theirs-fastrace",
        shown: "`#[fastrace::trace]`",
        attribute: "#[fastrace::trace]",
        dependency: "fastrace = { version = '=0.7.19', features = ['enable'] }",
    },
];

/// Writes all of them below `root`. Existing files with the same content are not touched.
pub(crate) fn write(root: &Path, runtime: &Path) -> io::Result<()> {
    let members: Vec<_> = VARIANTS.iter().map(|variant| format!("{:?}", variant.package)).collect();
    // Incremental compilation would reuse old artifacts, so it is off: the whole crate is compiled
    // each time. Debug information of the dependencies would be linked even if unused, and is not a
    // cost of the functions.
    let profiles =
        "[profile.dev]\nincremental = false\n\n[profile.dev.package.\"*\"]\ndebug = false\n";
    put(
        &root.join("Cargo.toml"),
        &format!("[workspace]\nresolver = \"3\"\nmembers = [{}]\n\n{profiles}", members.join(", ")),
    )?;
    for variant in &VARIANTS {
        let folder = root.join(variant.package);
        let dependency = variant.dependency.replace("RUNTIME", &runtime.display().to_string());
        let manifest = format!(
            "[package]\nname = \"{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependency}\n",
            variant.package
        );
        put(&folder.join("Cargo.toml"), &manifest)?;
        put(&folder.join("src/drive.rs"), include_str!("drive.rs"))?;
        let mut main = String::from("mod drive;\n");
        let mut calls = String::new();
        for group in 0..GROUPS {
            let functions = include_str!("group.rs")
                .replace("#[traced]", variant.attribute)
                .replace("const N: u64 = 0;", &format!("const N: u64 = {};", 1_000 + group));
            put(&folder.join(format!("src/group_{group}.rs")), &functions)?;
            let _ = writeln!(main, "mod group_{group};");
            let _ = writeln!(calls, "    sum = sum.wrapping_add(group_{group}::call_all());");
        }
        let _ = write!(
            main,
            "\nfn main() {{\n    let mut sum = 0_u64;\n{calls}    println!(\"{{sum}}\");\n}}\n"
        );
        put(&folder.join("src/main.rs"), &main)?;
    }
    Ok(())
}

fn put(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}
