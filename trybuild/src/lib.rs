//! Nothing but tests. `fail/` holds one file for each misuse of the macros, with every word that rustc answers; `tests/ui.rs` drives them. `pass/` holds
//! unusual right uses, a file a shape, all in one test target that runs them and compares their spans.
