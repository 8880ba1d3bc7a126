//! Tests of the public API that need neither their own process nor an agent. They run in parallel.
#![allow(missing_docs)]
// A test locks the counts before it declares its functions.
#![allow(clippy::items_after_statements)]

mod carriers;
mod dependencies;
mod expansion;
mod http_client;
mod http_server;
mod module_order;
mod packages;
mod propagation;
mod spans;
mod wire_rules;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Serializes the tests that compare an exact count of a diagnostic, and those that add to it.
/// Statistics belong to the process.
fn exact_counts() -> MutexGuard<'static, ()> {
    static COUNTS: Mutex<()> = Mutex::new(());
    COUNTS.lock().unwrap_or_else(PoisonError::into_inner)
}
