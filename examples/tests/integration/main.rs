//! The example programs as child processes, and the pages that show them.

mod cookbook;
mod handlers;
mod hello;
mod mack;
#[cfg(target_os = "linux")]
mod mack_kills;
mod snapshot;
#[cfg(target_os = "linux")]
mod snapshot_kills;
mod support;
mod transport;
