//! Whether the operating system has the whole body of a call.
//!
//! A backend may answer before it has read a request. The bytes that still wait in this process are
//! never sent then. So an answer confirms a batch only if all of it was written before.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

const OPEN: u8 = 0;
const TAKEN: u8 = 1;
const WRITTEN: u8 = 2;

/// The state of a body, which its connection and its call share.
#[derive(Clone, Debug, Default)]
pub(super) struct Written(Arc<AtomicU8>);

impl Written {
    /// Begins a new body.
    pub(super) fn begin(&self) {
        self.0.store(OPEN, Ordering::Release);
    }

    /// Records that the connection has taken the last piece. It may still be in a buffer.
    pub(super) fn taken(&self) {
        self.0.store(TAKEN, Ordering::Release);
    }

    /// Records that all buffers of the connection are empty.
    pub(super) fn flushed(&self) {
        // Fails before the last piece: buffers that are empty then say nothing.
        let _ = self.0.compare_exchange(TAKEN, WRITTEN, Ordering::AcqRel, Ordering::Acquire);
    }

    pub(super) fn is_written(&self) -> bool {
        self.0.load(Ordering::Acquire) == WRITTEN
    }

    #[cfg(test)]
    pub(super) fn is_taken(&self) -> bool {
        self.0.load(Ordering::Acquire) == TAKEN
    }
}
