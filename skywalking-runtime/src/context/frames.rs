//! The frames of the spans that are entered by hand on a thread.
//!
//! The thread-local has no destructor, like the slot. The destructor of
//! [`thread_state`](crate::context::thread_state) empties it.

use std::cell::Cell;
use std::mem::ManuallyDrop;

use crate::segment::{Cursor, Segment, SpanRef};

/// What a frame restores.
#[derive(Debug)]
pub(crate) enum Before {
    /// Nothing: the span is not recorded here.
    Nothing,
    /// The position in the segment that was in the slot.
    Current(Cursor),
    /// The segment that the span's own segment displaced from the slot.
    Displaced(Option<Box<Segment>>),
}

/// A span that is entered on this thread.
#[derive(Debug)]
pub(crate) struct Frame {
    /// The caller's number for the span.
    pub(super) id: u64,
    /// The key of the segment.
    pub(super) key: u64,
    pub(super) opened: SpanRef,
    /// How many more times the span was entered.
    pub(super) again: u32,
    pub(super) was_panicking: bool,
    /// When the span was left while others in its segment were entered. Only for a segment that this
    /// frame has put into the slot.
    pub(super) left: Option<u64>,
    pub(super) before: Before,
}

impl Frame {
    /// Returns true if the frame keeps a segment in the slot whose first span was left.
    pub(super) fn holds(&self, key: u64, opened: SpanRef) -> bool {
        self.key == key && self.opened == opened && self.left.is_some()
    }

    pub(super) fn displaced(&mut self, key: u64) -> Option<&mut Segment> {
        match &mut self.before {
            Before::Displaced(Some(segment)) if segment.key() == key => Some(segment),
            _ => None,
        }
    }

    pub(super) fn displaces(&self, key: u64) -> bool {
        matches!(&self.before, Before::Displaced(Some(segment)) if segment.key() == key)
    }
}

thread_local! {
    static FRAMES: Cell<ManuallyDrop<Vec<Frame>>> = const { Cell::new(ManuallyDrop::new(Vec::new())) };
}

/// Calls `work` with the frames of this thread. `work` must not run code of the program.
pub(super) fn with<R>(work: impl FnOnce(&mut Vec<Frame>) -> R) -> R {
    FRAMES.with(|frames| {
        let mut content = frames.replace(ManuallyDrop::new(Vec::new()));
        let result = work(&mut content);
        frames.set(content);
        result
    })
}

/// Removes all frames when the thread ends. Returns the segments that they displaced.
pub(crate) fn take_all() -> impl Iterator<Item = Box<Segment>> {
    with(std::mem::take).into_iter().filter_map(|frame| match frame.before {
        Before::Displaced(segment) => segment,
        Before::Nothing | Before::Current(_) => None,
    })
}

/// Removes all frames in a forked child. The parent reports their segments, so they are leaked.
pub(crate) fn after_fork() {
    std::mem::forget(with(std::mem::take));
}

/// Returns true if no span is entered on this thread.
#[cfg(test)]
pub(crate) fn is_empty() -> bool {
    with(|frames| frames.is_empty())
}
