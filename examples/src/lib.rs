//! Code that the example programs share: addresses, output, termination and the demos.
//!
//! It contains nothing about tracing. Each program shows that itself, so that it can be copied. The
//! programs are listed in `examples/README.md`.

mod address;
pub mod demo;
mod output;
mod termination;

pub use address::listen_address;
pub use output::{Verbosity, init_logging, print_line};
pub use termination::{Parent, termination};
