//! Misuse that must not compile, with the complete output of rustc.
//!
//! The output is that of the pinned toolchain. `TRYBUILD=overwrite` regenerates it.

#[test]
fn misuse_is_an_error_at_the_token_at_fault() {
    trybuild::TestCases::new().compile_fail("fail/*.rs");
}
