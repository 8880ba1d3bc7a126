//! The item is neither a function nor an impl block.

use skywalking_runtime::local_span;

#[local_span]
struct A;

#[local_span]
pub enum B {}

#[local_span]
union C {
    a: u8,
}

#[local_span]
mod d {}

#[local_span]
unsafe trait E {}

#[local_span]
const F: u8 = 1;

#[local_span]
pub use std::fmt;

fn main() {}
