//! The runtime under the name `tracing_sdk`: the attributes and the derive use `crate = ..`.
#![deny(warnings)]
#![allow(clippy::pedantic, reason = "the shapes are what is tested")]

#[cfg(test)]
#[macro_use]
mod shapes;
#[cfg(test)]
mod tests;
