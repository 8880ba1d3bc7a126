//! The runtime behind a facade: the attributes and the derive use `crate = ..`, and a macro of the
//! facade uses `$crate`.
#![deny(warnings)]
#![allow(clippy::pedantic, reason = "the code under test is unusual")]

#[cfg(test)]
#[macro_use]
#[path = "../../renamed/src/expansions.rs"]
mod expansions;
#[cfg(test)]
mod tests;
