//! The checked-in code is the one that the generator makes of the `.proto` files.

use std::fs;
use std::path::{Path, PathBuf};

use skywalking_codegen::{Error, PACKAGES, PROTOCOL, REGENERATE};

/// Returns an empty folder for the test of this name.
fn scratch(test: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    fs::create_dir_all(&dir).expect("the folder for temporary files can be written");
    dir
}

#[test]
fn checked_in_code_is_current() {
    for package in PACKAGES {
        if let Err(error) = package.check(&package.generated_dir(), &scratch("current")) {
            panic!("{error}");
        }
    }
}

#[test]
fn edited_file_is_reported_with_the_command_to_regenerate() {
    let edited = scratch("edited");
    let paths = PROTOCOL.generate(&edited).expect("the protocol files compile");
    let path = &paths[0];
    let text = fs::read_to_string(path).expect("the generated file is readable");
    assert!(text.contains("GenAi = 7"), "the test changes this value");
    fs::write(path, text.replace("GenAi = 7", "GenAi = 8")).expect("the file is writable");

    let error = PROTOCOL.check(&edited, &scratch("edited-again")).expect_err("the value differs");

    let Error::Stale { found, expected, .. } = &error else {
        panic!("expected a difference, got {error:?}");
    };
    assert_eq!(
        (found.trim_matches('"').trim(), expected.trim_matches('"').trim()),
        ("GenAi = 8,", "GenAi = 7,")
    );
    assert!(error.to_string().contains(REGENERATE), "{error}");
}

#[test]
fn missing_file_is_reported_with_the_command_to_regenerate() {
    let error = PROTOCOL
        .check(&scratch("missing"), &scratch("missing-again"))
        .expect_err("there is no file");
    assert!(matches!(error, Error::Read { .. }), "{error:?}");
    assert!(error.to_string().contains(REGENERATE), "{error}");
}
