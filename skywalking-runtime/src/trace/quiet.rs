//! While an attribute's arguments are evaluated nothing is recorded: what they call would become a span before the one that they are for.
//!
//! A context that is there says for so long that it is not sampled. Without one no root opens.

use std::cell::Cell;
use std::marker::PhantomData;

use super::segment::Segment;
use super::slot;
use super::tally::{self, Reason};

thread_local! {
    /// No root opens.
    static NO_ROOTS: Cell<bool> = const { Cell::new(false) };
}

/// Nothing is recorded on this thread until the guard drops.
#[must_use = "everything is recorded again when this guard drops"]
#[derive(Debug)]
pub struct Quiet {
    undo: Undo,
    /// Not `Send`.
    here: PhantomData<*const ()>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Undo {
    /// Nothing was recorded anyway.
    Nothing,
    /// The segment of this key records again.
    Segment(u64),
    /// Roots open again.
    Roots,
}

impl Quiet {
    /// From now on nothing is recorded.
    pub fn begin() -> Self {
        let silence = |segment: &mut Segment| {
            let undo = if segment.sampled { Undo::Segment(segment.key) } else { Undo::Nothing };
            segment.sampled = false;
            undo
        };
        let undo = slot::with(silence).unwrap_or_else(|| if NO_ROOTS.replace(true) { Undo::Nothing } else { Undo::Roots });
        Self { undo, here: PhantomData }
    }

    /// Records again.
    #[inline]
    pub fn end(self) {}
}

impl Drop for Quiet {
    fn drop(&mut self) {
        match self.undo {
            Undo::Nothing => {}
            Undo::Roots => NO_ROOTS.set(false),
            Undo::Segment(key) => {
                if slot::with_key(key, Segment::record_again).is_none() {
                    tally::count(Reason::GuardMisplaced);
                }
            }
        }
    }
}

/// True while no root opens on this thread.
pub(super) fn forbids_roots() -> bool {
    NO_ROOTS.get()
}
