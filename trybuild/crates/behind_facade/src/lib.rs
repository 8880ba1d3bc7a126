//! The runtime through a facade: every attribute and the derive say so by `crate = ..`, and a macro of the facade by `$crate`.
#![deny(warnings)]
#![allow(clippy::pedantic, reason = "the shapes are what is tested")]

#[cfg(test)]
mod shapes;
