//! The program's closures: what panics there stays there.

use std::mem::forget;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What the closure says, or `otherwise` if it panicked.
pub(super) fn ask<R>(closure: impl FnOnce() -> R, otherwise: R) -> R {
    catch_unwind(AssertUnwindSafe(closure)).unwrap_or_else(|payload| {
        // Its destructor is the program's code too, and nobody would catch what panics there.
        forget(payload);
        otherwise
    })
}
