//! The runtime through a facade: every attribute and the derive say so by `crate = ..`, and a macro
//! of the facade by `$crate`.
#![deny(warnings)]
#![allow(clippy::pedantic, reason = "the shapes are what is tested")]

#[cfg(test)]
#[macro_use]
#[path = "../../renamed/src/shapes.rs"]
mod shapes;
#[cfg(test)]
mod tests;
