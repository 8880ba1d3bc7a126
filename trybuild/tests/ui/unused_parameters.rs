//! A parameter that only an argument of an attribute uses is not reported as unused, with and without
//! the feature `enabled`.

use std::env;
use std::path::Path;
use std::process::Command;

use crate::project;

/// The packages, and the features of the runtime.
const PACKAGES: [(&str, &str); 2] = [("light", ""), ("enabled", "\"enabled\"")];

#[test]
fn parameters_of_arguments_are_not_unused() {
    let root = project::folder("unused_parameters");
    project::workspace(&root, &PACKAGES.map(|(package, _)| package));
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../skywalking-runtime");
    let source = project::sources("unused_parameters").remove("functions").expect("the source");
    for (package, features) in PACKAGES {
        let manifest = format!(
            "[package]\nname = \"{package}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
             [dependencies]\nskywalking-runtime = {{ path = \"{}\", default-features = false, features = [{features}] }}\n",
            runtime.display()
        );
        project::write(&root.join(package).join("Cargo.toml"), &manifest);
        project::write(&root.join(package).join("src/lib.rs"), &source);
    }

    for (package, _) in PACKAGES {
        // One package at a time: in one build both would have the feature.
        let output = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
            .args(["check", "--offline", "--quiet", "--package", package])
            .current_dir(&root)
            .env("CARGO_TARGET_DIR", root.join("target"))
            .output()
            .expect("cargo runs");

        let messages = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && messages.is_empty(), "{package}:\n{messages}");
    }
}
