//! What rustc and clippy report about annotated code.
//!
//! - `misuse`: the errors of misused macros, in `fail/`
//! - `same_diagnostics`: rustc reports errors of the user's code as without the attribute
//! - `same_clippy`: clippy reports the same as without the attribute
//! - `unused_parameters`: rustc warns of no parameter that only an argument uses
//!
//! `pass/`, unusual but correct use, is a test target of its own: `cargo test` compiles and runs it,
//! and clippy reads it.

mod misuse;
mod project;
mod same_clippy;
mod same_diagnostics;
mod unused_parameters;
