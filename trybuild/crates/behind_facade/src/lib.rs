//! The runtime behind a facade: the attributes and the derive use `crate = ..`, and a macro of the
//! facade uses `$crate`.
#![deny(warnings)]
#![allow(clippy::pedantic, reason = "the shapes are what is tested")]

#[cfg(test)]
#[macro_use]
#[path = "../../renamed/src/shapes.rs"]
mod shapes;
#[cfg(test)]
mod tests;
