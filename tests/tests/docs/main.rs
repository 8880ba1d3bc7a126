//! Checks of README, guides and other documentation.
//!
//! The Rust blocks of the Markdown pages are compiled and run as doctests of this package
//! (`tests/src/pages.rs`).

mod blocks;
mod configuration;
mod crate_features;
mod features;
mod links;
mod log_lines;
mod markdown;
mod numbers;
mod programs;
mod repository;
mod rustdoc;
mod width;
mod words;
