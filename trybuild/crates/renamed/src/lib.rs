//! The runtime under the name `tracing_sdk`: every attribute and the derive say so by `crate = ..`.
#![deny(warnings)]
#![allow(clippy::pedantic, reason = "the shapes are what is tested")]

#[cfg(test)]
#[macro_use]
mod shapes;
#[cfg(test)]
mod tests;
