//! Misuse that must not compile, with every word that it answers. The messages are those of the pinned toolchain; `TRYBUILD=overwrite` writes them anew.
//!
//! The unusual right uses in `pass/` need no driver: each is a test target of its own, which `cargo test` compiles and runs and clippy reads.

use std::fs;

#[test]
fn misuse_is_refused_at_the_token_to_blame() {
    trybuild::TestCases::new().compile_fail("fail/*.rs");
}

#[test]
fn every_right_use_is_a_test_target() {
    let manifest = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap();
    for file in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/pass")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(manifest.contains(&format!("path = \"pass/{name}\"")), "`pass/{name}` is no `[[test]]` of Cargo.toml");
    }
}
