//! Misuse that must not compile, with every word that it answers. The messages are those of the
//! pinned toolchain; `TRYBUILD=overwrite` writes them anew.
//!
//! The unusual right uses in `pass/` need no driver: they are a test target of their own, which
//! `cargo test` compiles and runs and clippy reads.

#[test]
fn misuse_is_refused_at_the_token_to_blame() {
    trybuild::TestCases::new().compile_fail("fail/*.rs");
}
