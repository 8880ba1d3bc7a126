//! The spans that are entered on a thread and not left yet, for spans that are entered and left by
//! hand, in any order.
//!
//! Entering adds a frame, which has what was current or the segment that the span's own segment
//! displaced from the slot. Leaving removes the frame as out of a linked list: later frames that had
//! saved the span as current get what it had saved, and a displaced segment moves to the frame that
//! displaced the span's own. A segment leaves the slot when none of its spans is entered here.

use std::thread::panicking;

use crate::context::begun::{Begun, End};
use crate::context::current_segment;
use crate::context::ended_roots;
use crate::context::frames::{Before, Frame, with};
use crate::segment::{Cursor, Segment, SpanRef};
use crate::span::record::Mark;
use crate::util::clock;
use crate::util::diagnostics::{self, Diagnostic};

/// A segment that left the slot, and the caller's number for the span that put it there.
#[derive(Debug)]
pub(crate) struct Released {
    pub(crate) id: u64,
    pub(crate) segment: Box<Segment>,
}

/// Counts one more enter of a span whose segment is in the slot. Returns false if the span is not
/// entered there.
pub(crate) fn again(id: u64) -> bool {
    with(|frames| {
        let found = frames.iter_mut().rev().find(|frame| frame.id == id && frame.left.is_none());
        let Some(frame) = found else { return false };
        let is_here = current_segment::with_key(frame.key, |_| ()).is_some();
        if is_here {
            frame.again = frame.again.saturating_add(1);
        }
        is_here
    })
}

/// Adds a frame for a span that was entered.
pub(crate) fn push(id: u64, key: u64, opened: SpanRef, before: Before) {
    let was_panicking = panicking();
    let frame = Frame { id, key, opened, again: 0, was_panicking, left: None, before };
    with(|frames| frames.push(frame));
}

/// Leaves a span that was entered on this thread. Returns the segment that leaves the slot, if one
/// does. Does nothing if the span is not entered here.
pub(crate) fn leave(id: u64) -> Option<Released> {
    with(|frames| leave_one(frames, id))
}

fn leave_one(frames: &mut Vec<Frame>, id: u64) -> Option<Released> {
    let at = frames.iter().rposition(|frame| frame.id == id && frame.left.is_none())?;
    let frame = frames.get_mut(at)?;
    if frame.again > 0 {
        frame.again -= 1;
        return None;
    }
    let (key, opened, now) = (frame.key, frame.opened, clock::now());
    let panicked = panicking() && !frame.was_panicking;
    match &frame.before {
        Before::Nothing => {
            frames.remove(at);
            return None;
        }
        Before::Displaced(_) => frame.left = Some(now),
        Before::Current(saved) => {
            let saved = *saved;
            frames.remove(at);
            unlink(frames.get_mut(at..).unwrap_or_default(), key, opened, saved);
            let holder = frames.iter_mut().find(|frame| frame.holds(key, opened));
            if let Some(holder) = holder {
                // The first span of a segment that stays here until all others in it are left.
                holder.left = Some(now);
                with_segment(frames, key, |segment| {
                    if segment.current().is_at(opened) {
                        segment.restore(saved);
                    }
                });
            } else if with_segment(frames, key, |segment| segment.rest(opened, saved, now))
                .is_none()
            {
                diagnostics::count(Diagnostic::GuardMisplaced);
            }
        }
    }
    if panicked {
        with_segment(frames, key, |segment| segment.mark_at(opened, Mark::Panicked, now));
    }
    release(frames, key, panicked)
}

/// Gives frames that had saved a span as current what the span had saved.
fn unlink(later: &mut [Frame], key: u64, opened: SpanRef, saved: Cursor) {
    for frame in later.iter_mut().filter(|frame| frame.key == key) {
        if let Before::Current(at) = &mut frame.before
            && at.is_at(opened)
        {
            *at = saved;
        }
    }
}

/// Calls `work` with a segment that is in the slot or that a frame displaced.
fn with_segment<R>(
    frames: &mut [Frame],
    key: u64,
    work: impl FnOnce(&mut Segment) -> R,
) -> Option<R> {
    if current_segment::with_key(key, |_| ()).is_some() {
        return current_segment::with_key(key, work);
    }
    frames.iter_mut().find_map(|frame| frame.displaced(key)).map(work)
}

/// Calls `work` with a segment that is in the slot of this thread, or that an entered span
/// displaced.
pub(crate) fn with_key<R>(key: u64, work: impl FnOnce(&mut Segment) -> R) -> Option<R> {
    with(|frames| with_segment(frames, key, work))
}

/// Takes a segment out if its first span was left and no other of its spans is entered here.
fn release(frames: &mut Vec<Frame>, key: u64, panicked: bool) -> Option<Released> {
    let at = frames.iter().position(|frame| frame.key == key && frame.left.is_some())?;
    if frames.iter().any(|frame| frame.key == key && frame.left.is_none()) {
        return None;
    }
    let Frame { id, opened, left, before, .. } = frames.remove(at);
    let left = left.unwrap_or_else(clock::now);
    let Before::Displaced(displaced) = before else { return None };
    let segment = if let Some(own) = current_segment::take_key(key) {
        if let Some(displaced) = displaced {
            ended_roots::put_back_after(key, displaced);
        }
        Some(own)
    } else {
        take_displaced(frames.get_mut(at..).unwrap_or_default(), key, displaced, opened)
    };
    let mut segment = segment?;
    segment.rest(opened, Cursor::NONE, left);
    if panicked {
        current_segment::with(|outer| segment.pass_panic_on(outer));
    }
    Some(Released { id, segment })
}

/// Takes a segment out of the frame that displaced it, which gets `displaced` in its place. If no
/// frame has it, code that restores it later ends it.
fn take_displaced(
    later: &mut [Frame],
    key: u64,
    displaced: Option<Box<Segment>>,
    opened: SpanRef,
) -> Option<Box<Segment>> {
    let above = later.iter_mut().find_map(|frame| frame.displaces(key).then_some(frame));
    let Some(above) = above else {
        ended_roots::leave(Begun::root(key, opened), Some(End::Ready), displaced);
        return None;
    };
    match std::mem::replace(&mut above.before, Before::Displaced(displaced)) {
        Before::Displaced(own) => own,
        Before::Nothing | Before::Current(_) => None,
    }
}
