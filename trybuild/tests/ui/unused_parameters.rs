//! A parameter that only an argument of an attribute uses is not reported as unused, with and without
//! the feature `enabled`.

use super::project;

/// The packages, and the features of the runtime.
const PACKAGES: [(&str, &str); 2] = [("light", ""), ("enabled", "\"enabled\"")];

#[test]
fn parameters_of_arguments_are_not_unused() {
    let root = project::folder("unused_parameters");
    project::workspace(&root, &PACKAGES.map(|(package, _)| package));
    let source = project::sources("unused_parameters").remove("functions").expect("the source");
    for (package, features) in PACKAGES {
        let folder = project::package(&root, package, features, "");
        project::write(&folder.join("src/lib.rs"), &source);
    }

    for (package, _) in PACKAGES {
        // One package at a time: in one build both would have the feature.
        let output = project::cargo()
            .args(["check", "--offline", "--quiet", "--package", package])
            .current_dir(&root)
            .env("CARGO_TARGET_DIR", root.join("target"))
            .output()
            .expect("cargo runs");

        let messages = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && messages.is_empty(), "{package}:\n{messages}");
    }
}
