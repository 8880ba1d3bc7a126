//! Holds only `tests/editions.rs`, which the crates `edition2018`, `edition2021` and `edition2024`
//! compile.
