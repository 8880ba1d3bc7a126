//! `skywalking-tracing` in programs that use `tracing`.
#![allow(missing_docs)]

mod format;
