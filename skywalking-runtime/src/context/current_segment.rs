//! The slot of a thread, which contains its current segment or none.
//!
//! The thread-local has no destructor. Accessing it needs no check of its state and works at any
//! time of a thread's life. No borrow of it is held: the segment is taken out, changed and put
//! back, and no code of the program runs in between. The destructor of
//! [`thread_state`](crate::context::thread_state) empties the slot.

use std::cell::Cell;
use std::mem::ManuallyDrop;

use crate::segment::Segment;

thread_local! {
    static SLOT: Cell<ManuallyDrop<Option<Box<Segment>>>> = const { Cell::new(ManuallyDrop::new(None)) };
}

type Content = ManuallyDrop<Option<Box<Segment>>>;

// Two small functions instead of one that takes a closure: they are inlined where a span opens or
// closes.

#[inline(always)]
#[expect(clippy::inline_always, reason = "a load and a store, twice a span; measured")]
fn take() -> Content {
    SLOT.with(|slot| slot.replace(ManuallyDrop::new(None)))
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "a store, twice a span; measured")]
fn put(content: Content) {
    SLOT.with(|slot| slot.set(content));
}

/// Puts `segment` into the slot and returns what was there.
#[inline]
pub(crate) fn replace(segment: Option<Box<Segment>>) -> Option<Box<Segment>> {
    let content = take();
    put(ManuallyDrop::new(segment));
    ManuallyDrop::into_inner(content)
}

/// Calls `work` with the segment in the slot, if there is one. `work` must not run code of the
/// program, which would find the slot empty.
#[inline]
pub(crate) fn with<R>(work: impl FnOnce(&mut Segment) -> R) -> Option<R> {
    let mut content = take();
    let result = content.as_mut().map(|segment| work(segment));
    put(content);
    result
}

/// Calls `work` with the segment in the slot, if it has this key.
#[inline]
pub(crate) fn with_key<R>(key: u64, work: impl FnOnce(&mut Segment) -> R) -> Option<R> {
    with(|segment| (segment.key() == key).then(|| work(segment))).flatten()
}

/// Takes the segment out of the slot, if it has this key.
#[inline]
pub(crate) fn take_key(key: u64) -> Option<Box<Segment>> {
    let content = take();
    if content.as_ref().is_some_and(|segment| segment.key() == key) {
        return ManuallyDrop::into_inner(content);
    }
    put(content);
    None
}

/// Empties the slot in a forked child. The parent reports the segment, so it is leaked here.
pub(crate) fn after_fork() {
    put(ManuallyDrop::new(None));
}

/// Returns true if a segment is in the slot.
#[inline]
pub(crate) fn is_occupied() -> bool {
    with(|_| ()).is_some()
}
