//! Nothing but tests. `fail/` holds one file for each misuse of the macros, with every word that rustc answers; `pass/` holds unusual right uses, which are
//! compiled and run. `tests/ui.rs` drives both.
