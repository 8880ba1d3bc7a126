//! The runtime under the name `tracing_sdk`: the attributes and the derive use `crate = ..`.
#![deny(warnings)]
#![allow(clippy::pedantic, reason = "the code under test is unusual")]

#[cfg(test)]
#[macro_use]
mod expansions;
#[cfg(test)]
mod tests;
