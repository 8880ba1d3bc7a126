//! `skywalking-tracing` in programs that use `tracing`.
#![allow(missing_docs)]
// A test declares its functions where it uses them.
#![allow(clippy::items_after_statements)]

mod cases;
mod format;
mod libraries;
mod prelude;
mod reported;
mod reporter;
mod settings;
