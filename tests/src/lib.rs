//! Code that the tests share.

pub mod child;
pub mod grpc;
pub mod interop;
#[cfg(doctest)]
mod pages;
pub mod polling;
pub mod random;
pub mod shown;
pub mod spans;
