//! Roots that ended while another segment was in the slot, because code switched stacks within a
//! call.
//!
//! The caller that displaced such a segment still has it. If the caller put it back into the slot
//! later, it would record spans of unrelated work and never end. So the root adds an [`Ended`] entry
//! here. [`put_back`] looks for it and ends the segment at the time at which its root ended. The
//! entry also keeps the segment that the root had displaced.

use std::cell::Cell;

use crate::context::begun::Begun;
use crate::context::begun::End;
use crate::context::current_segment;
use crate::context::thread_state;
use crate::segment::Segment;
use crate::util::clock;
use crate::util::diagnostics::{self, Diagnostic};

/// The most entries of one thread. The oldest is removed first.
const MOST: usize = 64;

thread_local! {
    /// True if the list has entries. While it is false, the other thread-local is not accessed.
    static SOME: Cell<bool> = const { Cell::new(false) };
    static LOST: List = const { List(Cell::new(Vec::new())) };
}

struct List(Cell<Vec<Ended>>);

impl Drop for List {
    fn drop(&mut self) {
        SOME.set(false);
        self.0
            .take()
            .into_iter()
            .filter_map(|ended| ended.displaced)
            .for_each(thread_state::finish);
    }
}

/// A root whose segment was not in the slot when it ended.
pub(crate) struct Ended {
    begun: Begun,
    /// How the root ended. `None` if its future continues untraced.
    end: Option<End>,
    at: u64,
    /// The segment that the root's segment had displaced.
    displaced: Option<Box<Segment>>,
}

/// Adds an entry for a root that ended without its segment, and counts it.
#[cold]
pub(crate) fn leave(begun: Begun, end: Option<End>, displaced: Option<Box<Segment>>) {
    diagnostics::count(Diagnostic::GuardMisplaced);
    let ended = Ended { begun, end, at: clock::now(), displaced };
    let forgotten = with_list(|list| {
        let forgotten = (list.len() >= MOST).then(|| list.remove(0));
        list.push(ended);
        forgotten
    });
    SOME.set(true);
    if let Some(displaced) = forgotten.flatten().and_then(|forgotten| forgotten.displaced) {
        put_back(displaced);
    }
}

/// Puts a displaced segment back into the slot, unless its root has ended meanwhile: then the
/// segment ends.
#[cold]
#[inline(never)]
pub(crate) fn put_back(displaced: Box<Segment>) {
    if SOME.get() {
        return look(displaced);
    }
    // The slot is empty, so nothing is dropped. rustc cannot know that.
    std::mem::forget(current_segment::replace(Some(displaced)));
}

/// Puts back the segment that the root with this key displaced. If that root ended without its own
/// segment, its entry keeps this one.
#[inline]
pub(crate) fn put_back_after(key: u64, displaced: Box<Segment>) {
    if SOME.get() {
        return attach(key, displaced);
    }
    put_back(displaced);
}

#[cold]
fn attach(key: u64, displaced: Box<Segment>) {
    let mut displaced = Some(displaced);
    with_list(|list| {
        if let Some(ended) =
            list.iter_mut().find(|ended| ended.begun.key == key && ended.displaced.is_none())
        {
            ended.displaced = displaced.take();
        }
    });
    if let Some(displaced) = displaced {
        look(displaced);
    }
}

#[cold]
fn look(displaced: Box<Segment>) {
    let mut next = Some(displaced);
    while let Some(segment) = next.take() {
        let found = with_list(|list| {
            let at = list.iter().position(|ended| ended.begun.key == segment.key());
            at.map(|at| list.remove(at))
        });
        match found.flatten() {
            Some(ended) => next = ended.finish(segment),
            None => finish_misplaced(current_segment::replace(Some(segment))),
        }
    }
}

/// Ends a segment that was in the slot when it should have been empty.
fn finish_misplaced(other: Option<Box<Segment>>) {
    if let Some(other) = other {
        diagnostics::count(Diagnostic::GuardMisplaced);
        thread_state::finish(other);
    }
}

impl Ended {
    fn finish(self, mut segment: Box<Segment>) -> Option<Box<Segment>> {
        if segment.is_sampled()
            && let Some(end) = self.end
        {
            end.apply_at(&mut segment, self.begun.opened(), self.at);
        }
        thread_state::finish(segment);
        self.displaced
    }
}

/// Calls `work` with the list of this thread. Returns `None` if the thread is ending.
fn with_list<R>(work: impl FnOnce(&mut Vec<Ended>) -> R) -> Option<R> {
    LOST.try_with(|lost| {
        let mut list = lost.0.take();
        let result = work(&mut list);
        SOME.set(!list.is_empty());
        lost.0.set(list);
        result
    })
    .ok()
}
