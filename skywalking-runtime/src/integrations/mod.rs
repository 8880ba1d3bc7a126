//! Building blocks for integrations with other crates.
//!
//! - [`http`]: one HTTP or gRPC call as a span, on either side
//!
//! It is a module of this one, so that `use skywalking_runtime::*` does not hide the crate `http`.

pub mod http;
