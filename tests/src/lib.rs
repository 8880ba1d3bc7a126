//! What the tests share.

pub mod interop;
