//! Nothing but tests. `fail/` holds one file for each misuse of the macros, with every word that rustc answers; `tests/ui.rs` drives them. `pass/` holds
//! unusual right uses, each a test target of its own.
