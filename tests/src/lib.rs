//! What the tests share.

pub mod child;
pub mod interop;
pub mod random;
pub mod shown;
