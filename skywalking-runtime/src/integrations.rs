//! Building blocks for integrations with other crates.
//!
//! - [`http`]: records one HTTP or gRPC call of a server or a client
//!
//! `http` is a submodule, so that `use skywalking_runtime::*` does not shadow the crate `http`.

pub mod http;
