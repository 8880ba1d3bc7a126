//! Suspends recording while code runs that belongs to no span: attribute arguments, carriers, the
//! formatting of errors.
//!
//! A current segment is unsampled meanwhile. Without one, no root opens.

use std::cell::Cell;
use std::marker::PhantomData;

use crate::context::current_segment;
use crate::context::other_task;
use crate::segment::Segment;
use crate::util::diagnostics::{self, Diagnostic};

thread_local! {
    /// True while no root opens.
    static NO_ROOTS: Cell<bool> = const { Cell::new(false) };
}

/// Suspends recording on this thread until the guard drops.
#[must_use = "everything is recorded again when this guard drops"]
#[derive(Debug)]
pub struct Quiet {
    /// The key of the segment that records again then.
    segment: Option<u64>,
    /// True if roots open again then.
    roots: bool,
    /// Not `Send`.
    here: PhantomData<*const ()>,
}

impl Quiet {
    /// Suspends recording.
    pub fn begin() -> Self {
        let found = current_segment::with(|segment| {
            let key = segment.key();
            segment.pause_recording().then_some(key)
        });
        // Below a segment of another task a root opens as it does without one.
        let roots = (found.is_none() || other_task::is_here()) && !NO_ROOTS.replace(true);
        Self { segment: found.flatten(), roots, here: PhantomData }
    }

    /// Resumes recording.
    #[inline]
    pub fn end(self) {}
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if self.roots {
            NO_ROOTS.set(false);
        }
        if let Some(key) = self.segment
            && current_segment::with_key(key, Segment::resume_recording).is_none()
        {
            diagnostics::count(Diagnostic::GuardMisplaced);
        }
    }
}

/// Returns true while no root opens on this thread.
pub(crate) fn forbids_roots() -> bool {
    NO_ROOTS.get()
}
