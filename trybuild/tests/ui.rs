//! Misuse that must not compile, with every word that it answers; unusual right use that must compile, and run.

/// The messages are rustc's of the pinned toolchain. `TRYBUILD=overwrite` writes them anew.
#[test]
fn misuse_is_refused_at_the_token_to_blame_and_unusual_use_runs() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("fail/*.rs");
    cases.pass("pass/*.rs");
}
