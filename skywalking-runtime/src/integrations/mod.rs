//! Integrations with other crates' types.
//!
//! - [`tower`]: layers for servers and clients that are tower services
//! - [`http`]: the core of these layers, for stacks without tower
//!
//! The two are modules of this one, so that `use skywalking_runtime::*` does not hide the crates
//! `http` and `tower`.

// Thin translations into the public API of this crate. Beside it they use the catch around the
// program's closures (`trace::guarded`).
pub mod http;
pub mod tower;
