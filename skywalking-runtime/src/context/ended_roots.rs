//! Roots that ended while another segment was in the slot, left there by code that switches stacks
//! within a call.
//!
//! The segment of such a root is held by the caller that displaced it. If it were put back into
//! the slot later, it would record spans of unrelated work and never end. So the root leaves an
//! [`Ended`] entry here. [`put_back`] looks for it and ends the segment at the time at which its
//! root ended. The segment that the root had displaced is kept in the entry.

use std::cell::Cell;

use crate::context::begun::Begun;
use crate::context::begun::End;
use crate::context::current_segment;
use crate::context::thread_state;
use crate::segment::Segment;
use crate::util::clock;
use crate::util::diagnostics::{self, Diagnostic};

/// Roots of one thread that are remembered. The oldest is forgotten first.
const MOST: usize = 64;

thread_local! {
    /// False: nobody left anything, so the other thread-local is not touched.
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
    /// None: its future was not done and goes on untraced.
    end: Option<End>,
    at: u64,
    /// The segment that its own one had displaced.
    displaced: Option<Box<Segment>>,
}

/// Remembers a root that ended without its segment, and counts it.
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
    // The slot is empty: nothing is dropped, which rustc could not know.
    std::mem::forget(current_segment::replace(Some(displaced)));
}

/// The same behind a root with this key that displaced the segment: if that root ended without its
/// own segment, this one waits with it.
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
            None => settle(current_segment::replace(Some(segment))),
        }
    }
}

/// What was in the slot where it should have been empty ends.
fn settle(other: Option<Box<Segment>>) {
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

/// Works on the list of this thread. None if the thread is ending.
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
